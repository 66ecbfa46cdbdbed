/** Draws every trace's charts, and again when the colours, the width, the paper or the reading change. */
(() => {
  /** @type {ChartPart[]} */
  const parts = [];
  const drawAll = () => {
    for (const part of parts) part.draw();
  };
  const fitAll = () => {
    for (const part of parts) part.chart.resize();
    drawAll();
  };

  document.documentElement.classList.add('with-scripts');
  for (const article of document.querySelectorAll('article.trace')) {
    const data = JSON.parse(article.querySelector('.trace-data')?.textContent ?? '{}');
    const describeReading = () => {
      const label = view.data.readings.find(({ id }) => id === view.reading)?.label ?? '';
      for (const place of article.querySelectorAll('[data-part="reading"]')) place.textContent = `Shown for: ${label}`;
    };
    /** @type {TraceView} */
    const view = { article: /** @type {HTMLElement} */ (article), data, reading: data.readings[0]?.id ?? 'anchored' };
    const drawn = [
      hourglass.costBars(view),
      hourglass.timeline(view),
      hourglass.waitBars(view),
      hourglass.delayLines(view),
      hourglass.alternativeBars(view),
    ].filter((part) => part !== undefined);
    parts.push(...drawn);
    describeReading();
    for (const choice of article.querySelectorAll('.readings input')) {
      choice.addEventListener('change', () => {
        view.reading = /** @type {HTMLInputElement} */ (choice).value;
        describeReading();
        for (const part of drawn) part.draw();
      });
    }
  }
  drawAll();

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  // Paper has its own width and colours: the charts are drawn for it, and back afterwards.
  matchMedia('print').addEventListener('change', fitAll);
  let width = document.documentElement.clientWidth;
  let asked = 0;
  addEventListener('resize', () => {
    if (asked || width === document.documentElement.clientWidth) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      width = document.documentElement.clientWidth;
      fitAll();
    });
  });
})();
