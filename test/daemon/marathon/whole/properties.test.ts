// Anything in any order, on a whole Marathon: requests over requests, slow disks, broken lines, lost and returning tasks,
// kills, ends of the process. When the trouble is over, exactly what was asked for runs, and nothing is left of the rest.
import { expect, test } from 'vitest';
import { revertChanges } from '../../../../src/daemon/marathon/groups/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { Instance } from '../../../../src/daemon/marathon/model/instance.ts';
import { NetError } from '../../../../src/world/net.ts';
import fc from '../../../fast-check.ts';
import { settled } from '../support/virtual-clock.ts';
import { path, Whole } from '../support/whole.ts';
import { expectQuiet } from '../support/whole-expectations.ts';

const APPS = ['/a', '/b', '/g/c'] as const;
const FORCE = { force: true };

const change = fc.option(
  fc.record(
    {
      instances: fc.nat(4),
      cmd: fc.constantFrom('one', 'two'),
      upgradeStrategy: fc.record({
        minimumHealthCapacity: fc.constantFrom(0, 0.5, 1),
        maximumOverCapacity: fc.constantFrom(0, 0.5, 1),
      }),
    },
    { requiredKeys: ['instances'] },
  ),
  { nil: undefined, freq: 4 },
);

const EVENTS = [
  'cancel',
  'revert',
  'restart',
  'offer',
  'rescind',
  'serve',
  'run',
  'fail',
  'lose',
  'return',
  'gone',
  'kill',
  'wipe',
  'endKilled',
  'slowDisk',
  'fastDisk',
  'cut',
  'refuseAccept',
  'loseAccept',
  'wait',
  'crash',
] as const;

const events = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deploy' as const), id: fc.constantFrom(...APPS), change }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom(...EVENTS), pick: fc.nat(50) }) },
);

type Event = typeof events extends fc.Arbitrary<infer T> ? T : never;

class Play {
  readonly whole: Whole;
  readonly app: Partial<App>;
  #offer = '';

  constructor(whole: Whole, app: Partial<App>) {
    this.whole = whole;
    this.app = app;
  }

  /** Requests are not waited for: the disk may be slow. Those that are refused change nothing. */
  #ask(request: Promise<unknown>): void {
    request.catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'Refusal')) throw error;
    });
  }

  async happen(event: Event): Promise<void> {
    const { whole } = this;
    const { master, it } = whole;
    if (event.kind === 'deploy') {
      const { id } = event;
      const isThere = it.groups.app(path(id)) !== undefined;
      if (event.change === undefined) {
        if (isThere) this.#ask(whole.deploy({ [id]: undefined }, FORCE));
      } else this.#ask(whole.deploy({ [id]: { ...(isThere ? {} : this.app), ...event.change } }, FORCE));
      return;
    }
    const { kind, pick } = event;
    const all: Instance[] = [...it.instances.all()];
    const one = all[pick % Math.max(1, all.length)];
    const tasks = [...master.tasks.keys()];
    const task = tasks[pick % Math.max(1, tasks.length)];
    const [running] = it.deployments.running;
    switch (kind) {
      case 'cancel':
        if (running !== undefined) it.deployments.cancel(running.plan.id, 'by hand');
        return;
      case 'revert':
        if (running !== undefined) {
          const { plan } = running;
          this.#ask(it.groups.update((root) => revertChanges(plan, root), FORCE));
          it.deployments.cancel(plan.id, 'reverted');
        }
        return;
      case 'restart': {
        const id = path(APPS[pick % APPS.length] ?? '/a');
        if (it.groups.app(id) !== undefined) this.#ask(whole.deploy({}, { ...FORCE, restart: [id] }));
        return;
      }
      case 'offer':
        [this.#offer = ''] = master.offer(1, `cpus:${1 + (pick % 3)};mem:100000`);
        return;
      case 'rescind':
        return master.rescind(this.#offer);
      case 'serve':
        master.offer();
        return whole.clock.advance(1_000);
      case 'kill':
      case 'wipe':
        if (one !== undefined) void it.kills.kill([one.id], 'user', kind === 'wipe' ? 'Decommissioned' : undefined);
        return;
      case 'endKilled':
        return master.endKilled();
      case 'slowDisk':
        return whole.store.hold();
      case 'fastDisk':
        return whole.store.release();
      case 'cut':
        master.cut();
        return whole.clock.advance(pick * 20);
      case 'refuseAccept':
        master.faults.set('ACCEPT', [{ status: 400, headers: {}, body: new Uint8Array() }]);
        return;
      case 'loseAccept':
        master.faults.set('ACCEPT', [new NetError('broken', 'lost')]);
        return;
      case 'wait':
        return whole.clock.advance(6_000);
      case 'crash':
        return whole.boot();
    }
    if (task === undefined) return;
    const states = {
      run: 'TASK_RUNNING',
      fail: 'TASK_FAILED',
      lose: 'TASK_UNREACHABLE',
      return: 'TASK_RUNNING',
      gone: 'TASK_GONE',
    } as const;
    master.tell(task, states[kind]);
  }

  /** The trouble is over: tasks start, kills end, lost ones come back, and time passes. */
  async calm(): Promise<void> {
    const { whole } = this;
    whole.store.release();
    whole.master.doTasksStart = true;
    whole.master.doKillsEnd = true;
    whole.master.faults.clear();
    await whole.serve(2);
    whole.master.endKilled();
    whole.master.tellAll('TASK_RUNNING');
    await whole.serve(10);
    await whole.deployed();
    // Kills that nobody answered are repeated, and launches that nobody confirmed are given up.
    for (let round = 0; round < 4; round += 1) {
      await whole.clock.advance(330_000);
      await whole.serve(5);
    }
  }
}

async function play({ list, inactiveAfterSeconds }: { list: Event[]; inactiveAfterSeconds: number }): Promise<void> {
  const whole = await Whole.start();
  const app = { unreachableStrategy: { inactiveAfterSeconds, expungeAfterSeconds: inactiveAfterSeconds * 20 } };
  await whole.deploy({ '/a': { ...app, instances: 2, cmd: 'one' }, '/b': { ...app, instances: 1 } });
  await whole.deployed();
  whole.master.doTasksStart = false;
  whole.master.doKillsEnd = false;
  const player = new Play(whole, app);
  for (const event of list) {
    await player.happen(event);
    await settled();
    expect(whole.failures).toEqual([]);
  }
  await player.calm();
  for (const id of APPS) {
    const { instances = 0 } = whole.it.groups.app(path(id)) ?? {};
    expect(whole.states(id), id).toEqual(Array(instances).fill('Running Running'));
    expect(whole.commands(id), id).toHaveLength(instances);
  }
  expectQuiet(whole);
  whole.it.stop();
  expect(whole.clock.pending).toBe(0);
}

test('exactly what was asked for runs in the end', async () => {
  const runs = fc.record({
    list: fc.array(events, { minLength: 1, maxLength: 40 }),
    inactiveAfterSeconds: fc.constantFrom(0, 50),
  });
  await fc.assert(fc.asyncProperty(runs, play), { numRuns: 80 });
});
