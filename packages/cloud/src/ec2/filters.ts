/** EC2's `Filter.n`: every filter must match, each by any of its values; `*` and `?` are wildcards. */

export interface Filter {
  readonly Name: string;
  readonly Value?: readonly string[];
}

/** What a filter may look at: field name to values, `tag:<key>` and `tag-key` included by `tags`. */
export interface Filterable {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly tags: ReadonlyMap<string, string>;
}

export function matchesFilters(filters: readonly Filter[] | undefined, subject: Filterable): boolean {
  return (filters ?? []).every(({ Name, Value }) => {
    const given = valuesOf(Name, subject);
    return (Value ?? []).some((wanted) => given.some((value) => toPattern(wanted).test(value)));
  });
}

/** Names no filter of these is called; for the error. */
export function findUnknownFilter(
  filters: readonly Filter[] | undefined,
  known: readonly string[],
): string | undefined {
  return filters?.find(({ Name }) => !known.includes(Name) && !Name.startsWith('tag:') && Name !== 'tag-key')?.Name;
}

function valuesOf(name: string, { fields, tags }: Filterable): readonly string[] {
  if (name === 'tag-key') return [...tags.keys()];
  if (!name.startsWith('tag:')) return fields[name] ?? [];
  const value = tags.get(name.slice('tag:'.length));
  return value === undefined ? [] : [value];
}

function toPattern(wanted: string): RegExp {
  const source = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
