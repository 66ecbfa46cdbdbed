/** Colours, numbers and what all charts have in common. The style sheet owns the colours, so light, dark and paper stand once. */
(() => {
  globalThis.hourglass = /** @type {HourglassPage} */ ({});
  const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
  const share = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

  hourglass.formatUsd = (usd) => (usd > 0 && usd < 0.005 ? `< ${dollars.format(0.01)}` : dollars.format(usd));
  hourglass.formatShare = (part) => share.format(part);
  hourglass.formatSeconds = (seconds) => {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
    const hours = seconds / 3600;
    return `${Number.isInteger(hours) ? hours : hours.toFixed(1)} h`;
  };

  hourglass.formatSpan = (from, to) => {
    const [first, last] = [hourglass.formatSeconds(from), hourglass.formatSeconds(to)];
    const unit = last.slice(last.indexOf(' '));
    return `${first.endsWith(unit) ? first.slice(0, -unit.length) : first}–${last}`;
  };

  hourglass.readPalette = () => {
    const style = getComputedStyle(document.documentElement);
    /** @param {string} name */
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      font: getComputedStyle(document.body).fontFamily,
      text: colour('text'),
      muted: colour('muted'),
      line: colour('line'),
      surface: colour('surface'),
      own: colour('own'),
      other: colour('other'),
      readings: { anchored: colour('anchored'), clock: colour('clock') },
      policies: {
        'always-on': colour('other'),
        'per-task': colour('per-task'),
        'poll-30': colour('poll-30'),
        'hourglass-default': colour('own'),
        hourglass: colour('own-tuned'),
        optimum: colour('optimum'),
      },
      narrow: document.documentElement.clientWidth < 640,
    };
  };

  hourglass.baseOption = (palette) => ({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: palette.font, color: palette.text, fontSize: 13 },
    useUTC: true,
    tooltip: {
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 13 },
    },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 14,
      textStyle: { color: palette.text, fontSize: 13 },
      inactiveColor: palette.muted,
    },
  });

  hourglass.openChart = (view, name, height) => {
    const element = /** @type {HTMLElement | null} */ (view.article.querySelector(`[data-chart="${name}"]`));
    if (!element) return undefined;
    element.style.blockSize = `${height}px`;
    // Lines stay sharp on paper and at any zoom of the page.
    return echarts.init(element, null, { renderer: 'svg' });
  };
})();
