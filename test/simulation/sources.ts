/**
 * What is mirrored, as far as the invariants go: a source whose head advances with each push, and the copy that a task has made of it. A named
 * command counts as a source too: each asking for it is a push, each run of it brings the copy up to date.
 */
export interface Source {
  /** Pushes so far. */
  head: number;
  /** The head that the last successful run had found at its start. */
  mirrored: number;
  /** Somebody else has pushed to the copy since. */
  isForeign: boolean;
}

export class Sources {
  readonly #sources = new Map<string, Source>();
  /** The head that each request announced, by task key and request id. */
  readonly #pushes = new Map<string, number>();

  of(taskKey: string): Source {
    let source = this.#sources.get(taskKey);
    if (!source) {
      source = { head: 0, mirrored: 0, isForeign: false };
      this.#sources.set(taskKey, source);
    }
    return source;
  }

  push(taskKey: string, requestId: string): void {
    const source = this.of(taskKey);
    source.head += 1;
    this.#pushes.set(`${taskKey}#${requestId}`, source.head);
  }

  /** A replay asks for what the first request asked for. */
  headOf(taskKey: string, requestId: string): number | undefined {
    return this.#pushes.get(`${taskKey}#${requestId.replace(/:replay-\d+$/, '')}`);
  }

  keys(): string[] {
    return [...this.#sources.keys()];
  }

  requests(): string[] {
    return [...this.#pushes.keys()];
  }
}
