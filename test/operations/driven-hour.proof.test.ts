/**
 * An hour of `hourglass local` as a person has it, in a real terminal: a push waits, opens, runs; the next fails for want of a password, is understood,
 * mended and replayed; the endpoints are let go. One test goes on where the one before it ended.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCommit, createEmptyRepository } from '@hourglass/cli';
import type { HistoryEntry, Status } from '@hourglass/operations/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../parts/needs.ts';
import type { Person, Shown } from './person.ts';

const ESCAPE = '\u001b[';
let home: string;
let person: Person;
let local: Shown;
/** What is served: a person pushes there. */
let served: string;
let CTRL_C: string;

const push = (message: string) => addCommit(served, { branch: 'main', message, files: { 'a.txt': message } });
const status = async (): Promise<Status> => JSON.parse(await person.pipe(['status', '--json']));
const history = async (...words: string[]): Promise<HistoryEntry[]> =>
  JSON.parse(await person.pipe(['history', '--json', ...words]));

describe('an hour of hourglass local, driven from a terminal', needs('terminal'), () => {
  beforeAll(async () => {
    // Where the part is missing, its package may not even load.
    const terminal = await import('./person.ts');
    CTRL_C = terminal.CTRL_C;
    home = await mkdtemp(join(tmpdir(), 'hourglass-person-'));
    person = terminal.createPerson(home);
    const source = await createEmptyRepository(home, 'app');
    await addCommit(source, { branch: 'main', message: 'one', files: { 'a.txt': 'one' } });
    local = person.type(['local', '--source', source, '--port', '0', '--speed', '300']);
    await local.until(/Ctrl-C ends all/);
    served = /git push (\S+) HEAD:main/.exec(local.text())?.[1] ?? '';
  });
  afterAll(async () => {
    person?.leave();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  it('a push waits as long as it may; Ctrl-C leaves what --wait follows standing, and says so', async () => {
    await push('two');
    const following = person.type(['request', 'mirror', 'app', '--max-delay', '23h', '--wait']);
    await following.until(/accepted from an operator/);
    following.press(CTRL_C);
    expect(await following.ended).toBe(130);
    expect(following.text()).toMatch(/The request operator:\S+ stands, and goes on without this command/);
    const [waiting] = (await status()).waiting;
    expect(waiting).toMatchObject({ task: 'mirror:app', carrier: 'fargate' });
    expect(following.text()).toContain(waiting?.requestId);
  });

  it('colours are for a terminal, and neither for a pipe nor for NO_COLOR', async () => {
    const [coloured, plain, piped] = await Promise.all([
      person.run(['status']),
      person.run(['status'], { NO_COLOR: '1' }),
      person.pipe(['status']),
    ]);
    expect(coloured.text).toContain(ESCAPE);
    for (const text of [plain.text, piped]) {
      expect(text).not.toContain('\u001b');
      expect(text).toMatch(/next +the endpoints open for one task at \d\d:\d\d/);
      expect(text).toMatch(/Waiting\r?\n {2}mirror:app +start by/);
    }
  });

  it('status --watch shows in place how it opens and runs, and ends by Ctrl-C without a word', async () => {
    const watching = person.type(['status', '--watch']);
    await watching.until(/Waiting/);
    const asked = person.type(['request', 'mirror', 'app', '--max-delay', '0', '--wait']);
    await watching.until(/endpoints\S* +\S*open\S* \(opening 1\), paid until \d\d:\d\d:\d\d \(\d+ min left\)/);
    expect(await asked.ended).toBe(0);
    expect(asked.text()).toMatch(/\d\d:\d\d:\d\d {2}accepted from an operator, joins operator:/);
    expect(asked.text()).toMatch(/mirror:app \S*succeeded\S* with operator:/);
    watching.press(CTRL_C);
    expect(await watching.ended).toBe(0);
    const screens = watching.text().split(`${ESCAPE}H${ESCAPE}2J`);
    expect(screens.length).toBeGreaterThan(2);
    for (const screen of screens.slice(1)) expect(screen.match(/deployment/g)).toHaveLength(1);
    expect(watching.text()).not.toMatch(/Error|\^C.*at /s);
  });

  it('a wrong password fails for good, and why stands in show, in logs and among the dead letters', async () => {
    await push('three');
    await writeFile(join(served, 'hourglass-password'), 'secret\n');
    const failing = await person.run(['request', 'mirror', 'app', '--max-delay', '0', '--wait']);
    expect(failing.status).toBe(1);
    expect(failing.text).toMatch(/mirror:app \S*failed\S*: .*(password|credentials)/s);
    const [failed] = await history('--failed');
    const [shown, logged, letters] = await Promise.all([
      person.pipe(['show', failed?.requestId ?? '']),
      person.pipe(['logs', 'app']),
      person.pipe(['replay']),
    ]);
    expect(shown).toMatch(/state +failed/);
    expect(shown).toMatch(/reason +.*401/);
    expect(shown).toMatch(/log +\S+ task\/task\/\w+/);
    expect(logged).toContain(`request ${failed?.requestId}`);
    expect(logged).toMatch(/task +failed: .*401/);
    expect(letters).toMatch(/failed +mirror:app +operator:\S+ +\d attempts? +.*401/);
  });

  it('mended and replayed it is done, as logs --follow shows while it runs', async () => {
    await rm(join(served, 'hourglass-password'));
    const following = person.type(['logs', 'app', '--follow']);
    await following.until(/failed: /);
    const replayed = await person.pipe(['replay', 'app']);
    expect(replayed).toMatch(/one dead letter is on the way back, as operator:\S+:replay-1/);
    await following.until(/succeeded: refs mirrored/);
    following.press(CTRL_C);
    expect(await following.ended).toBe(0);
    await expect.poll(async () => (await history())[0]?.requestId).toMatch(/:replay-1$/);
    expect((await status()).deadLetters).toBe(0);
  });

  it('close lets the endpoints go, and the history has all', async () => {
    expect((await person.run(['close'])).text).toMatch(
      /the endpoints (are going|go as soon as)|there are no endpoints/,
    );
    await expect.poll(async () => (await status()).phase).toBe('closed');
    expect((await history()).map(({ result }) => result).sort()).toEqual([
      'failed',
      'joined',
      'succeeded',
      'succeeded',
    ]);
  });

  it('Ctrl-C ends it all, and nothing is left of it', async () => {
    local.press(CTRL_C);
    expect(await local.ended).toBe(0);
    expect(await readdir(join(home, 'hourglass'))).toEqual([]);
  });
});
