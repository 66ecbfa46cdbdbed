// biome-ignore-all lint/a11y/useSemanticElements: rows that are placed one by one are no rows of an HTML table
// biome-ignore-all lint/a11y/useFocusableInteractive: the same
/** A long list of which only what can be seen is there. Rows have one height; the list says how many there are and which one each is. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface VirtualRowsProps {
  /** Of the whole list, as far as it is known. */
  readonly total: number;
  readonly label: string;
  readonly columns: readonly string[];
  /** What stands in each column; undefined while it is read. */
  readonly cells: (row: number) => readonly ComponentChildren[] | undefined;
  /** Called with the first and last row that are to be seen, and some beyond. */
  readonly needed: (from: number, to: number) => void;
  /** Says which list it is: another begins at its top. */
  readonly of: string;
  readonly kind: string;
}

const BEYOND = 4;

export function VirtualRows({ total, label, columns, cells, needed, of, kind }: VirtualRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(44);
  const [range, setRange] = useState({ from: 0, to: 30 });
  const measure = () => {
    const { current } = box;
    if (current === null) return;
    const rowHeight = Number.parseFloat(getComputedStyle(current).getPropertyValue('--row-height')) || 44;
    if (rowHeight !== height) setHeight(rowHeight);
    const from = Math.max(0, Math.floor(current.scrollTop / rowHeight) - BEYOND);
    const to = Math.ceil((current.scrollTop + current.clientHeight) / rowHeight) + BEYOND;
    setRange((before) => (before.from === from && before.to === to ? before : { from, to }));
  };
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    measure();
    const watching = new ResizeObserver(measure);
    if (box.current) watching.observe(box.current);
    return () => watching.disconnect();
  }, [of]);
  const to = Math.min(total, range.to);
  useEffect(() => needed(range.from, to), [range.from, to, of, total]);
  // As many elements as can be seen, used again and again: a row that comes takes the place of one that goes.
  const slots = useRef(1);
  slots.current = Math.max(slots.current, to - range.from);
  const rows = Array.from({ length: Math.max(0, to - range.from) }, (_, index) => range.from + index);
  return (
    <div class={`rows rows-${kind}`} role="table" aria-label={label} aria-rowcount={total + 1}>
      <div class="rows-head" role="rowgroup">
        <div class="row" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <span role="columnheader" key={column}>
              {column}
            </span>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard */}
      <div class="rows-box" ref={box} onScroll={measure} tabIndex={0} role="rowgroup" aria-label={label}>
        <div class="rows-all" role="presentation" style={{ height: `${total * height}px` }}>
          {rows.map((row) => {
            const shown = cells(row);
            return (
              <div
                class="row"
                role="row"
                key={row % slots.current}
                aria-rowindex={row + 2}
                aria-busy={shown === undefined}
                style={{ transform: `translateY(${row * height}px)` }}
              >
                {columns.map((column, index) => (
                  <span role="cell" key={column} data-column={column}>
                    {shown === undefined ? index === 0 && <span class="bone" /> : shown[index]}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
