/** `1 request`, `2 requests`: a number and its noun, as a printed sentence has them. */
export function count(many: number, one: string, more = `${one}s`): string {
  return `${many} ${many === 1 ? one : more}`;
}
