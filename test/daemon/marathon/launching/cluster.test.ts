// Launch queue and link against the real master and agents, all in the simulator.
import { describe, expect, test } from 'vitest';
import type { MarathonEvent } from '../../../../src/daemon/marathon/events/event.ts';
import { parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';
import { InstanceBook } from '../../../../src/daemon/marathon/instances/instance-book.ts';
import { TaskKills } from '../../../../src/daemon/marathon/instances/kills.ts';
import { StatusUpdates } from '../../../../src/daemon/marathon/instances/status-updates.ts';
import { LastTaskFailures } from '../../../../src/daemon/marathon/instances/task-failures.ts';
import { DelayBook } from '../../../../src/daemon/marathon/launching/back-offs.ts';
import { OfferQueue } from '../../../../src/daemon/marathon/launching/launch-queue.ts';
import { SchedulerLink } from '../../../../src/daemon/marathon/launching/mesos-link.ts';
import { Counters } from '../../../../src/daemon/marathon/metrics/counters.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { emptyRoot } from '../../../../src/daemon/marathon/model/root-group.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { Storage } from '../../../../src/daemon/serving/storage/storage.ts';
import { type ProcessHandle, Simulation } from '../../../../src/simulation/index.ts';
import { SimulatedCluster } from '../../../../src/simulation/scenario/cluster.ts';
import { Ledger } from '../../../../src/simulation/scenario/ledger.ts';
import { makeApp } from '../instances/support/app.ts';

interface Marathon {
  readonly instances: InstanceBook;
  readonly kills: TaskKills;
  readonly queue: OfferQueue;
  readonly link: SchedulerLink;
  readonly counters: Counters;
}

class Scene {
  readonly simulation = new Simulation({ seed: 3 });
  readonly apps = new Map<PathId, App>();
  readonly failures: string[] = [];
  readonly cluster: SimulatedCluster;
  readonly process: ProcessHandle<Marathon>;

  constructor(agents: number, flags: readonly string[] = []) {
    const size = {
      agents,
      frameworks: 0,
      tasksPerFramework: 0,
      failoverTimeoutSeconds: 60,
      isLastCheckpointing: true,
    };
    this.cluster = new SimulatedCluster(this.simulation, size, new Ledger());
    // Its operators would drain agents and reserve what Marathon is to use.
    this.cluster.rest();
    this.cluster.agentOperator.end();
    this.process = this.simulation
      .host('marathon', { address: '10.0.3.1' })
      .start('marathon', async (world, context) => {
        const { log } = world;
        const fail = (reason: string) => void this.failures.push(reason);
        const storage = new Storage(context.openStore('marathon'), 1, fail);
        const groups = {
          root: emptyRoot('' as Timestamp),
          app: (id: PathId) => this.apps.get(id),
          appVersion: () => Promise.resolve(undefined),
        };
        const options = parseMarathonOptions({ args: ['--master=10.0.0.1:5050', ...flags] });
        const counters = new Counters();
        const events = { publish: (_: MarathonEvent) => undefined };
        // Only what is asked of the root group is there.
        const masters = ['10.0.0.1:5050'];
        const core = { world, log, storage, options, masters, counters, events, fail, groups: groups as never };
        const instances = new InstanceBook(core);
        const link = new SchedulerLink({ ...core, instances });
        const parts = { ...core, instances, mesos: link };
        const kills = new TaskKills(parts);
        const failures = new LastTaskFailures(parts);
        const updates = new StatusUpdates({ ...parts, kills, failures });
        const backOffs = new DelayBook(parts);
        const queue = new OfferQueue({ ...parts, backOffs });
        await instances.load();
        await link.load();
        backOffs.start();
        queue.start();
        kills.start();
        link.start({
          connected: () => {
            queue.connected();
            kills.connected();
          },
          disconnected: () => {
            queue.disconnected();
            kills.disconnected();
          },
          offers: (offers) => queue.offers(offers),
          rescinded: (offerId) => queue.rescinded(offerId),
          status: (update) => updates.take(update),
        });
        return { instances, kills, queue, link, counters };
      });
  }

  get marathon(): Marathon {
    const { value } = this.process;
    if (value === undefined) throw new Error('Marathon is not up');
    return value;
  }

  schedule(app: App, count: number): void {
    this.apps.set(app.id, app);
    this.marathon.instances.schedule(app, count);
  }

  get running(): number {
    return this.marathon.instances.totals.running;
  }

  subscribed(): Promise<boolean> {
    return this.simulation.runUntil(() => this.process.value?.link.isSubscribed === true, 60_000);
  }
}

describe('in a cluster', () => {
  test('instances of an app run, each agent as full as it may be', async () => {
    const scene = new Scene(2);
    await scene.subscribed();
    scene.schedule(makeApp('/web', { cmd: 'sleep 10000' }), 6);
    expect(await scene.simulation.runUntil(() => scene.running === 6, 20_000)).toBe(true);
    expect(scene.marathon.queue.entries()).toEqual([]);
    expect(scene.failures).toEqual([]);
  });

  test('what does not fit waits, and says why', async () => {
    const scene = new Scene(2);
    await scene.subscribed();
    scene.schedule(makeApp('/web', { cmd: 'sleep 10000', cpus: 3 }), 3);
    await scene.simulation.run({ forMs: 20_000 });
    expect(scene.running).toBe(2);
    const [entry] = scene.marathon.queue.entries();
    expect(entry?.count).toBe(1);
    const cpus = entry?.rejectsOfLastOffers.find(({ reason }) => reason === 'InsufficientCpus');
    expect(cpus?.declined).toBeGreaterThan(0);
  });

  test('a task that ends is launched again, later and later', async () => {
    const scene = new Scene(1);
    await scene.subscribed();
    scene.schedule(makeApp('/web', { cmd: 'exit 1', backoffSeconds: 2, backoffFactor: 2 }), 1);
    await scene.simulation.run({ forMs: 60_000 });
    const incarnation = [...scene.marathon.instances.all()][0]?.task?.incarnation;
    // 0, 2, 6, 14 and 30 s, and each time until an offer comes.
    expect(incarnation).toBeGreaterThanOrEqual(4);
    expect(incarnation).toBeLessThanOrEqual(5);
  });

  test('a second app need not wait for the next revive', async () => {
    const scene = new Scene(1);
    await scene.subscribed();
    scene.schedule(makeApp('/a', { cmd: 'sleep 10000' }), 1);
    await scene.simulation.runUntil(() => scene.running === 1, 10_000);
    await scene.simulation.run({ forMs: 1500 });
    scene.schedule(makeApp('/b', { cmd: 'sleep 10000' }), 1);
    expect(await scene.simulation.runUntil(() => scene.running === 2, 2000)).toBe(true);
  });

  test('hundreds of instances start within seconds, although tokens are few', async () => {
    const scene = new Scene(10, ['--launch_tokens=20']);
    await scene.subscribed();
    await scene.simulation.run({ forMs: 3000 });
    scene.schedule(makeApp('/web', { cmd: 'sleep 10000', cpus: 0.1, mem: 10 }), 300);
    const startMs = scene.simulation.nowMs;
    expect(await scene.simulation.runUntil(() => scene.running === 300, 30_000)).toBe(true);
    expect(scene.simulation.nowMs - startMs).toBeLessThan(15_000);
  });

  test('Marathon that is killed while it launches comes back as the same framework, with no task twice', async () => {
    const scene = new Scene(2);
    await scene.subscribed();
    const { frameworkId } = scene.marathon.link;
    scene.schedule(makeApp('/web', { cmd: 'sleep 10000', cpus: 0.5 }), 8);
    await scene.simulation.runUntil(() => scene.running > 0, 20_000);
    scene.process.crash();
    await scene.simulation.run({ forMs: 1000 });
    scene.process.restart();
    await scene.subscribed();
    expect(scene.marathon.link.frameworkId).toBe(frameworkId);
    expect(await scene.simulation.runUntil(() => scene.running === 8, 60_000)).toBe(true);
    const tasks = [...(scene.cluster.core?.state.frameworks.get(frameworkId ?? '')?.tasks.values() ?? [])];
    expect(tasks).toHaveLength(8);
  });
});
