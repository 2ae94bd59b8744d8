// mctl job kill waits for what it ends, and outlives a change of leaders (design: changing commands wait).
import { expect, test } from 'vitest';
import { killJob } from '../../../src/cli/chronos/kill.ts';
import { patiently } from '../../../src/cli/chronos/patience.ts';
import { chronosProblem } from '../../../src/cli/chronos/problems.ts';
import { ChronosError } from '../../../src/client/chronos.ts';
import { FakeClock } from '../../client/support/fake-master.ts';
import { chronosAndClient } from './support.ts';

async function killing(how: { detach?: boolean; endsAfter?: number }) {
  const { chronos, client } = chronosAndClient();
  await chronos.store({ name: 'a', schedule: 'R/2026-02-02T00:00:00Z/P1D' });
  chronos.addRun('a', { state: 'running', agentHost: 'h1' });
  const said: string[] = [];
  let looks = 0;
  const sleep = async (): Promise<void> => {
    looks += 1;
    if (looks !== how.endsAfter) return;
    chronos.alive.length = 0;
    // The next occurrence is not what was killed.
    chronos.addRun('a', { state: 'running', key: { job: 'a', generation: 1, dueMs: 5, number: 2 } });
  };
  const killed = killJob({
    chronos: client,
    clock: Object.assign(new FakeClock(), { monotonicMs: () => looks * 250, sleep }),
    name: 'a',
    detach: how.detach ?? false,
    timeoutMs: 2000,
    progress: (text) => said.push(text),
  });
  return { killed, said, looks: () => looks };
}

test('What was killed is waited for, and nothing that started since', async () => {
  const { killed, said } = await killing({ endsAfter: 3 });
  expect(await killed).toBe(1);
  expect(said).toEqual(['a: run 1 is running on h1']);
});

test('With --detach nothing is waited for; what does not end in time ends the command with 10', async () => {
  const detached = await killing({ detach: true });
  expect([await detached.killed, detached.looks()]).toEqual([1, 0]);
  const { killed } = await killing({});
  await expect(killed).rejects.toMatchObject({ exitCode: 10, text: { next: 'mctl job show a' } });
});

test('A change of leaders is waited out; what is refused is not asked again', async () => {
  let nowMs = 0;
  const sleep = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  const clock = Object.assign(new FakeClock(), { monotonicMs: () => nowMs, sleep });
  const errors = [
    new ChronosError('unreachable', 'a', 'nobody there'),
    new ChronosError('unavailable', 'a', 'nobody leads'),
  ];
  const said: string[] = [];
  const asked = patiently(
    clock,
    async () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return 'answer';
    },
    (text) => said.push(text),
  );
  expect([await asked, said, nowMs]).toEqual(['answer', ['nobody there; trying again'], 2000]);
  const gone = new ChronosError('unreachable', 'a', 'nobody there');
  await expect(
    patiently(
      clock,
      () => Promise.reject(gone),
      () => undefined,
    ),
  ).rejects.toBe(gone);
  expect(nowMs).toBeGreaterThanOrEqual(60_000);
  const refused = new ChronosError('invalid', 'a', 'no');
  await expect(
    patiently(
      clock,
      () => Promise.reject(refused),
      () => undefined,
    ),
  ).rejects.toBe(refused);
});

test('A conflict says which job to look at', () => {
  const problem = chronosProblem(new ChronosError('conflict', 'a', "job 'nightly' is queued already"));
  expect([problem.exitCode, problem.text.next]).toEqual([4, 'mctl job show nightly']);
});
