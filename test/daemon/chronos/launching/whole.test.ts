// A whole Chronos before a master that is played: what it says of offers, what it launches and when, and what becomes of it when the
// connection breaks, a leadership ends or the master has removed it (chronos.md 4.5, 13.8–13.13, 21.8).
import { afterEach, expect, test, vi } from 'vitest';
import { Chronos } from '../../../../src/daemon/chronos/chronos.ts';
import { parseChronosOptions } from '../../../../src/daemon/chronos/flags.ts';
import { SeededRandom } from '../../../../src/simulation/core/random.ts';
import type { World } from '../../../../src/world/world.ts';
import { silentLog } from '../../../client/support/fake-master.ts';
import { MemoryStore } from '../../marathon/support/memory-store.ts';
import { ScriptedMaster } from '../../marathon/support/scripted-master.ts';
import { VirtualClock } from '../../marathon/support/virtual-clock.ts';
import { definition, T0 } from '../support/core-rig.ts';

const NO_NOTICES = {
  clusterName: undefined,
  mail: undefined,
  slackUrl: undefined,
  mattermostUrl: undefined,
  httpUrl: undefined,
  httpCredentials: undefined,
  webUrl: undefined,
};

class Rig {
  readonly clock = new VirtualClock(T0);
  readonly master = new ScriptedMaster();
  readonly store = new MemoryStore();
  readonly failures: string[] = [];
  chronos: Chronos | undefined;

  /** A leadership begins, after the end of the one before. */
  async lead(): Promise<Chronos> {
    this.chronos?.stop();
    const host = { hostname: 'box', currentUser: 'me', lookup: async (name: string) => name };
    const random = new SeededRandom(1, 'chronos');
    const chronos = new Chronos({
      world: { clock: this.clock, net: this.master, random, host, log: silentLog } as unknown as World,
      options: parseChronosOptions({ args: ['--master=m:5050', '--failure_retry=100'] }),
      store: this.store,
      epoch: 1,
      notices: NO_NOTICES,
      mailer: undefined,
      webUiUrl: 'http://box:4400',
      fail: (reason) => this.failures.push(reason),
    });
    this.chronos = chronos;
    await chronos.load();
    chronos.start();
    await this.clock.advance(0);
    return chronos;
  }

  /** With offers in every one of them. */
  async seconds(count: number, resources = 'cpus:4;mem:4096;disk:4096'): Promise<void> {
    for (let second = 0; second < count; second += 1) {
      this.master.offer(1, resources, 'h');
      await this.clock.advance(1_000);
    }
  }
}

const soon = { kind: 'scheduled', text: `R/${new Date(T0 + 2_000).toISOString()}/PT60S`, zoneId: '' } as const;
const put = (chronos: Chronos, name: string, more: Parameters<typeof definition>[1] = {}) =>
  chronos.jobs.put(definition(name, { when: soon, ...more }), { isDisabled: false });

let rig = new Rig();
afterEach(() => {
  rig.chronos?.stop();
  rig = new Rig();
});

test('what is due is launched with the planned time in its id, and its end is booked and acknowledged', async () => {
  const chronos = await rig.lead();
  put(chronos, 'A');
  await rig.seconds(4);
  const [taskId = ''] = rig.master.launched;
  expect(taskId).toBe(`ct:${T0 + 2_000}:0:A:`);
  rig.master.tell(taskId, 'TASK_FINISHED');
  await rig.clock.advance(0);
  expect(chronos.jobs.get('A')?.successCount).toBe(1);
  expect(rig.master.acknowledged).toBe(2);
});

test('while nothing waits it wants no offers; what is queued asks for some', async () => {
  const chronos = await rig.lead();
  await rig.clock.advance(100);
  expect(rig.master.of('SUPPRESS')).toHaveLength(1);
  expect(rig.master.of('REVIVE')).toHaveLength(0);
  rig.master.offer();
  await rig.clock.advance(0);
  // No filter: what is queued next is to have it at once.
  expect(rig.master.of('DECLINE').at(-1)?.decline?.filters).toEqual({ refuse_seconds: 0 });
  put(chronos, 'A');
  await rig.clock.advance(3_000);
  expect(rig.master.of('REVIVE')).toHaveLength(1);
});

test('who fits nowhere holds nobody up, and is told why', async () => {
  const chronos = await rig.lead();
  put(chronos, 'A-large', { cpus: 100 });
  put(chronos, 'B', { cpus: 1 });
  await rig.seconds(5);
  expect(rig.master.launched.map((taskId) => taskId.split(':')[3])).toEqual(['B']);
  expect([...chronos.queue.unplaceable().keys()]).toEqual(['A-large']);
  expect(chronos.queue.why('A-large')).toContain('100 of cpus');
});

test('who waits and is made smaller need not wait until declined offers come back', async () => {
  const chronos = await rig.lead();
  put(chronos, 'A', { cpus: 100 });
  await rig.seconds(20);
  const before = rig.master.of('REVIVE').length;
  put(chronos, 'A', { cpus: 1 });
  await rig.clock.advance(0);
  expect(rig.master.of('REVIVE')).toHaveLength(before + 1);
  await rig.seconds(1);
  expect(rig.master.launched).toEqual([`ct:${T0 + 2_000}:0:A:`]);
});

test('all tasks of an offer go with one accept', async () => {
  const chronos = await rig.lead();
  for (const name of ['A', 'B', 'C']) put(chronos, name);
  await rig.seconds(4);
  expect(rig.master.of('ACCEPT').map(({ accept }) => accept?.operations?.length)).toEqual([3]);
});

test('a task that ran through a change of leaders is not launched again', async () => {
  put(await rig.lead(), 'A');
  await rig.seconds(4);
  rig.master.forget();
  const chronos = await rig.lead();
  await rig.seconds(30);
  expect(rig.master.launched).toHaveLength(1);
  expect(chronos.runs.of('A').map(({ state }) => state)).toEqual(['running']);
});

test('a launch that never came to the master is made by the next leader, once', async () => {
  rig.master.doCallsCome = false;
  put(await rig.lead(), 'A');
  await rig.seconds(4);
  expect(rig.master.of('ACCEPT')).toHaveLength(1);
  rig.master.doCallsCome = true;
  rig.master.forget();
  await rig.lead();
  await rig.seconds(10);
  expect(rig.master.launched).toEqual([`ct:${T0 + 2_000}:0:A:`]);
});

test('nothing is launched before the master has said what became of the tasks of before, but no longer than 30 s', async () => {
  put(await rig.lead(), 'A');
  await rig.seconds(4);
  rig.master.forget();
  // A master that has just begun to lead says nothing of agents that are still to come.
  rig.master.doCallsCome = false;
  const chronos = await rig.lead();
  put(chronos, 'B', { when: { ...soon, text: `R1/${new Date(rig.clock.nowMs() + 1_000).toISOString()}/PT60S` } });
  await rig.seconds(20);
  expect(rig.master.of('ACCEPT')).toHaveLength(1);
  await rig.seconds(15);
  expect(rig.master.of('ACCEPT').length).toBeGreaterThan(1);
});

test('after a broken connection it is the same framework, and goes on', async () => {
  const chronos = await rig.lead();
  put(chronos, 'A');
  await rig.seconds(4);
  const id = chronos.mesos.frameworkId;
  rig.master.cut();
  await rig.clock.advance(20_000);
  expect([chronos.mesos.isSubscribed, chronos.mesos.frameworkId]).toEqual([true, id]);
  await rig.seconds(3);
  expect(rig.master.launched).toHaveLength(1);
});

test('a framework that the master has removed begins anew, with every task lost', async () => {
  const chronos = await rig.lead();
  put(chronos, 'A', { retries: 2 });
  await rig.seconds(4);
  const before = chronos.mesos.frameworkId;
  rig.master.tasks.clear();
  rig.master.send({ type: 'ERROR', error: { message: 'Framework has been removed' } });
  await rig.clock.advance(1_000);
  expect(chronos.mesos.frameworkId).not.toBe(before);
  expect((await chronos.runs.history('A')).map(({ result }) => result)).toEqual(['lost']);
  await rig.seconds(4);
  expect(rig.master.launched).toEqual([`ct:${T0 + 2_000}:0:A:`, `ct:${T0 + 2_000}:1:A:`]);
  expect(rig.failures).toEqual([]);
});

test('a task that no run knows is killed', async () => {
  await rig.lead();
  rig.master.tell('ct:1:0:gone:', 'TASK_RUNNING');
  await rig.clock.advance(0);
  expect(rig.master.of('KILL').map(({ kill }) => kill?.task_id.value)).toEqual(['ct:1:0:gone:']);
});

test('when something waits and no offer comes for long, it asks for some, then subscribes anew, ever more rarely', async () => {
  const chronos = await rig.lead();
  const open = vi.spyOn(rig.master, 'openStream');
  await rig.clock.advance(3_600_000);
  // While nothing waits that is as it should be.
  expect(rig.master.of('REVIVE')).toHaveLength(0);
  put(chronos, 'A', { when: { ...soon, text: `R1/${new Date(rig.clock.nowMs() + 1_000).toISOString()}/PT60S` } });
  await rig.clock.advance(60_000);
  const before = rig.master.of('REVIVE').length;
  await rig.clock.advance(5 * 60_000);
  expect(rig.master.of('REVIVE').length).toBeGreaterThan(before);
  expect(open).toHaveBeenCalledTimes(0);
  const id = chronos.mesos.frameworkId;
  await rig.clock.advance(5 * 60_000);
  expect(open).toHaveBeenCalledTimes(1);
  expect([chronos.mesos.isSubscribed, chronos.mesos.frameworkId]).toEqual([true, id]);
  await rig.clock.advance(15 * 60_000);
  expect(open).toHaveBeenCalledTimes(1);
  await rig.clock.advance(10 * 60_000);
  expect(open).toHaveBeenCalledTimes(2);
  await rig.seconds(1);
  expect(rig.master.launched).toHaveLength(1);
});
