// A local cluster of several masters and Marathons on a real ZooKeeper ensemble, through the command line alone: from up,
// through what `mctl cluster chaos` does to it, to down.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterPaths } from '../../src/cli/cluster/layout.ts';
import type { ClusterReport } from '../../src/cli/cluster/report.ts';
import { clusterStatusView } from '../../src/cli/cluster/status.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';
import { freePortBase } from '../ports.ts';
import { eventually, MctlHome } from './mctl-process.ts';

const PORT_BASE = await freePortBase();
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');
/** Session time-out and a master's start, on a machine that has other things to do. */
const FAIL_OVER_MS = 40_000;

describe.skipIf(!isBuilt || !isLinux || MISSING !== undefined)(
  'a local cluster with ZooKeeper (needs Linux, ZooKeeper and `npm run build`)',
  { timeout: 120_000 },
  () => {
    const home = new MctlHome();
    const world = createRealWorld({ log: { level: 'silent' } });
    const paths = clusterPaths(join(home.directory, 'state'), 'local');
    /** As the command says it, without a process for each look. */
    const status = async (): Promise<ClusterReport> =>
      (await clusterStatusView(world.net, paths)).data as ClusterReport;
    const chaos = <T>(...args: string[]): Promise<T> => home.json<T>('cluster', 'chaos', ...args);

    beforeAll(async () => {
      const sizes = ['--masters', '3', '--marathons', '2', '--agents', '2', '--port-base', String(PORT_BASE)];
      // An agent that is cut off is to be noticed within the patience of a test.
      const flags = ['--master-flag', 'agent_ping_timeout=1secs', '--master-flag', 'max_agent_ping_timeouts=4'];
      await home.json<ClusterReport>('cluster', 'up', ...sizes, ...flags);
    });
    afterAll(async () => {
      await home.run('cluster', 'chaos', 'heal');
      await home.run('cluster', 'down', '--purge', '--yes');
      await world.close();
      home.remove();
    });

    /** Once it holds; the status that it holds for. */
    async function once(holds: (now: ClusterReport) => boolean): Promise<ClusterReport> {
      let now = await status();
      await eventually(async () => {
        now = await status();
        return holds(now);
      }, FAIL_OVER_MS);
      return now;
    }

    function leaderOf<M extends { readonly name: string; readonly leader: boolean }>(members: readonly M[]): M {
      const leader = members.find((member) => member.leader);
      if (leader === undefined) throw new Error('nobody leads');
      return leader;
    }

    const isWhole = (now: ClusterReport): boolean => now.state === 'running';

    test('is up: one leader of each kind, all agents registered with it, all ZooKeepers serving', async () => {
      const now = await home.json<ClusterReport>('cluster', 'status');
      expect(now).toEqual(await status());
      expect(now.state).toBe('running');
      expect(now.masters.map(({ name }) => name)).toEqual(['master-1', 'master-2', 'master-3']);
      expect(now.masters.filter(({ leader }) => leader)).toHaveLength(1);
      expect(now.marathon.map(({ name }) => name)).toEqual(['marathon-1', 'marathon-2']);
      expect(now.marathon.filter(({ leader }) => leader)).toHaveLength(1);
      expect(now.agents.every(({ id }) => id !== null)).toBe(true);
      expect(now.zookeepers.map(({ mode }) => mode).sort()).toEqual(['follower', 'follower', 'leader']);
      const ports = [31, 32, 33].map((offset) => `127.0.0.1:${PORT_BASE + offset}`);
      expect(now.zookeeper).toBe(`zk://${ports.join(',')}`);
    });

    test('whose leading master is killed gets another: commands go on with it, tasks as they were', async () => {
      const before = await status();
      await home.run('run', '-dq', '--name', 'survivor', '--cpus', '0.1', '--', 'sleep', '600');
      const leader = leaderOf(before.masters);
      expect(await chaos('kill', leader.name)).toMatchObject({ member: leader.name, pid: leader.pid, changed: true });
      const after = await once((now) => isWhole(now) && leaderOf(now.masters).name !== leader.name);
      expect(after.masters.find(({ name }) => name === leader.name)?.pid).not.toBe(leader.pid);
      expect(after.agents.map(({ id }) => id)).toEqual(before.agents.map(({ id }) => id));
      expect(await home.run('run', '--cpus', '0.1', '--', 'echo', 'again')).toMatchObject({ stdout: 'again\n' });
      await eventually(async () => /survivor.*TASK_RUNNING/.test((await home.run('task', 'list')).stdout));
    });

    test('whose leading Marathon hangs gets another, which commands find; the old one comes back as a standby', async () => {
      const { name } = leaderOf((await status()).marathon);
      await chaos('pause', name);
      expect(await chaos('pause', name)).toMatchObject({ changed: false });
      const during = await once(({ marathon }) => marathon.some((other) => other.leader && other.name !== name));
      expect(during).toMatchObject({ state: 'degraded' });
      expect(during.marathon.find((other) => other.name === name)).toMatchObject({ paused: true, leader: false });
      expect(await home.run('app', 'list', '--timeout', '10')).toMatchObject({ code: 0 });
      await chaos('resume', name);
      expect(leaderOf((await once(isWhole)).marathon).name).not.toBe(name);
    });

    test('has an agent that is cut off from the leading master lost, and registered again afterwards as who it was', async () => {
      const { agents, masters } = await status();
      const master = leaderOf(masters).name;
      expect(await chaos('partition', 'agent-2', '--from', master)).toEqual({
        cluster: 'local',
        cuts: [['agent-2', master]],
      });
      expect((await status()).agents[1]).toMatchObject({ name: 'agent-2', cutFrom: [master] });
      await once(({ agents }) => agents[0]?.id !== null && agents[1]?.id === null);
      expect(await chaos('heal', 'agent-2')).toEqual({ cluster: 'local', cuts: [] });
      expect((await once(isWhole)).agents.map(({ id }) => id)).toEqual(agents.map(({ id }) => id));
    });

    test('whose ZooKeepers lose the one that leads goes on with the others', async () => {
      const { zookeepers } = await status();
      const name = zookeepers.find(({ mode }) => mode === 'leader')?.name ?? '';
      // Every other member: 3 masters, 2 agents, 2 Marathons, Chronos, 2 ZooKeepers.
      expect((await chaos<{ cuts: string[][] }>('partition', name)).cuts).toHaveLength(10);
      const others = (now: ClusterReport) => now.zookeepers.filter((other) => other.name !== name);
      await once(
        (now) => others(now).some(({ mode }) => mode === 'leader') && now.zookeepers.some(({ mode }) => mode === null),
      );
      await chaos('heal');
      await once(isWhole);
      expect(await home.run('run', '--cpus', '0.1', '--', 'echo', 'still')).toMatchObject({ stdout: 'still\n' });
    });

    test('whose leading master is cut off from everybody has another; the old one ends and is a standby again', async () => {
      const { name, pid } = leaderOf((await status()).masters);
      await chaos('partition', name);
      await once(({ masters }) => masters.some((other) => other.leader && other.name !== name));
      await once(({ masters }) => masters.some((other) => other.name === name && !other.leader && other.pid !== pid));
      await chaos('heal', name);
      await once(isWhole);
    });

    test.each<[string, string[], number, string]>([
      ['who is no member', ['kill', 'mastr-1'], 3, "Did you mean 'master-1'?"],
      ['whom one cannot be cut off from', ['partition', 'agent-1', '--from', 'nobody'], 3, 'There are: master-1'],
      ['oneself', ['partition', 'agent-1', '--from', 'agent-1'], 2, 'from itself'],
      ['a cluster that there is not', ['pause', 'master-1', '--name', 'nope'], 3, "no cluster 'nope'"],
    ])('refuses %s', async (_name, args, code, words) => {
      const outcome = await home.run('cluster', 'chaos', ...args);
      expect(outcome).toMatchObject({ code, stdout: '' });
      expect(outcome.stderr).toContain(words);
    });

    test('keeps its size while it runs', async () => {
      expect(await home.run('cluster', 'up', '--masters', '5')).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('it has 3 masters'),
      });
    });

    test('has logs of all its members', async () => {
      expect((await home.run('cluster', 'logs', 'zookeeper-1', '-n', '2000')).stdout).toContain('LEADER ELECTION TOOK');
      expect((await home.run('cluster', 'logs', 'switchboard')).stdout).toContain('"kind":"heal"');
    });

    test('goes down also with paused and severed members, and leaves no process', async () => {
      await Promise.all([chaos('pause', 'agent-1'), chaos('pause', 'zookeeper-1'), chaos('pause', 'marathon-1')]);
      await chaos('partition', 'master-2');
      expect(await home.run('cluster', 'down')).toMatchObject({ code: 0 });
      expect(processesOf(home.directory)).toEqual([]);
      expect(await home.run('cluster', 'chaos', 'kill', 'master-1')).toMatchObject({ code: 4 });
    });
  },
);

/** Processes with our home in their environment, but those that have ended and wait for their parent. */
function processesOf(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(directory) &&
          !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        );
      } catch {
        return false; // gone while we looked
      }
    })
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
}
