/** What moves and zooms the timeline: its buttons, the keyboard, the wheel, and the library's own dragging and pinching. */
(() => {
  const DAY_MS = 86_400_000;
  const spans = new Map([
    ['month', 30 * DAY_MS],
    ['week', 7 * DAY_MS],
    ['day', DAY_MS],
  ]);

  hourglass.timelineControls = (view, chart, time, pushes, redraw) => {
    const { firstMs, lastMs } = time;
    // The wheel alone scrolls the page, as everywhere; the library would swallow it.
    chart.getDom().addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey) event.stopPropagation();
      },
      { capture: true, passive: true },
    );

    /** @param {number} from @param {number} span */
    const show = (from, span) => {
      const length = Math.min(Math.max(span, time.shortestMs), lastMs - firstMs);
      const start = Math.min(Math.max(from, firstMs), lastMs - length);
      chart.dispatchAction({ type: 'dataZoom', startValue: start, endValue: start + length });
    };
    /** Where the most pushes fall into a window, so that the first look shows something. @param {number} windowMs */
    const busiest = (windowMs) => {
      const times = pushes;
      let best = 0;
      let most = 0;
      let end = 0;
      for (let begin = 0; begin < times.length; begin += 1) {
        while (end < times.length && (times[end] ?? 0) <= (times[begin] ?? 0) + windowMs * 0.9) end += 1;
        if (end - begin > most) {
          most = end - begin;
          best = begin;
        }
      }
      return (times[best] ?? firstMs) - windowMs * 0.05;
    };
    /** @param {string} step */
    const move = (step) => {
      const span = time.toMs - time.fromMs;
      const middle = (time.fromMs + time.toMs) / 2;
      const wished = spans.get(step);
      if (step === 'all') show(firstMs, lastMs - firstMs);
      else if (wished !== undefined) show(span >= lastMs - firstMs ? busiest(wished) : middle - wished / 2, wished);
      else if (step === 'in') show(middle - span / 4, span / 2);
      else if (step === 'out') show(middle - span, span * 2);
      else if (step === 'earlier') show(time.fromMs - span / 2, span);
      else show(time.fromMs + span / 2, span);
    };

    let asked = 0;
    chart.on('datazoom', (event) => {
      const zoom = /** @type {{batch?: {start?: number, end?: number, startValue?: number, endValue?: number}[]}} */ (
        event
      );
      const part = zoom.batch?.[0] ?? /** @type {NonNullable<typeof zoom.batch>[number]} */ (event);
      const whole = lastMs - firstMs;
      time.fromMs = part.startValue ?? firstMs + (whole * (part.start ?? 0)) / 100;
      time.toMs = part.endValue ?? firstMs + (whole * (part.end ?? 100)) / 100;
      if (asked) return;
      asked = requestAnimationFrame(() => {
        asked = 0;
        redraw();
      });
    });

    const keys = new Map([
      ['ArrowLeft', 'earlier'],
      ['ArrowRight', 'later'],
      ['+', 'in'],
      ['=', 'in'],
      ['-', 'out'],
      ['Home', 'all'],
    ]);
    chart.getDom().addEventListener('keydown', (event) => {
      const step = keys.get(event.key);
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      move(step);
    });
    for (const button of view.article.querySelectorAll('[data-zoom]')) {
      button.addEventListener('click', () => move(button.getAttribute('data-zoom') ?? 'all'));
    }
  };
})();
