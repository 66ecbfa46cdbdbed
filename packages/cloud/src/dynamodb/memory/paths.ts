/** Document paths over items: reading, projecting, overlap. */
import type { Path } from './syntax.ts';
import type { AttributeValue, Item } from './values.ts';

/** The value at a path; undefined where nothing is. */
export function readPath(item: Item | undefined, path: Path): AttributeValue | undefined {
  let value = item?.[path[0]];
  for (const step of path.slice(1)) {
    if (value === undefined) return undefined;
    value = stepInto(value, step);
  }
  return value;
}

/** One step into a map or list. */
export function stepInto(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? value.M[step] : undefined;
}

/** The item with only the given paths; maps and lists keep their nesting, lists close up. */
export function projectItem(item: Item, paths: readonly Path[]): Item {
  const tree = buildTree(paths);
  const result: Item = {};
  for (const [name, branch] of tree) {
    const value = item[name as string];
    const projected = value === undefined ? undefined : projectValue(value, branch);
    if (projected !== undefined) result[name as string] = projected;
  }
  return result;
}

/** The first two paths of which one contains the other. */
export function findOverlap(paths: readonly Path[]): [Path, Path] | undefined {
  for (let right = 1; right < paths.length; right++) {
    for (let left = 0; left < right; left++) {
      const a = paths[left] as Path;
      const b = paths[right] as Path;
      const length = Math.min(a.length, b.length);
      if (a.slice(0, length).every((step, index) => step === b[index])) return [a, b];
    }
  }
  return undefined;
}

/** A path as DynamoDB prints it in errors. */
export function formatPath(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

type Tree = Map<string | number, Tree | 'whole'>;

function buildTree(paths: readonly Path[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    let node = root;
    path.forEach((step, index) => {
      const known = node.get(step);
      if (index === path.length - 1) node.set(step, 'whole');
      else if (known instanceof Map) node = known;
      else if (known === undefined) {
        const next: Tree = new Map();
        node.set(step, next);
        node = next;
      }
    });
  }
  return root;
}

function projectValue(value: AttributeValue, branch: Tree | 'whole'): AttributeValue | undefined {
  if (branch === 'whole') return value;
  if ('L' in value) {
    const indexes = [...branch.keys()].filter((step) => typeof step === 'number').sort((a, b) => a - b);
    const list = indexes.flatMap((index) => {
      const element = value.L[index];
      return element === undefined ? [] : (projectValue(element, branch.get(index) as Tree | 'whole') ?? []);
    });
    return list.length > 0 ? { L: list as AttributeValue[] } : undefined;
  }
  if ('M' in value) {
    const map: Item = {};
    for (const [name, inner] of branch) {
      const child = typeof name === 'string' ? value.M[name] : undefined;
      const projected = child === undefined ? undefined : projectValue(child, inner);
      if (projected !== undefined) map[name as string] = projected;
    }
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  return undefined;
}
