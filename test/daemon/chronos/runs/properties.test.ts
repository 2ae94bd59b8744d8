// Random lives of a few jobs: leaders that die at any moment, with what was not durable; a store that stands still; a Mesos that is slow, loses
// tasks and repeats itself; operators. Whatever happens, no run is doubled behind anybody's back, and no occurrence goes without a word.
import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../../src/daemon/chronos/calendar/schedule.ts';
import type { HistoryEntry } from '../../../../src/daemon/chronos/model/run.ts';
import { taskIdOf } from '../../../../src/daemon/chronos/runs/task-id.ts';
import { settled } from '../../marathon/support/virtual-clock.ts';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const SEEDS = 60;
const STEPS = 120;

/** Small, and the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A cluster that really runs what was accepted: the truth, whatever Chronos knows of it. */
class Cluster {
  /** Tasks that are alive. */
  readonly alive = new Set<string>();
  /** Every start, in order, with how often a loss of that id was on record by then. */
  readonly starts: { readonly taskId: string; readonly sinceLost: boolean }[] = [];
  readonly lost = new Set<string>();

  start(taskId: string): void {
    const isSecond = this.starts.some((start) => start.taskId === taskId);
    this.starts.push({ taskId, sinceLost: !isSecond || this.lost.has(taskId) });
    this.lost.delete(taskId);
    this.alive.add(taskId);
  }
}

const JOBS = [
  { name: 'late', text: `R40/${iso(T0 + 5 * SECOND)}/PT37S`, more: { epsilonMs: 12 * SECOND, retries: 1 } },
  { name: 'any', text: `R/${iso(T0 + 7 * SECOND)}/PT53S`, more: { retries: 2 } },
  { name: 'beside', text: `R/${iso(T0 + 9 * SECOND)}/PT41S`, more: { concurrent: true, epsilonMs: 60 * SECOND } },
] as const;

async function live(seed: number): Promise<void> {
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const rig = await CoreRig.start({
    failureRetryMs: 4 * SECOND,
    unreachableTimeoutMs: 30 * SECOND,
    jobHistoryLimit: 10_000,
  });
  rig.offers = false;
  const cluster = new Cluster();
  for (const { name, text, more } of JOBS) rig.put(name, text, more);
  rig.put('child', ['late', 'any']);
  await rig.pass(1);

  const tell = async (taskId: string, state: Parameters<CoreRig['tell']>[1], isAnswer = false): Promise<void> => {
    const isLoss = state === 'TASK_LOST';
    if (isLoss && rig.runs.byTaskId(taskId) !== undefined) cluster.lost.add(taskId);
    await rig.tell(taskId, state, isAnswer ? { reason: 'REASON_RECONCILIATION' } : {});
  };
  /** What the master answers: the truth. */
  const reconcile = async (): Promise<void> => {
    for (const { taskId } of rig.runs.tasks()) {
      if (cluster.alive.has(taskId)) await tell(taskId, 'TASK_RUNNING', true);
      else await tell(taskId, 'TASK_LOST', true);
    }
  };
  const offer = async (): Promise<void> => {
    const launches = [...rig.queue.waiting()].map((run) => {
      const taskId = taskIdOf(run, rig.job(run.key.job).definition);
      return { taskId, may: rig.runs.launching(run, taskId, { id: 'a1', host: 'h' }) };
    });
    for (const { taskId, may } of launches) {
      // A leader that dies here has written ahead and launched nothing; its promise never resolves.
      void may.then((isTaken) => {
        if (isTaken) cluster.start(taskId);
      });
    }
    await settled();
  };
  const oneAlive = (): string | undefined => [...cluster.alive][below(cluster.alive.size)];

  for (let step = 0; step < STEPS; step += 1) {
    const chance = random();
    const taskId = oneAlive();
    if (chance < 0.3) await offer();
    else if (chance < 0.5 && taskId !== undefined) {
      cluster.alive.delete(taskId);
      const state = (['TASK_FINISHED', 'TASK_FINISHED', 'TASK_FAILED', 'TASK_LOST'] as const)[below(4)] ?? 'TASK_LOST';
      await tell(taskId, state);
      if (below(3) === 0) await tell(taskId, state);
    } else if (chance < 0.58 && taskId !== undefined) await tell(taskId, 'TASK_RUNNING');
    else if (chance < 0.62 && taskId !== undefined) await tell(taskId, 'TASK_UNREACHABLE');
    else if (chance < 0.68) {
      await rig.restart();
      await reconcile();
    } else if (chance < 0.72) {
      rig.store.stop();
      await rig.pass(below(25) * SECOND);
      if (taskId !== undefined && below(2) === 0) {
        cluster.alive.delete(taskId);
        await tell(taskId, 'TASK_FINISHED');
      }
      if (below(2) === 0) await offer();
      if (below(2) === 0) {
        // What was not durable is gone with its leader.
        const restarted = rig.restart();
        rig.store.go();
        await restarted;
        await reconcile();
      }
      rig.store.go();
    } else if (chance < 0.76) rig.clock.aheadMs += (below(20) - 8) * SECOND;
    else await rig.pass(below(15) * SECOND);
    // What was given up runs no more once Chronos hears of it.
    for (const killed of rig.calls.killed.splice(0))
      if (cluster.alive.delete(killed)) await tell(killed, 'TASK_KILLED');
    await rig.pass(1);
  }

  expect(rig.errors).toEqual([]);
  // At most one start of an attempt unless a loss is on record before the second (chronos.md 20.7).
  expect(cluster.starts.filter(({ sinceLost }) => !sinceLost)).toEqual([]);
  // Jobs that do not run beside themselves never did, as far as anybody could know.
  for (const { name, text, more } of JOBS) {
    if (!('concurrent' in more)) {
      const alive = rig.runs
        .of(name)
        .filter(({ state }) => ['launching', 'staged', 'running', 'unreachable'].includes(state));
      expect(alive.length).toBeLessThanOrEqual(1);
    }
    await accounts(rig, name, text);
  }
}

/** Every occurrence up to the next one has exactly one fate: a run, or a line of history that says why not. */
async function accounts(rig: CoreRig, name: string, text: string): Promise<void> {
  const { series } = parseSchedule(text, '', T0);
  const next = rig.job(name).next?.index ?? 40;
  const history: readonly HistoryEntry[] = await rig.runs.history(name);
  const withRun = new Set<number>();
  let without = 0;
  for (const entry of history) {
    if (entry.number > 0) withRun.add(entry.dueMs);
    else without += entry.count;
  }
  for (const run of rig.runs.of(name)) withRun.add(run.key.dueMs);
  let occurrences = 0;
  for (let place = series.first(); place !== undefined && place.index < next; place = series.after(place))
    occurrences += 1;
  expect(
    withRun.size + without,
    `${name}: ${JSON.stringify(history.map(({ result, dueMs, count }) => [result, dueMs - T0, count]))}`,
  ).toBe(occurrences);
}

describe('Whatever happens', () => {
  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i: nothing is doubled or lost', (seed) =>
    live(seed),
  );
});
