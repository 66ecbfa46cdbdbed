/**
 * What is put into the page beside the data: the style sheet, the chart library as it was installed, and the page's own scripts.
 * They are files that never change while a program runs, so they are read once; the page stays a function of its data.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** In the order in which they run. */
const scripts = [
  'palette',
  'cost-bars',
  'lane-segments',
  'timeline-frame',
  'timeline-controls',
  'timeline',
  'wait-bars',
  'delay-lines',
  'main',
];

export interface InlineScript {
  readonly text: string;
  /** For the page's policy of what may run: `'sha256-…'`. */
  readonly source: string;
}

export interface PageAssets {
  readonly style: string;
  readonly scripts: readonly InlineScript[];
}

let assets: PageAssets | undefined;

export function readPageAssets(): PageAssets {
  assets ??= {
    style: readFileSync(new URL('page/report.css', import.meta.url), 'utf8'),
    scripts: [readChartLibrary(), ...scripts.map(readPageScript)].map((text) => ({ text, source: hashSource(text) })),
  };
  return assets;
}

function readChartLibrary(): string {
  // In the packed command it lies with the page: the whole library is forty times as large.
  const packed = new URL('page/echarts.common.min.js', import.meta.url);
  const path = existsSync(packed)
    ? packed
    : createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js');
  return forInline(readFileSync(path, 'utf8'));
}

function readPageScript(name: string): string {
  return forInline(readFileSync(new URL(`page/${name}.js`, import.meta.url), 'utf8'));
}

/** A script inside HTML ends at the first `</script`, wherever that stands; and its hash is taken of line feeds alone. */
function forInline(script: string): string {
  return script.replaceAll('\r\n', '\n').replaceAll(/<\/(?=script)/gi, '<\\/');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
