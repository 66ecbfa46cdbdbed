/** Bars of how long pushes wait, by policy, under the reading that is chosen. */
(() => {
  hourglass.waitBars = (view) => {
    const chart = hourglass.openChart(view, 'waits', 340);
    if (!chart) return undefined;
    const { waitEdges: edges } = view.data;
    const draw = () => {
      const palette = hourglass.readPalette();
      const waits = view.data.waits.filter((wait) => wait.reading === view.reading);
      const longest = Math.max(0, ...waits.map((wait) => wait.shares.findLastIndex((share) => share > 0)));
      const names = edges.slice(0, longest + 1).map((edge, at) => {
        const lower = edges[at - 1] ?? undefined;
        if (edge === null) return `over ${hourglass.formatSeconds(lower ?? 0)}`;
        return lower === undefined ? `up to ${hourglass.formatSeconds(edge)}` : hourglass.formatSpan(lower, edge);
      });
      chart.setOption(
        {
          ...hourglass.baseOption(palette),
          grid: { top: palette.narrow ? 108 : 48, bottom: 48, left: 48, right: 12 },
          tooltip: {
            .../** @type {object} */ (hourglass.baseOption(palette).tooltip),
            trigger: 'axis',
            axisPointer: { type: 'shadow' },
            valueFormatter: hourglass.formatShare,
          },
          xAxis: {
            type: 'category',
            data: names,
            name: 'from the push to the start of its task',
            nameLocation: 'middle',
            nameGap: 30,
            nameTextStyle: { color: palette.muted },
            axisTick: { show: false },
            axisLine: { lineStyle: { color: palette.line } },
            axisLabel: { color: palette.text, hideOverlap: true, fontSize: palette.narrow ? 11 : 13 },
          },
          yAxis: {
            type: 'value',
            axisLabel: { color: palette.muted, formatter: hourglass.formatShare },
            splitLine: { lineStyle: { color: palette.line } },
          },
          series: waits.map((wait) => ({
            type: 'bar',
            name: wait.label,
            data: wait.shares.slice(0, longest + 1),
            barMaxWidth: 22,
            barGap: '10%',
            itemStyle: { color: palette.policies[wait.policy], borderRadius: [3, 3, 0, 0] },
          })),
        },
        true,
      );
    };
    return { chart, draw };
  };
})();
