// The small parts of the master, each by itself.
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/cluster/store.ts';
import { PingWatch } from '../../../src/daemon/master/agents/ping-watch.ts';
import { TransitionLimiter } from '../../../src/daemon/master/agents/transition-limiter.ts';
import { parseMasterOptions } from '../../../src/daemon/master/flags.ts';
import { littleEndianAddress } from '../../../src/daemon/master/master-info.ts';
import {
  putAgent,
  putGone,
  putQuota,
  putUnreachable,
  putWeight,
  readRegistry,
} from '../../../src/daemon/master/registry/records.ts';
import { Registrar } from '../../../src/daemon/master/registry/registrar.ts';
import { BoundedMap } from '../../../src/daemon/master/state/bounded-map.ts';
import { encode } from '../../../src/mesos/codec.ts';
import { Agent } from '../../../src/mesos/generated/registry.ts';
import { Simulation } from '../../../src/simulation/index.ts';
import type { Clock, World } from '../../../src/world/world.ts';

async function inWorld(test: (world: World, pass: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
  const simulation = new Simulation({ seed: 1 });
  const handle = simulation.host('h').start('p', async (world) => world);
  await simulation.runUntil(() => handle.value !== undefined);
  await test(handle.world, (ms) => simulation.run({ forMs: ms }));
}

describe('flags', () => {
  it('have the original’s defaults and texts', () => {
    const options = parseMasterOptions({ args: ['--work_dir=/w'] });
    expect(options).toMatchObject({
      port: 5050,
      agentPingTimeoutMs: 15_000,
      maxAgentPingTimeouts: 5,
      recoveryAgentRemovalLimit: 1,
      offerTimeoutMs: undefined,
      minAllocatableResources: { value: [{ cpus: 0.01 }, { mem: 32 }] },
    });
    expect(options.flagTexts).toMatchObject({
      agent_reregister_timeout: '10mins',
      registry_max_agent_age: '2weeks',
      offer_constraints_re2_max_mem: '4KB',
      recovery_agent_removal_limit: '100%',
      work_dir: '/w',
    });
    expect(options.flagTexts).not.toHaveProperty('offer_timeout');
  });

  it('are taken from the command line in any spelling, then from the environment', () => {
    const env = { MESOS_PORT: '1', MESOS_CLUSTER: 'c', MESOS_NO_SUCH_FLAG: 'x', OTHER: 'y' };
    const args = [
      '--port',
      '2',
      '--no-hostname-lookup',
      '--quiet',
      '--slave_ping_timeout=2secs',
      '--weights=a=2,b=0.5',
    ];
    const options = parseMasterOptions({ args, env });
    expect([options.port, options.cluster, options.hostnameLookup, options.quiet]).toEqual([2, 'c', false, true]);
    expect(options.agentPingTimeoutMs).toBe(2_000);
    expect([...(options.weights?.value ?? [])]).toEqual([
      ['a', 2],
      ['b', 0.5],
    ]);
  });

  it.each([
    ['--agent_ping_timeout=16mins', 'invalid-value', 'expected at most 15mins'],
    ['--agent_reregister_timeout=1mins', 'invalid-value', 'expected at least 10mins'],
    ['--max_agent_ping_timeouts=0', 'invalid-value', 'expected at least 1'],
    ['--recovery_agent_removal_limit=50', 'invalid-value', "such as '50%'"],
    ['--agent_removal_rate_limit=1', 'invalid-value', 'such as 1/10mins'],
    ['--min_allocatable_resources=cpus', 'invalid-value', 'expected name:number'],
    ['--weights=a=0', 'invalid-value', 'must be greater than 0'],
    ['--roles=a,..', 'invalid-value', "cannot include '..'"],
    ['--quiet=maybe', 'invalid-value', 'expected true or false'],
    ['--nosuch=1', 'unknown-flag', 'Unknown flag --nosuch'],
    ['--cluster', 'missing-value', 'needs a value'],
    ['stray', 'unexpected-argument', 'flags are written --name=value'],
  ])('refuse %s', (argument, code, words) => {
    expect(() => parseMasterOptions({ args: [argument] })).toThrow(expect.objectContaining({ code }));
    expect(() => parseMasterOptions({ args: [argument] })).toThrow(words);
  });
});

describe('the registry’s entries', () => {
  it('are read back as they were written, whatever their names', () => {
    const info = { hostname: 'h', id: { value: 'a/b ü' } };
    const time = { nanoseconds: 5 };
    const quota = { guarantees: { cpus: 0.5 }, limits: { cpus: 2, gpus: 0 } };
    const changes = [
      putAgent('a/b ü', info),
      putUnreachable('u', time),
      putGone('g', time),
      putWeight('eng/*', 2),
      putQuota('*', quota),
    ];
    const entries = changes.flatMap((change) => (change.kind === 'put' ? [{ ...change, version: 1 }] : []));
    const registry = readRegistry(entries);
    expect([...registry.agents]).toEqual([['a/b ü', info]]);
    expect([...registry.unreachable]).toEqual([['u', time]]);
    expect([...registry.gone]).toEqual([['g', time]]);
    expect([...registry.weights]).toEqual([['eng/*', 2]]);
    expect([...registry.quotas]).toEqual([['*', quota]]);
  });

  it('of a newer format are refused', () => {
    const value = encode(Agent, { format_version: 3, agent_info: { hostname: 'h' } });
    const read = () => readRegistry([{ key: 'registry/agents/a', value, version: 1 }]);
    expect(read).toThrow(StoreError);
    expect(read).toThrow('start the newer version that wrote it');
    expect(() => readRegistry([{ key: 'registry/novelty/a', value, version: 1 }])).toThrow('does not know');
  });
});

describe('the registrar', () => {
  const options = (world: World, commit: () => Promise<void>, failures: string[]) => ({
    store: { read: async () => [], commit, close: async () => undefined },
    gate: { mayAct: () => true, acting: async () => undefined },
    clock: world.clock,
    log: world.log,
    fetchTimeoutMs: 1_000,
    storeTimeoutMs: 1_000,
    onFailure: (reason: string) => failures.push(reason),
  });

  it('hands every operation to the store at once, and tells of them in their order', async () => {
    await inWorld(async (world, pass) => {
      const commits: number[] = [];
      const store = {
        read: async () => [],
        commit: async (changes: readonly unknown[]) => {
          commits.push(changes.length);
          // Later ones are answered sooner.
          await world.clock.sleep(100 - 10 * commits.length);
        },
        close: async () => undefined,
      };
      const registrar = new Registrar({ ...options(world, async () => undefined, []), store });
      const done: number[] = [];
      for (let i = 0; i < 5; i++) {
        const changes = Array.from({ length: i + 1 }, (_, role) => putWeight(`r${role}`, 1));
        void registrar.apply(changes).then(() => done.push(i));
      }
      await pass(5);
      expect([commits, done, registrar.queuedOperations]).toEqual([[1, 2, 3, 4, 5], [], 5]);
      await pass(200);
      expect([done, registrar.queuedOperations]).toEqual([[0, 1, 2, 3, 4], 0]);
    });
  });

  it('lets others have their turn between those of many who are told at once', async () => {
    await inWorld(async (world, pass) => {
      let nowMs = 0;
      const clock: Clock = {
        nowMs: () => world.clock.nowMs(),
        monotonicMs: () => nowMs,
        setTimer: (delayMs, fn) => world.clock.setTimer(delayMs, fn),
        every: (intervalMs, fn) => world.clock.every(intervalMs, fn),
        sleep: (delayMs) => world.clock.sleep(delayMs),
      };
      const registrar = new Registrar({ ...options(world, async () => undefined, []), clock });
      const said: string[] = [];
      for (let agent = 0; agent < 5; agent++) {
        void registrar.apply([putWeight(`r${agent}`, 1)]).then(() => {
          said.push(String(agent));
          nowMs += 6;
          if (agent === 0) world.clock.setTimer(0, () => said.push('others'));
        });
      }
      await pass(10);
      expect(said).toEqual(['0', '1', '2', '3', 'others', '4']);
    });
  });

  it('sends nothing while the master is not certain to lead, and tells nobody of what it sent before', async () => {
    await inWorld(async (world, pass) => {
      let mayAct = true;
      const gateOpens: (() => void)[] = [];
      const gate = {
        mayAct: () => mayAct,
        acting: () => new Promise<void>((resolve) => gateOpens.push(resolve)),
      };
      let commits = 0;
      const commit = async (): Promise<void> => {
        commits += 1;
        await world.clock.sleep(10);
      };
      const registrar = new Registrar({ ...options(world, commit, []), gate });
      const done: string[] = [];
      void registrar.apply([putWeight('a', 1)]).then(() => done.push('a'));
      await pass(5);
      mayAct = false;
      void registrar.apply([putWeight('b', 1)]).then(() => done.push('b'));
      await pass(100);
      expect([commits, done]).toEqual([1, []]);
      mayAct = true;
      for (const open of gateOpens.splice(0)) open();
      await pass(100);
      expect([commits, done]).toEqual([2, ['a', 'b']]);
    });
  });

  it('writes nothing any more of what waited for certainty when it was stopped meanwhile', async () => {
    await inWorld(async (world, pass) => {
      const certain = Promise.withResolvers<void>();
      let commits = 0;
      const commit = async (): Promise<void> => {
        commits += 1;
      };
      const gate = { mayAct: () => false, acting: () => certain.promise };
      const registrar = new Registrar({ ...options(world, commit, []), gate });
      void registrar.apply([putWeight('a', 1)]);
      registrar.stop();
      certain.resolve();
      await pass(10);
      expect(commits).toBe(0);
    });
  });

  it('fails once, and resolves nothing afterwards, when a write fails or takes too long', async () => {
    await inWorld(async (world, pass) => {
      for (const commit of [() => Promise.reject(new Error('disk')), () => new Promise<void>(() => undefined)]) {
        const failures: string[] = [];
        const registrar = new Registrar(options(world, commit, failures));
        let done = 0;
        void registrar.apply([putWeight('a', 1)]).then(() => done++);
        await pass(1_100);
        void registrar.apply([putWeight('b', 1)]).then(() => done++);
        await pass(1_100);
        expect([failures.length, done]).toEqual([1, 0]);
      }
    });
  });
});

describe('a ping watch', () => {
  it('calls an agent lost after so many pings without an answer, and back with the next one', async () => {
    await inWorld(async (world, pass) => {
      const told: string[] = [];
      const tell = (what: string) => () => told.push(what);
      const watch = new PingWatch({
        clock: world.clock,
        intervalMs: 100,
        maxMissed: 3,
        ping: tell('ping'),
        onLost: tell('lost'),
        onBack: tell('back'),
      });
      watch.start();
      watch.pong();
      await pass(250);
      expect(told).toEqual(['ping', 'ping', 'ping']);
      await pass(200);
      expect(told.slice(3)).toEqual(['ping', 'lost', 'ping']);
      watch.pong();
      watch.pong();
      expect(told.at(-1)).toBe('back');
      watch.stop();
      await pass(500);
      expect(told).toHaveLength(7);
    });
  });

  it('calls a loss off when it starts over or ends', async () => {
    await inWorld(async (world, pass) => {
      const told: string[] = [];
      const watch = new PingWatch({
        clock: world.clock,
        intervalMs: 100,
        maxMissed: 1,
        ping: () => undefined,
        onLost: () => told.push('lost'),
        onBack: () => told.push('back'),
      });
      watch.start();
      await pass(150);
      watch.start();
      expect(told).toEqual(['lost', 'back']);
      await pass(150);
      watch.stop();
      expect(told.slice(2)).toEqual(['lost', 'back']);
    });
  });
});

describe('the limiter of transitions', () => {
  it('lets one begin in each period, the others in line', async () => {
    await inWorld(async (world, pass) => {
      const begun: number[] = [];
      const limiter = new TransitionLimiter(world.clock, { count: 2, periodMs: 1_000 });
      const pending = [0, 1, 2, 3].map((n) => limiter.schedule(() => begun.push(n)));
      await pass(10);
      expect(begun).toEqual([0]);
      pending[1]?.cancel();
      await pass(500);
      expect(begun).toEqual([0, 2]);
      await pass(500);
      expect(begun).toEqual([0, 2, 3]);
    });
  });

  it('without a limit lets all begin in order, but those that were called off', async () => {
    await inWorld(async (world, pass) => {
      const begun: number[] = [];
      const limiter = new TransitionLimiter(world.clock, undefined);
      const pending = [0, 1, 2, 3].map((n) => limiter.schedule(() => begun.push(n)));
      pending[0]?.cancel();
      pending[2]?.cancel();
      expect(begun).toEqual([]);
      await pass(1);
      expect(begun).toEqual([1, 3]);
    });
  });
});

describe('a bounded map', () => {
  it('forgets the oldest, and what is set again is young', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect([...map.entries()]).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
    const none = new BoundedMap<string, number>(0);
    none.set('a', 1);
    expect(none.size).toBe(0);
  });
});

it('an address is a little-endian number in MasterInfo', () => {
  expect([littleEndianAddress('10.0.0.1'), littleEndianAddress('127.0.0.1')]).toEqual([16777226, 16777343]);
  expect(littleEndianAddress('192.168.1.200')).toBe(3355551936);
});
