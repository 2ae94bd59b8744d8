// A leader that is paused past its session and writes first thing when it wakes up, before it has heard or asked anything: a
// process of its own, a real ensemble, and nothing between its write and the state but the fence.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MISSING } from './ensemble.ts';
import type { LateWriterNews } from './late-writer-main.ts';
import { RealEnsemble } from './support/real.ts';

const MAIN = fileURLToPath(new URL('late-writer-main.ts', import.meta.url));

/** One candidate in a process of its own. */
class Candidate {
  readonly #process: ChildProcess;
  readonly #news: LateWriterNews[] = [];
  #waiting: ((news: LateWriterNews) => void) | undefined;

  constructor(url: string) {
    this.#process = fork(MAIN, [url], { execArgv: [] });
    this.#process.on('message', (news: LateWriterNews) => {
      if (this.#waiting === undefined) this.#news.push(news);
      else this.#waiting(news);
    });
    onTestFinished(() => void this.#process.kill('SIGKILL'));
  }

  async next(): Promise<LateWriterNews> {
    const known = this.#news.shift();
    if (known !== undefined) return known;
    const news = await new Promise<LateWriterNews>((resolve) => {
      this.#waiting = resolve;
    });
    this.#waiting = undefined;
    return news;
  }

  write(value: string): void {
    this.#process.send(value);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

describe.skipIf(MISSING !== undefined)('with a real ZooKeeper', () => {
  const real = new RealEnsemble();

  test("a leader that wakes up after another has taken over: its late write is refused, and the successor's stays", async () => {
    const path = real.newPath();
    const url = real.ensemble.url(path);
    const old = new Candidate(url);
    const first = await old.next();
    old.write('of the old leader');
    expect(await old.next()).toEqual({ kind: 'wrote', what: 'of the old leader' });
    const successor = new Candidate(url);

    old.signal('SIGSTOP');
    // Lies in its mailbox, and is what it does first.
    old.write('late');
    const second = await successor.next();
    expect(second).toMatchObject({ kind: 'leads' });
    successor.write('of the successor');
    expect(await successor.next()).toEqual({ kind: 'wrote', what: 'of the successor' });
    old.signal('SIGCONT');

    expect(await old.next()).toEqual({ kind: 'refused', what: 'fenced' });
    if (first.kind !== 'leads' || second.kind !== 'leads') throw new Error('nobody led');
    expect(second.epoch).toBeGreaterThan(first.epoch);
    successor.write('and goes on');
    expect(await successor.next()).toEqual({ kind: 'wrote', what: 'and goes on' });
    const { connection } = await real.client();
    const session = await connection.connected(20_000);
    const fence = await session.get(`${path}/state/fence`);
    expect(JSON.parse(String(fence?.data))).toMatchObject({ epoch: second.epoch });
  });
});
