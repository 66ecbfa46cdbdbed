/** Lines of US dollars a month by `maxDelay`, one for each reading of the bill. */
(() => {
  hourglass.delayLines = (view) => {
    const { delays, readings } = view.data;
    const chart = hourglass.openChart(view, 'delays', 260);
    if (!chart) return undefined;
    const seconds = [...new Set(delays.map((delay) => delay.seconds))];
    const draw = () => {
      const palette = hourglass.readPalette();
      chart.setOption(
        {
          ...hourglass.baseOption(palette),
          grid: { top: 40, bottom: 44, left: 56, right: 16 },
          tooltip: {
            .../** @type {object} */ (hourglass.baseOption(palette).tooltip),
            trigger: 'axis',
            valueFormatter: hourglass.formatUsd,
          },
          xAxis: {
            type: 'category',
            data: seconds.map(hourglass.formatSeconds),
            name: 'maxDelay',
            nameLocation: 'middle',
            nameGap: 28,
            nameTextStyle: { color: palette.muted },
            axisLine: { lineStyle: { color: palette.line } },
            axisLabel: { color: palette.text },
          },
          yAxis: {
            type: 'value',
            min: 0,
            axisLabel: { color: palette.muted, formatter: hourglass.formatUsd },
            splitLine: { lineStyle: { color: palette.line } },
          },
          series: readings.map((reading) => ({
            type: 'line',
            name: reading.label,
            symbol: reading.id === 'clock' ? 'diamond' : 'circle',
            symbolSize: 9,
            itemStyle: { color: palette.readings[reading.id] },
            lineStyle: { color: palette.readings[reading.id], width: 2.5 },
            data: seconds.map(
              (delay) => delays.find((point) => point.seconds === delay && point.reading === reading.id)?.usd ?? null,
            ),
          })),
        },
        true,
      );
    };
    return { chart, draw };
  };
})();
