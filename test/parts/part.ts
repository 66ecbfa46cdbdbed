/** A part is what a test takes from outside the project: Java, a browser, ssh, a terminal, the AWS CLI, curl. Which there are is in `parts.ts`. */

export type PartName = 'java' | 'browser' | 'ssh' | 'ssh-server' | 'terminal' | 'aws-cli' | 'curl';

/** A part that was seen to work. */
export interface Found {
  /** What it is and where from, for people. */
  readonly what: string;
  /** How the tests, and the programs they start, come to it. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Part {
  readonly name: PartName;
  /** For people, as in "a browser". */
  readonly title: string;
  /** What a test wants it for. */
  readonly purpose: string;
  /**
   * The ways to have it, the first that works is taken: each runs the thing itself before it says so, and may bring it first.
   * @throws {Error} why this way does not do; one line
   */
  readonly ways: readonly (() => Promise<Found>)[];
  /** The command that a person types to have it. */
  command(): Promise<string>;
}

/** What became of each part. */
export interface Readiness {
  readonly found: Readonly<Partial<Record<PartName, Found>>>;
  /** Why it is not there; one line. */
  readonly missing: Readonly<Partial<Record<PartName, string>>>;
}
