// A process under supervision, with real processes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { identify, isAlive, sendSignal } from '../../../src/cli/cluster/process-identity.ts';
import { SupervisedProcess } from '../../../src/cli/cluster/supervised-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-supervised-'));
const started: SupervisedProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function supervise(script: string) {
  const words: string[] = [];
  const supervised = new SupervisedProcess({
    argv: ['/bin/sh', '-c', script],
    env: process.env,
    outputFile: join(directory, 'output'),
    onChange: () => undefined,
    log: (text) => words.push(text),
  });
  started.push(supervised);
  supervised.start();
  return { supervised, words };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('what is killed is started again, with another pid', async () => {
  const { supervised, words } = supervise('exec sleep 60');
  const first = supervised.process;
  if (first === undefined) throw new Error('not started');
  sendSignal(first, 'SIGKILL');
  await until(() => supervised.restarts === 1);
  expect(supervised.process?.pid).not.toBe(first.pid);
  expect(words.join('\n')).toContain('was ended by SIGKILL; starts again in 250 ms');
});

test('what ends again and again is started less and less often', async () => {
  const { supervised, words } = supervise('exit 3');
  await until(() => supervised.restarts === 2);
  await until(() => words.filter((text) => text.includes('starts again')).length === 3);
  expect(words.filter((text) => text.includes('starts again'))).toEqual([
    'exited with 3; starts again in 250 ms',
    'exited with 3; starts again in 500 ms',
    'exited with 3; starts again in 1000 ms',
  ]);
});

test('what is stopped gets SIGTERM and stays stopped', async () => {
  const { supervised } = supervise('trap "echo bye; exit 0" TERM; echo up; sleep 60 & wait');
  await until(() => readFileSync(join(directory, 'output'), 'utf8').includes('up'));
  const id = supervised.process;
  await supervised.stop();
  expect(readFileSync(join(directory, 'output'), 'utf8')).toContain('bye');
  expect(id !== undefined && isAlive(id)).toBe(false);
  expect(supervised.process).toBeUndefined();
});

test('a pid that was given to another process is not taken for the old one', () => {
  const me = identify(process.pid);
  if (me === undefined) throw new Error('we live');
  expect(isAlive(me)).toBe(true);
  expect(isAlive({ ...me, startTime: me.startTime - 1 })).toBe(false);
  expect(sendSignal({ ...me, startTime: me.startTime - 1 }, 'SIGKILL')).toBe(false);
});
