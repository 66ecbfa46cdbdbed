/** Which refs the deployment mirrors of a repository, from the task's environment: JSON, patterns by the mirror's name. `^` leaves out. */

/** The variable cannot be read. */
export class RefsMalformed extends Error {
  override readonly name = 'RefsMalformed';
}

/** What the relay is given; nothing where the deployment selects none. @throws RefsMalformed if the variable cannot be read */
export function selectedRefs(
  destination: string,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly include?: readonly string[]; readonly exclude?: readonly string[] } {
  const name = destination.slice(destination.lastIndexOf('/') + 1);
  const patterns = parse(environment.REPOSITORY_REFS || '{}').get(name) ?? [];
  const exclude = patterns.filter((pattern) => pattern.startsWith('^')).map((pattern) => pattern.slice(1));
  const include = patterns.filter((pattern) => !pattern.startsWith('^'));
  return { ...(include.length > 0 && { include }), ...(exclude.length > 0 && { exclude }) };
}

function parse(text: string): Map<string, string[]> {
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, string[]>));
  } catch {
    throw new RefsMalformed('the environment variable REPOSITORY_REFS is not JSON');
  }
}
