/** The page's files, by their path. There are no others. */
export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export type Assets = ReadonlyMap<string, Asset>;

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export const assetNames = ['index.html', 'page.js', 'page.css', 'icon.svg'] as const;

export function collectAssets(read: (name: string) => Uint8Array): Assets {
  return new Map(assetNames.map((name) => [`/${name}`, { type: typeOf(name), bytes: read(name) }]));
}

const typeOf = (name: string): string => types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
