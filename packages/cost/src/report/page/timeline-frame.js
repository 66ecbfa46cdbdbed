/** What stands around the timeline's lanes: axes, the names of the lanes, and the window that slides over the whole trace. */
(() => {
  hourglass.timelineLeft = (palette) => (palette.narrow ? 96 : 190);

  hourglass.timelineFrame = (palette, time, names) => ({
    grid: { top: 8, bottom: 80, left: hourglass.timelineLeft(palette), right: 16 },
    xAxis: {
      type: 'time',
      min: time.firstMs,
      max: time.lastMs,
      axisLabel: {
        color: palette.muted,
        hideOverlap: true,
        fontSize: 12,
        formatter: { year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' },
      },
      axisLine: { lineStyle: { color: palette.line } },
      splitLine: { show: true, lineStyle: { color: palette.line, opacity: 0.6 } },
      axisPointer: { snap: false, label: { show: false }, lineStyle: { color: palette.muted } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...names],
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: {
        color: palette.text,
        width: hourglass.timelineLeft(palette) - 12,
        overflow: 'break',
        lineHeight: 14,
        fontSize: palette.narrow ? 11 : 13,
      },
    },
    dataZoom: [
      {
        type: 'slider',
        startValue: time.fromMs,
        endValue: time.toMs,
        minValueSpan: time.shortestMs,
        filterMode: 'none',
        height: 26,
        bottom: 12,
        showDataShadow: false,
        showDetail: false,
        brushSelect: false,
        borderColor: palette.line,
        fillerColor: `color-mix(in srgb, ${palette.own} 22%, transparent)`,
        handleStyle: { color: palette.surface, borderColor: palette.own },
        moveHandleStyle: { color: palette.own, opacity: 0.7 },
        emphasis: { moveHandleStyle: { color: palette.own }, handleStyle: { borderColor: palette.text } },
      },
      {
        type: 'inside',
        startValue: time.fromMs,
        endValue: time.toMs,
        minValueSpan: time.shortestMs,
        filterMode: 'none',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseMove: true,
        preventDefaultMouseMove: false,
      },
    ],
  });
})();
