// Marathon as a framework: marathon.md 15.5, 16.8, 20.5 and 26 (42).
import { describe, expect, test } from 'vitest';
import type { MarathonEvent } from '../../../../src/daemon/marathon/events/event.ts';
import { parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';
import { SchedulerLink } from '../../../../src/daemon/marathon/launching/mesos-link.ts';
import { Storage } from '../../../../src/daemon/serving/storage/storage.ts';
import type { Event } from '../../../../src/mesos/generated/scheduler.ts';
import { Simulation } from '../../../../src/simulation/index.ts';
import type { World } from '../../../../src/world/world.ts';
import {
  FakeClock,
  FakeMaster,
  type FakeStream,
  middling,
  settle,
  silentLog,
} from '../../../client/support/fake-master.ts';

/** A store that keeps what a link before this one wrote. */
function newStorage(simulation: Simulation, reasons: string[]): Promise<Storage> {
  let storage: Storage | undefined;
  simulation.host('m').start(`s${Math.floor(simulation.nowMs)}`, async (_world, context) => {
    storage = new Storage(context.openStore('marathon'), 1, (reason) => reasons.push(reason));
  });
  return simulation.runUntil(() => storage !== undefined, 1000).then(() => storage as Storage);
}

class Scene {
  readonly net = new FakeMaster();
  readonly clock = new FakeClock();
  readonly simulation: Simulation;
  readonly instances = { totals: { total: 0, scheduled: 0 } };
  readonly told: string[] = [];
  readonly events: MarathonEvent[] = [];
  readonly failures: [string, number | undefined][] = [];
  readonly flags: readonly string[];
  storage: Storage | undefined;
  #link: SchedulerLink | undefined;

  constructor(flags: readonly string[] = [], simulation = new Simulation({ seed: 1 })) {
    this.flags = flags;
    this.simulation = simulation;
  }

  get link(): SchedulerLink {
    if (this.#link === undefined) throw new Error('no link');
    return this.#link;
  }

  /** Loads what was stored by the link before. */
  async load(): Promise<this> {
    const storage = await newStorage(this.simulation, []);
    this.storage = storage;
    const host = { hostname: 'box', currentUser: 'me' } as World['host'];
    const world = { net: this.net, clock: this.clock, random: middling, log: silentLog, host } as unknown as World;
    this.#link = new SchedulerLink({
      world,
      log: silentLog,
      options: parseMarathonOptions({ args: ['--master=m1:5050,m2:5050', ...this.flags] }),
      masters: ['m1:5050', 'm2:5050'],
      storage,
      events: { publish: (event) => void this.events.push(event) },
      fail: (reason, code) => void this.failures.push([reason, code]),
      instances: this.instances,
      webUiUrl: 'http://box:8080',
    });
    await this.simulation.settle(this.#link.load());
    return this;
  }

  async start(): Promise<this> {
    this.link.start({
      connected: () => void this.told.push('connected'),
      disconnected: () => void this.told.push('disconnected'),
      offers: (offers) => void this.told.push(`offers ${offers.map(({ id }) => id.value).join(',')}`),
      rescinded: (id) => void this.told.push(`rescinded ${id}`),
      status: ({ task_id, state }) => void this.told.push(`${state} ${task_id.value}`),
    });
    await settle();
    return this;
  }

  /** Lets the store write. */
  async written(): Promise<void> {
    await this.simulation.run({ forMs: 100 });
    await settle();
  }

  async subscribed(frameworkId = 'F-1', region?: string): Promise<FakeStream> {
    const stream = await this.net.lastSubscribe.accept();
    stream.send(subscribedEvent(frameworkId, region));
    await settle();
    await this.written();
    return stream;
  }
}

function subscribedEvent(value: string, region?: string): Event {
  const domain = { fault_domain: { region: { name: region ?? '' }, zone: { name: 'z' } } };
  return {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value },
      heartbeat_interval_seconds: 15,
      master_info: { id: 'M', ip: 1, port: 5050, hostname: 'm1.example', ...(region !== undefined && { domain }) },
    },
  };
}

const offers = (...ids: string[]): Event => ({
  type: 'OFFERS',
  offers: {
    offers: ids.map((id) => ({
      id: { value: id },
      framework_id: { value: 'F-1' },
      agent_id: { value: 'A' },
      hostname: 'h',
    })),
  },
});

async function begin(flags: readonly string[] = []): Promise<Scene> {
  return (await new Scene(flags).load()).start();
}

describe('what the master is told of us', () => {
  test('is name, user, failover timeout, checkpoint, host, roles, web UI and capabilities', async () => {
    const { net } = await begin();
    expect(net.lastSubscribe.call.subscribe?.framework_info).toEqual({
      name: 'marathon',
      user: 'me',
      failover_timeout: 604_800,
      checkpoint: true,
      hostname: 'box',
      roles: ['*'],
      webui_url: 'http://box:8080',
      capabilities: [{ type: 'PARTITION_AWARE' }, { type: 'REGION_AWARE' }, { type: 'MULTI_ROLE' }],
    });
    expect(net.lastSubscribe.call.framework_id).toBeUndefined();
  });

  test('follows the flags', async () => {
    const { net } = await begin([
      '--framework_name=mine',
      '--mesos_user=web',
      '--failover_timeout=60',
      '--disable_checkpoint',
      '--hostname=here',
      '--mesos_role=prod',
      '--webui_url=http://ui',
      '--enable_features=task_killing,gpu_resources',
    ]);
    expect(net.lastSubscribe.call.subscribe?.framework_info).toMatchObject({
      name: 'mine',
      user: 'web',
      failover_timeout: 60,
      checkpoint: false,
      hostname: 'here',
      roles: ['prod'],
      webui_url: 'http://ui',
    });
    expect(net.lastSubscribe.call.subscribe?.framework_info.capabilities?.map(({ type }) => type)).toEqual([
      'PARTITION_AWARE',
      'REGION_AWARE',
      'MULTI_ROLE',
      'TASK_KILLING_STATE',
      'GPU_RESOURCES',
    ]);
  });
});

describe('the framework id', () => {
  test('is durable before anything is told or can be called', async () => {
    const scene = await begin();
    const stream = await scene.net.lastSubscribe.accept();
    stream.send(subscribedEvent('F-1'));
    stream.send(offers('o1'));
    await settle();
    expect([scene.told, scene.link.isSubscribed]).toEqual([[], false]);
    expect(await scene.link.calls.revive()).toMatchObject({ ok: false });
    await scene.written();
    expect([scene.told, scene.link.isSubscribed]).toEqual([['connected', 'offers o1'], true]);
    expect(scene.link.frameworkId).toBe('F-1');
  });

  test('is kept over a restart', async () => {
    const scene = await begin();
    await scene.subscribed('F-7');
    const next = await (await new Scene([], scene.simulation).load()).start();
    expect(next.net.lastSubscribe.call.framework_id).toEqual({ value: 'F-7' });
    expect(next.net.lastSubscribe.call.subscribe?.framework_info.id).toEqual({ value: 'F-7' });
  });

  test('of a later format is refused by name', async () => {
    const scene = await new Scene().load();
    void scene.storage?.put('framework/id', '{"format":2,"frameworkId":"F"}');
    await scene.written();
    const next = new Scene([], scene.simulation);
    await expect(next.load()).rejects.toThrow('framework/id has a format');
  });

  test('that is missing while there are instances ends the process with 108', async () => {
    const scene = await new Scene().load();
    scene.instances.totals.total = 3;
    await scene.start();
    expect(scene.failures).toEqual([[expect.stringContaining('3 instances with tasks'), 108]]);
    expect(scene.net.subscribes).toEqual([]);
  });

  test('may be missing while no instance was ever launched', async () => {
    const scene = await new Scene().load();
    scene.instances.totals = { total: 3, scheduled: 3 };
    await scene.start();
    await scene.subscribed();
    expect([scene.failures, scene.link.isSubscribed]).toEqual([[], true]);
  });

  test('that changes while there are instances ends the process with 108', async () => {
    const scene = await begin();
    const stream = await scene.subscribed('F-1');
    scene.instances.totals.total = 1;
    stream.finish();
    await scene.clock.advance(1000);
    await scene.subscribed('F-2');
    expect(scene.failures).toEqual([[expect.stringContaining('F-2'), 108]]);
    expect(scene.link.isSubscribed).toBe(false);
  });
});

describe('a master that does not want us', () => {
  const error = (message: string): Event => ({ type: 'ERROR', error: { message } });

  test('because we were removed ends the process with 110 while there are instances', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    scene.instances.totals.total = 1;
    stream.send(error('Framework has been removed'));
    await scene.written();
    expect(scene.failures).toEqual([[expect.stringContaining('Framework has been removed'), 110]]);
    expect(scene.net.subscribes).toHaveLength(1);
  });

  test('because we were removed registers us anew when there are none', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    stream.send(error('Framework has been removed'));
    await scene.written();
    expect(scene.failures).toEqual([]);
    expect(scene.net.subscribes).toHaveLength(2);
    expect(scene.net.lastSubscribe.call.framework_id).toBeUndefined();
    await scene.subscribed('F-2');
    expect([scene.link.frameworkId, scene.link.isSubscribed]).toEqual(['F-2', true]);
  });

  test('for any other reason ends the process with 106', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    stream.send(error('Framework failed over'));
    await scene.written();
    expect(scene.failures).toEqual([[expect.stringContaining('Framework failed over'), 106]]);
  });
});

describe('a subscription', () => {
  test('brings offers, what was rescinded, and status updates', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    stream.send(offers('o1', 'o2'));
    stream.send({ type: 'RESCIND', rescind: { offer_id: { value: 'o1' } } });
    stream.send({ type: 'UPDATE', update: { status: { task_id: { value: 't' }, state: 'TASK_RUNNING' } } });
    stream.send({ type: 'HEARTBEAT' });
    await settle();
    expect(scene.told).toEqual(['connected', 'offers o1,o2', 'rescinded o1', 'TASK_RUNNING t']);
  });

  test('is published, as is its loss and the next one', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    stream.finish();
    await scene.clock.advance(1000);
    await scene.subscribed();
    expect(scene.events).toEqual([
      { type: 'scheduler_registered_event', frameworkId: 'F-1', master: 'm1.example' },
      { type: 'scheduler_disconnected_event' },
      { type: 'scheduler_reregistered_event', frameworkId: 'F-1', master: 'm1.example' },
    ]);
    expect(scene.told).toEqual(['connected', 'disconnected', 'connected']);
  });

  test('that cannot be had is no loss', async () => {
    const scene = await begin();
    await scene.net.lastSubscribe.refuse(503);
    await scene.clock.advance(1000);
    expect([scene.told, scene.events]).toEqual([[], []]);
    expect(scene.net.subscribes.length).toBeGreaterThan(1);
  });

  test('tells the region of the master', async () => {
    const scene = await begin();
    await scene.subscribed('F-1', 'eu');
    expect(scene.link.masterRegion).toBe('eu');
  });

  test('counts as lost after --mesos_heartbeat_failure_threshold silent intervals', async () => {
    const scene = await begin(['--mesos_heartbeat_failure_threshold=2']);
    await scene.subscribed();
    await scene.clock.advance(29_000);
    expect(scene.told).toEqual(['connected']);
    await scene.clock.advance(1500);
    expect(scene.told).toEqual(['connected', 'disconnected']);
  });

  test('carries calls; without one they are not sent', async () => {
    const scene = await begin();
    expect(await scene.link.calls.revive()).toMatchObject({ ok: false, error: { code: 'not-connected' } });
    await scene.subscribed();
    void scene.link.calls.revive(['*']);
    await settle();
    expect(scene.net.lastCall.call).toMatchObject({ type: 'REVIVE', framework_id: { value: 'F-1' } });
  });
});

describe('roles', () => {
  const rolesOf = (scene: Scene) => scene.net.lastSubscribe.call.subscribe?.framework_info.roles;

  test('needed before the start are part of the first subscription', async () => {
    const scene = await new Scene().load();
    await scene.link.needRole('dev');
    await scene.start();
    await scene.subscribed();
    expect([rolesOf(scene), scene.link.hasRole('dev')]).toEqual([['*', 'dev'], true]);
  });

  test('needed later are told with UPDATE_FRAMEWORK', async () => {
    const scene = await begin();
    await scene.subscribed();
    const needed = scene.link.needRole('dev');
    await settle();
    expect(scene.net.lastCall.call.update_framework?.framework_info.roles).toEqual(['*', 'dev']);
    expect(scene.link.hasRole('dev')).toBe(false);
    await scene.net.lastCall.answer({ status: 200 });
    await needed;
    expect(scene.link.hasRole('dev')).toBe(true);
  });

  test('needed while a SUBSCRIBE is on its way are told once it is answered', async () => {
    const scene = await begin();
    const needed = scene.link.needRole('dev');
    await scene.subscribed();
    expect(scene.link.hasRole('dev')).toBe(false);
    expect(scene.net.lastCall.call.update_framework?.framework_info.roles).toEqual(['*', 'dev']);
    await scene.net.lastCall.answer({ status: 200 });
    await needed;
    expect(scene.link.hasRole('dev')).toBe(true);
  });

  test('stay for subscriptions to come', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    void scene.link.needRole('dev');
    await settle();
    await scene.net.lastCall.answer({ status: 200 });
    stream.finish();
    await scene.clock.advance(1000);
    await scene.subscribed();
    expect([rolesOf(scene), scene.link.hasRole('dev')]).toEqual([['*', 'dev'], true]);
  });

  test('that the master refuses are left out of later subscriptions, which they would end', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    const needed = scene.link.needRole('bad');
    await settle();
    await scene.net.lastCall.answer({ status: 400, body: new TextEncoder().encode('no such role') });
    await needed;
    stream.finish();
    await scene.clock.advance(1000);
    expect([rolesOf(scene), scene.link.hasRole('bad')]).toEqual([['*'], false]);
  });

  test('are told once, however many need them', async () => {
    const scene = await begin();
    await scene.subscribed();
    const before = scene.net.calls.length;
    const needed = Promise.all([1, 2, 3].map(() => scene.link.needRole('dev')));
    await settle();
    expect(scene.net.calls.length - before).toBe(1);
    await scene.net.lastCall.answer({ status: 200 });
    await needed;
    await scene.link.needRole('dev');
    expect(scene.net.calls.length - before).toBe(1);
  });

  test('that are suppressed stay so when another is added, unless revived', async () => {
    const scene = await begin();
    await scene.subscribed();
    const answered = async (): Promise<void> => {
      await settle();
      await scene.net.lastCall.answer({ status: 200 });
    };
    void scene.link.calls.suppress(['*']);
    await answered();
    void scene.link.needRole('dev');
    await answered();
    expect(scene.net.lastCall.call.update_framework?.suppressed_roles).toEqual(['*']);
    void scene.link.calls.revive(['*']);
    await answered();
    void scene.link.needRole('prod');
    await answered();
    expect(scene.net.lastCall.call.update_framework?.suppressed_roles ?? []).toEqual([]);
  });

  test('are suppressed until the subscription ends', async () => {
    const scene = await begin();
    const stream = await scene.subscribed();
    void scene.link.suppressOnly(['*']);
    await settle();
    expect(scene.net.lastCall.call.update_framework?.suppressed_roles).toEqual(['*']);
    await scene.net.lastCall.answer({ status: 200 });
    stream.finish();
    await scene.clock.advance(1000);
    expect(scene.net.lastSubscribe.call.subscribe?.suppressed_roles ?? []).toEqual([]);
  });
});
