/** What was learned and what it saved: played anew when an opening has ended since, as the same months are played twice for it. */
import type { Learning } from '@hourglass/operations';
import type { ConsoleSource } from '../source.ts';

const STRETCH_MS = 31 * 86_400_000;

export interface LearningBook {
  read(): Promise<Learning>;
}

export function createLearningBook(source: ConsoleSource): LearningBook {
  let known: { of: string; learning: Promise<Learning> } | undefined;
  return {
    async read() {
      const sinceMs = source.nowMs() - STRETCH_MS;
      const [newest] = await source.readOpenings({ sinceMs, limit: 1 });
      const of = `${newest?.fence ?? 'none'}`;
      if (known?.of !== of) {
        const learning = source.readLearning({ sinceMs });
        known = { of, learning };
        // What could not be read is asked again.
        learning.catch(() => {
          if (known?.learning === learning) known = undefined;
        });
      }
      return await known.learning;
    },
  };
}
