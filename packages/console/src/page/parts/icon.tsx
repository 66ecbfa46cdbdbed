/** Small drawings; each says nothing by itself, as words stand beside it. */
const paths = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7m0-7l-7 7',
  skip: 'M3.5 8h9m-3.5-3.5L12.5 8 9 11.5',
  join: 'M3.5 4.5c4 0 3 3.5 9 3.5m-9 3.5c4 0 3-3.5 9-3.5',
  wait: 'M8 4v4l2.5 2M8 2a6 6 0 100 12A6 6 0 008 2z',
  run: 'M5 3.5v9l7-4.5z',
  pause: 'M5.5 3.5v9m5-9v9',
  bell: 'M4 11V7.5a4 4 0 018 0V11l1 1.5H3zM7 14h2',
  search: 'M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zm3.3 7.8L14 14',
  sand: 'M4 2h8M4 14h8M5 2c0 4 2.5 4.5 2.5 6S5 10 5 14M11 2c0 4-2.5 4.5-2.5 6s2.5 2 2.5 6',
  link: 'M6.5 9.5l3-3M5 7L3.5 8.5a2.8 2.8 0 004 4L9 11M7 5l1.5-1.5a2.8 2.8 0 014 4L11 9',
  overview: 'M2.5 2.5h4.5v6H2.5zm6.5 0h4.5v3.5H9zM2.5 11h4.5v2.5H2.5zM9 8.500h4.5v5H9z',
  timeline: 'M2 4h6M5 8h7M9 12h5',
  repositories: 'M4 2.500h8.5v11H4.500a1 1 0 010-3H12.500M4 2.500v9',
  requests: 'M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.01M2.500 8h.01M2.500 12h.01',
  failures: 'M8 2l6.500 11.500h-13zM8 6.500v3.500m0 1.500v.5',
  doors: 'M4 14V2.500h8V14M2.500 14h11M9.500 8v.5',
  cost: 'M8 2v12M11 4.500c-1-1.300-5.500-1.500-5.500 1S11 7.500 11 10s-4.800 2.500-6 1',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
