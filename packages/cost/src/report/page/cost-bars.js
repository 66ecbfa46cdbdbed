/** Bars of US dollars a month: by policy and reading of the bill, and by what else one could buy. */
(() => {
  /** @param {Palette} palette @param {readonly string[]} names */
  const axes = (palette, names) => ({
    xAxis: {
      type: 'value',
      axisLabel: { color: palette.muted, formatter: (/** @type {number} */ usd) => `$${usd}`, hideOverlap: true },
      splitLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...names],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.text,
        width: palette.narrow ? 104 : 190,
        overflow: 'break',
        lineHeight: 15,
        fontSize: palette.narrow ? 12 : 13,
      },
    },
  });

  /** @param {Palette} palette */
  const valueLabel = (palette) => ({
    show: true,
    position: 'right',
    color: palette.text,
    fontSize: 12,
    formatter: (/** @type {{value: number}} */ { value }) => hourglass.formatUsd(value),
  });

  /** @param {Palette} palette @param {number} top */
  const grid = (palette, top) => ({ top, bottom: 28, left: palette.narrow ? 116 : 202, right: 64 });

  hourglass.costBars = (view) => {
    const { costs, readings } = view.data;
    const chart = hourglass.openChart(view, 'costs', 56 + 26 + costs.length * (readings.length > 1 ? 52 : 36));
    if (!chart) return undefined;
    const without = /** @type {HTMLInputElement | null} */ (
      view.article.querySelector('[data-part="without-always-on"]')
    );
    const draw = () => {
      const palette = hourglass.readPalette();
      const shown = costs.filter((cost) => !(without?.checked && cost.policy === 'always-on'));
      chart.setOption(
        {
          ...hourglass.baseOption(palette),
          ...axes(
            palette,
            shown.map((cost) => cost.label),
          ),
          grid: grid(palette, 36),
          series: readings.map((reading, at) => ({
            type: 'bar',
            name: reading.label,
            data: shown.map((cost) => cost.usd[at] ?? null),
            barMaxWidth: 18,
            barMinHeight: 2,
            barGap: '12%',
            itemStyle: { color: palette.readings[reading.id], borderRadius: [0, 3, 3, 0] },
            label: valueLabel(palette),
          })),
        },
        true,
      );
    };
    without?.addEventListener('change', draw);
    return { chart, draw };
  };

  hourglass.alternativeBars = (view) => {
    const { alternatives } = view.data;
    const chart = hourglass.openChart(view, 'alternatives', 36 + alternatives.length * 44);
    if (!chart) return undefined;
    const draw = () => {
      const palette = hourglass.readPalette();
      chart.setOption(
        {
          ...hourglass.baseOption(palette),
          ...axes(
            palette,
            alternatives.map((way) => way.name),
          ),
          legend: { show: false },
          grid: grid(palette, 4),
          series: [
            {
              type: 'bar',
              name: 'A month',
              barMaxWidth: 20,
              barMinHeight: 2,
              label: valueLabel(palette),
              data: alternatives.map((way) => ({
                value: way.usd,
                itemStyle: { color: way.own ? palette.own : palette.other, borderRadius: [0, 3, 3, 0] },
              })),
            },
          ],
        },
        true,
      );
    };
    return { chart, draw };
  };
})();
