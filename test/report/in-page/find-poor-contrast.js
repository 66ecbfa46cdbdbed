/** Runs in the page. Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    if (!element) return 'white';
    const ground = getComputedStyle(element).backgroundColor;
    return ground === 'rgba(0, 0, 0, 0)' ? groundOf(element.parentElement) : ground;
  };
  for (const details of document.querySelectorAll('details')) details.open = true;
  const written = [...document.querySelectorAll('body *:not(script):not(svg *)')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()),
  );
  const drawn = [...document.querySelectorAll('.chart svg text')];
  return [...written, ...drawn].flatMap((element) => {
    const style = getComputedStyle(element);
    const text = element instanceof SVGElement ? style.fill : style.color;
    const [high, low] = [luminance(text), luminance(groundOf(element))].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    return ratio < 4.5 ? [`${element.textContent.slice(0, 40)}: ${ratio.toFixed(2)}`] : [];
  });
})();
