/** The timeline: pushes on top, one lane of leases for each policy, and a window on them that moves and zooms. */
(() => {
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  const hour = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

  hourglass.timeline = (view) => {
    const rows = Math.max(
      0,
      ...view.data.readings.map(({ id }) => view.data.lanes.filter((l) => l.reading === id).length),
    );
    const chart = hourglass.openChart(view, 'timeline', 96 + (rows + 1) * 34);
    if (!chart) return undefined;
    const shown = view.article.querySelector('[data-part="shown"]');
    const pushes = hourglass.pushTimes(view.data.pushes);
    const lanes = view.data.lanes.map((lane) => {
      const times = hourglass.laneTimes(lane.steps);
      return { lane, times, paid: hourglass.paidTimes(lane, times) };
    });
    const firstMs = Math.min(
      pushes.starts[0] ?? 0,
      ...lanes.map(({ paid }) => paid.starts[0] ?? Number.POSITIVE_INFINITY),
    );
    const lastMs = Math.max(pushes.starts.at(-1) ?? 0, ...lanes.map(({ paid }) => paid.ends.at(-1) ?? 0));
    /** @type {TimeWindow} */
    const time = { firstMs, lastMs, fromMs: firstMs, toMs: lastMs, shortestMs: 3_600_000 };
    const visible = () => lanes.filter(({ lane }) => lane.reading === view.reading);

    const series = () => {
      const palette = hourglass.readPalette();
      const pixels = chart.getWidth() - hourglass.timelineLeft(palette) - 16;
      /** @param {string} id @param {Segments} data @param {string} color @param {number} width @param {number} opacity */
      const line = (id, data, color, width, opacity) => ({
        id,
        type: 'line',
        data,
        showSymbol: false,
        animation: false,
        lineStyle: { color, width, opacity, cap: 'butt' },
        emphasis: { disabled: true },
      });
      return [
        line(
          'pushes',
          hourglass.visibleSegments(pushes, 0, time.fromMs, time.toMs, pixels, 1.5),
          palette.text,
          16,
          0.85,
        ),
        ...visible().flatMap(({ lane, times, paid }, at) => {
          const color = palette.policies[lane.policy] ?? palette.other;
          return [
            line(
              `${lane.policy} paid`,
              hourglass.visibleSegments(paid, at + 1, time.fromMs, time.toMs, pixels, 1.5),
              color,
              20,
              0.28,
            ),
            line(
              lane.policy,
              hourglass.visibleSegments(times, at + 1, time.fromMs, time.toMs, pixels, 1.5),
              color,
              10,
              1,
            ),
          ];
        }),
      ];
    };

    const describe = () => {
      if (shown) shown.textContent = `${when.format(time.fromMs)} to ${when.format(time.toMs)} UTC`;
    };

    const draw = () => {
      const palette = hourglass.readPalette();
      const names = ['Pushes', ...visible().map(({ lane }) => lane.label)];
      chart.setOption(
        {
          ...hourglass.baseOption(palette),
          legend: { show: false },
          ...hourglass.timelineFrame(palette, time, names),
          tooltip: {
            ...tooltipOf(palette),
            axisPointer: { axis: 'x', snap: false },
            formatter: () => describeAt(pointedMs),
          },
          series: series(),
        },
        true,
      );
      describe();
    };

    // Where the pointer is, and not where the nearest lease begins.
    let pointedMs = firstMs;
    chart.getDom().addEventListener(
      'pointermove',
      (event) => {
        const x = event.clientX - chart.getDom().getBoundingClientRect().left;
        const ms = Number(chart.convertFromPixel({ xAxisIndex: 0 }, x));
        pointedMs = Math.min(Math.max(ms, time.fromMs), time.toMs);
      },
      { capture: true },
    );

    /** What the pointer is on, in words. @param {number} ms */
    const describeAt = (ms) => {
      const slackMs = ((time.toMs - time.fromMs) / Math.max(1, chart.getWidth())) * 2;
      const lines = visible().map(({ lane, times }) => {
        const at = times.ends.findIndex((end) => end >= ms - slackMs);
        const start = times.starts[at];
        if (at < 0 || start === undefined || start > ms + slackMs) return `${lane.label}: closed`;
        const hours = lane.paidHours[at] ?? 0;
        return `<b>${lane.label}</b>: ${hour.format(start)}–${hour.format(times.ends[at])}, ${hours} paid ${hours === 1 ? 'hour' : 'hours'}`;
      });
      return [`${when.format(ms)} UTC`, ...lines].join('<br>');
    };

    hourglass.timelineControls(view, chart, time, pushes.starts, () => {
      chart.setOption({ series: series() });
      describe();
    });
    return { chart, draw };
  };

  /** @param {Palette} palette */
  function tooltipOf(palette) {
    return { .../** @type {object} */ (hourglass.baseOption(palette).tooltip), trigger: 'axis' };
  }
})();
