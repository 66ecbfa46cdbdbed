import { describe, expect, it } from 'vitest';
import { createStage, entryOf } from '../testing/index.ts';
import { RepositoryBook } from './repository-book.ts';

const all = { offset: 0, limit: 100, search: '' } as const;
const at = Date.UTC(2026, 10, 20, 10);

async function load(...given: Parameters<typeof createStage>) {
  const stage = createStage(...given);
  const book = new RepositoryBook(stage);
  await book.load(async () => stage.history);
  return book;
}

describe('the book of repositories', () => {
  it('has those of the configuration and those that were seen, with what is remembered and what was last', async () => {
    const book = await load({
      repositories: ['a', 'b'],
      memories: new Map([['b', { succeededAtMs: at - 9_000, usualSeconds: 42 }]]),
      history: [entryOf(1, at, { task: 'mirror:c' }), entryOf(2, at, { task: 'command:backup' })],
    });
    const { rows } = book.page({ ...all, order: 'name' });
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(rows[0]).toMatchObject({ mirroredAt: null, last: null });
    expect(rows[1]).toMatchObject({ mirroredAt: new Date(at - 9_000).toISOString(), usualSeconds: 42 });
    expect(rows[2]?.last).toMatchObject({
      requestId: 'request-000001',
      result: 'succeeded',
      refsChanged: 2,
      door: 'hook',
    });
  });

  it('puts failures first, then what was mirrored longest ago, and what never was before that', async () => {
    const book = await load({
      repositories: ['never', 'old', 'new', 'broken'],
      memories: new Map([
        ['old', { succeededAtMs: at - 9_000, usualSeconds: null }],
        ['new', { succeededAtMs: at, usualSeconds: null }],
      ]),
      history: [entryOf(97, at, { task: 'mirror:broken' })],
    });
    expect(book.page({ ...all, order: 'trouble' }).rows.map(({ name }) => name)).toEqual([
      'broken',
      'never',
      'old',
      'new',
    ]);
  });

  it('keeps up with what ends, and lets no older entry overwrite a newer one', async () => {
    const book = await load({ repositories: ['a'] });
    book.page({ ...all, order: 'name' });
    book.add([entryOf(2, at, { task: 'mirror:a' })]);
    book.add([
      entryOf(97, at - 5_000, { task: 'mirror:a' }),
      entryOf(3, at + 5_000, { task: 'mirror:a', result: 'joined' }),
    ]);
    const [row] = book.page({ ...all, order: 'name' }).rows;
    expect(row?.last).toMatchObject({ requestId: 'request-000002', result: 'succeeded' });
    expect(row?.mirroredAt).toBe(new Date(at).toISOString());
  });

  it('finds by part of a name, in pages, whatever its letters', async () => {
    const book = await load({ repositories: Array.from({ length: 250 }, (_, n) => `Team/Repo-${n}`) });
    const page = book.page({ offset: 200, limit: 100, search: ' rEPO- ', order: 'name' });
    expect([page.total, page.rows.length]).toEqual([250, 50]);
    expect(book.page({ ...all, search: 'constructor', order: 'name' }).total).toBe(0);
  });
});
