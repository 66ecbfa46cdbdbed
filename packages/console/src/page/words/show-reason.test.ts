import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeStep } from '@hourglass/operations/model';
import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { reasonsJa } from './reasons-ja.ts';
import { showReason } from './show-reason.ts';
import { showStep } from './show-step.ts';
import { language } from './words.ts';

const root = join(import.meta.dirname, '../../../../..');
/** Who writes what an operator reads as a reason. */
const writers = [
  'services/runner/src',
  'services/fetcher/src/outcome.ts',
  'services/pusher/src/outcome.ts',
  'docker/src',
  'packages/relay/src',
  'shared/src/admission.ts',
  'shared/src/source-host.ts',
  'packages/operations/src/requests',
  'packages/operations/src/dead-letters',
  'packages/console/src/server',
];
const SAYS =
  /(?:new (?:MirrorRefused|RelayFailed|WorkFailed|CarrierLimit|PermanentError|OperationFailed|BadQuestion)\(|\bmessage(?::| =))\s*(?:'((?:[^'\\\n]|\\.)+)'|`((?:[^`\\]|\\.)+)`)(?:, '(\w+)')?/g;

afterEach(() => {
  language.value = 'en';
});

/** Sentences with something in each hole. Wrong options of a command (`input`) never come to the console. */
async function sentences(): Promise<string[]> {
  const found = await Promise.all(
    writers.map(async (writer) => {
      const path = join(root, writer);
      const names = writer.endsWith('.ts') ? [''] : await readdir(path, { recursive: true });
      const files = names.filter(
        (name) => name === '' || (/[.]tsx?$/.test(name) && !/[.]test[.]|fixture|testing/.test(name)),
      );
      return await Promise.all(files.map((name) => readFile(join(path, name), 'utf8')));
    }),
  );
  return found.flat().flatMap((text) =>
    [...text.matchAll(SAYS)]
      .filter(([, , , kind]) => kind !== 'input')
      .map(([, plain, template]) =>
        (plain ?? template ?? '').replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, 'source').replaceAll("\\'", "'"),
      )
      .filter(
        (sentence) => / /.test(sentence) && /[a-z]/.test(sentence.replaceAll('source', '')) && !sentence.includes('${'),
      ),
  );
}

describe('reasons', () => {
  it('that ours give are all in Japanese', async () => {
    const all = await sentences();
    expect(all.length).toBeGreaterThan(60);
    language.value = 'ja';
    expect([...new Set(all)].filter((sentence) => showReason(sentence) === sentence)).toEqual([]);
  });

  it('keep what AWS, git and users have said, and are shown one in the other', () => {
    language.value = 'ja';
    expect(showReason('The task ended with exit code 1: the source forbids this (403): go away (b)')).toBe(
      'タスクが終了コード 1 で終わりました: ミラー元がアクセスを禁じています(403): go away (b)',
    );
    expect(showReason('CannotPullContainerError: no such image')).toBe('CannotPullContainerError: no such image');
    expect(showReason('')).toBe('');
  });

  it('are as they were written in English', () => {
    expect(showReason('The task was never started.')).toBe('The task was never started.');
  });

  it('have the same holes in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
    for (const [sentence, says] of Object.entries(reasonsJa)) expect(holes(says), sentence).toEqual(holes(sentence));
  });
});

describe('steps', () => {
  it('have words for every code that operations knows', () => {
    for (const code of LifeStep.shape.code.options) expect(en).toHaveProperty([`step.${code}`]);
  });

  it('name their door and delivery, and show a failure’s reason', () => {
    language.value = 'ja';
    const at = '2026-01-05T09:00:00.000Z';
    expect(showStep({ at, what: '', code: 'accepted', values: { door: 'hook', delivery: '7f' } })).toMatch(
      /^受付\(.+\) \(配信 7f\)$/,
    );
    expect(
      showStep({ at, what: '', code: 'taskFailed', values: { message: 'The task was stopped: OutOfMemory' } }),
    ).toBe('タスクが失敗しました: タスクが停止されました: OutOfMemory');
    expect(showStep({ at, what: '', code: 'claimed', values: { attempt: 2, fence: 7 } })).toContain('2');
  });
});
