// The plan of a local cluster: addresses and shares that stay.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClusterPlan, type Endpoint, electionUrl, readPlan, writePlan } from '../../../src/cli/cluster/plan.ts';
import { machineShare, makePlan, type PlanQuestion } from '../../../src/cli/cluster/planning/make-plan.ts';

const MACHINE = { cpus: 4, memMb: 8000, diskMb: 100_000 };

function plan(question: Partial<PlanQuestion> = {}, taken: readonly string[] = []): Promise<ClusterPlan> {
  return makePlan({
    name: 'local',
    directory: '/state/local',
    existing: undefined,
    masters: undefined,
    agents: 2,
    portBase: undefined,
    marathon: undefined,
    marathons: undefined,
    chronos: undefined,
    chronoses: undefined,
    zookeepers: undefined,
    chaos: undefined,
    masterFlags: undefined,
    marathonFlags: undefined,
    chronosFlags: undefined,
    agentFlags: undefined,
    machine: MACHINE,
    isFree: async ({ ip, port }: Endpoint) => !taken.includes(`${ip}:${port}`),
    taskPortsInUse: [],
    ...question,
  });
}

describe('a plan', () => {
  test('gives each agent its own address, ports and share of the machine', async () => {
    const { masters, agents } = await plan();
    expect(masters).toEqual([{ ip: '127.0.0.1', port: 5050 }]);
    expect(agents.map(({ ip, port }) => `${ip}:${port}`)).toEqual(['127.0.0.2:5051', '127.0.0.3:5051']);
    expect(agents.map(({ cpus, memMb }) => [cpus, memMb])).toEqual([
      [2, 4000],
      [2, 4000],
    ]);
    expect(agents.map(({ taskPorts }) => taskPorts)).toEqual([
      [31_000, 31_099],
      [31_100, 31_199],
    ]);
    expect(new Set(agents.map(({ cgroupsRoot }) => cgroupsRoot)).size).toBe(2);
  });

  test('goes round ports that are taken', async () => {
    const { masters, agents } = await plan({}, ['127.0.0.1:5050', '127.0.0.3:5051']);
    expect(masters[0]?.port).toBe(5060);
    expect(agents.map(({ port }) => port)).toEqual([5051, 5052]);
  });

  test('takes a port base as it is, and refuses one that is taken', async () => {
    const { masters, agents, marathons } = await plan({ portBase: 20_000 });
    expect([masters[0]?.port, agents[0]?.port, marathons[0]?.port, agents[0]?.taskPorts[0]]).toEqual([
      20_000, 20_001, 20_002, 20_100,
    ]);
    await expect(plan({ portBase: 20_000 }, ['127.0.0.1:20000'])).rejects.toMatchObject({ exitCode: 4 });
  });

  test('remembers a port base for those that are added later; who has a port keeps it', async () => {
    const existing = await plan({ portBase: 20_000, marathon: false, agents: 1 }, ['127.0.0.2:20001']);
    expect([existing.marathons, existing.agents[0]?.port]).toEqual([[], 20_002]);
    const later = await plan({ existing, marathon: true, agents: 2 });
    expect(later.marathons[0]?.port).toBe(20_002);
    expect(later.agents.map(({ port }) => port)).toEqual([20_002, 20_001]);
    expect(later.masters).toEqual(existing.masters);
    const moved = await plan({ existing: later, portBase: 21_000 });
    expect([moved.masters[0]?.port, moved.marathons[0]?.port, moved.portBase]).toEqual([21_000, 21_002, 21_000]);
  });

  test('is kept: an agent stays the agent it was when others are added, even on a grown machine', async () => {
    const existing = await plan();
    const machine = { cpus: 64, memMb: 64_000, diskMb: 1_000_000 };
    const later = await plan({ existing, agents: 3, machine });
    expect(later.agents.slice(0, 2)).toEqual(existing.agents);
    expect(later.agents[2]).toMatchObject({ number: 3, ip: '127.0.0.4', taskPorts: [31_200, 31_299] });
    expect(await plan({ existing: later, agents: undefined })).toEqual(later);
  });

  test('changes the port of an agent whose port was taken meanwhile, and nothing else of it', async () => {
    const existing = await plan();
    const later = await plan({ existing }, ['127.0.0.2:5051']);
    expect(later.agents[0]).toEqual({ ...existing.agents[0], port: 5052 });
  });

  test('keeps the tasks of clusters side by side on ports of their own', async () => {
    const { agents } = await plan({ taskPortsInUse: [[31_000, 31_199]] });
    expect(agents[0]?.taskPorts[0]).toBe(29_000);
  });

  test('has room for a hundred agents below the ephemeral ports, and not for more', async () => {
    const { agents } = await plan({ agents: 100 });
    expect(agents.at(-1)?.taskPorts[1]).toBeLessThan(32_768);
    await expect(plan({ agents: 101 })).rejects.toMatchObject({ exitCode: 2 });
  });

  test('remembers further flags until others are given', async () => {
    const existing = await plan({ agentFlags: ['cgroups_enable_cfs'] });
    expect((await plan({ existing })).agentFlags).toEqual(['cgroups_enable_cfs']);
    expect((await plan({ existing, agentFlags: [] })).agentFlags).toEqual([]);
  });
});

describe('a plan with several candidates', () => {
  const several = { masters: 3, marathons: 2 };

  test('has an ensemble of three and a switchboard, on ports beside the defaults', async () => {
    const made = await plan(several);
    expect(made.masters.map(({ port }) => port)).toEqual([5050, 5060, 5070]);
    expect(made.marathons.map(({ port }) => port)).toEqual([8080, 8090]);
    expect(made.zookeepers).toEqual(
      [0, 1, 2].map((k) => ({ ip: '127.0.0.1', port: 2181 + k, peerPort: 2888 + k, electionPort: 3888 + k })),
    );
    expect(made.switchboard).toEqual({ firstPort: 7100 });
    expect(electionUrl(made, 'masters')).toBe('zk://127.0.0.1:2181,127.0.0.1:2182,127.0.0.1:2183/mesos');
  });

  test('keeps to what is documented after a port base, all of it below the ports of tasks', async () => {
    const made = await plan({ ...several, portBase: 20_000 });
    expect(made.masters.map(({ port }) => port)).toEqual([20_000, 20_012, 20_013]);
    expect(made.marathons.map(({ port }) => port)).toEqual([20_002, 20_022]);
    expect(made.zookeepers.map(({ port, peerPort, electionPort }) => [port, peerPort, electionPort])).toEqual([
      [20_031, 20_041, 20_051],
      [20_032, 20_042, 20_052],
      [20_033, 20_043, 20_053],
    ]);
    expect(made.switchboard).toEqual({ firstPort: 20_060 });
    expect(made.agents[0]?.taskPorts[0]).toBe(20_100);
  });

  test('gives no port twice, also when what it had has been taken by its own members', async () => {
    const made = await plan({ ...several, portBase: 20_000, masters: 9, marathons: 9, zookeepers: 5 }, [
      '127.0.0.1:20012',
      '127.0.0.1:20031',
    ]);
    const ports = [...made.masters, ...made.marathons].map(({ port }) => port);
    const ensemble = made.zookeepers.flatMap(({ port, peerPort, electionPort }) => [port, peerPort, electionPort]);
    expect(new Set([...ports, ...ensemble]).size).toBe(ports.length + ensemble.length);
  });

  test('moves the switchboard as a whole when one of its ports is taken', async () => {
    expect((await plan(several, ['127.0.1.1:7100'])).switchboard).toEqual({ firstPort: 7200 });
    expect((await plan(several, ['127.0.1.6:7112'])).switchboard).toEqual({ firstPort: 7200 });
    expect((await plan({ ...several, portBase: 20_000 }, ['127.0.1.1:20060'])).switchboard).toEqual({
      firstPort: 20_061,
    });
  });

  test('does without a switchboard when told so, and remembers that', async () => {
    const existing = await plan({ ...several, chaos: false });
    expect(existing.switchboard).toBeNull();
    expect((await plan({ existing })).switchboard).toBeNull();
    expect((await plan({ existing, chaos: true })).switchboard).not.toBeNull();
  });

  test('is kept, with as many candidates as are asked for next time', async () => {
    const existing = await plan(several);
    expect(await plan({ existing, agents: undefined })).toEqual(existing);
    const fewer = await plan({ existing, masters: 1, marathons: 1 });
    expect([fewer.masters.length, fewer.marathons.length, fewer.zookeepers.length]).toEqual([1, 1, 3]);
    expect((await plan({ existing: fewer, masters: 5 })).masters).toHaveLength(5);
  });

  test('may have one master on an ensemble of one', async () => {
    const made = await plan({ zookeepers: 1 });
    expect([made.masters.length, made.zookeepers.length, made.switchboard !== null]).toEqual([1, 1, true]);
  });

  test('is not what a cluster without ZooKeeper becomes: its state would not be found again', async () => {
    const existing = await plan();
    await expect(plan({ existing, masters: 3 })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("Cluster 'local' was made without ZooKeeper"),
    });
    await expect(plan({ existing, marathons: 2 })).rejects.toMatchObject({ exitCode: 4 });
    await expect(plan({ existing: await plan(several), zookeepers: 5 })).rejects.toMatchObject({ exitCode: 4 });
  });

  test.each([
    ['an even ensemble', { zookeepers: 2 }],
    ['no master', { masters: 0 }],
    ['more masters than have ports', { masters: 10 }],
    ['more Marathons than have ports', { marathons: 10 }],
    ['Marathons and no Marathon', { marathons: 2, marathon: false }],
  ])('cannot have %s', async (_, wishes) => {
    await expect(plan(wishes)).rejects.toMatchObject({ exitCode: 2 });
  });

  test('has no Marathon when there is to be none, and one again when asked for', async () => {
    const none = await plan({ masters: 3, marathon: false });
    expect(none.marathons).toEqual([]);
    expect((await plan({ existing: none })).marathons).toEqual([]);
    expect((await plan({ existing: none, marathon: true })).marathons).toHaveLength(1);
  });
});

test('a machine keeps something for itself, by the rule of the original', () => {
  const GB = 1024 ** 3;
  expect(machineShare(2, 8 * GB, 100 * GB)).toEqual({ cpus: 2, memMb: 7168, diskMb: 97_280 });
  expect(machineShare(1, GB, 4 * GB)).toEqual({ cpus: 1, memMb: 512, diskMb: 2048 });
});

describe('the file of a plan', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mctl-plan-'));
    path = join(directory, 'cluster.json');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('gives back what was written', async () => {
    const written = await plan();
    writePlan(path, written);
    expect(readPlan(path)).toEqual(written);
  });

  test('of the time of one master is still read', async () => {
    const { masters, marathons, chronoses, chronosFlags, zookeepers, switchboard, ...same } = await plan();
    const first = { ...same, version: 1, master: masters[0], marathon: marathons[0] };
    writeFileSync(path, JSON.stringify(first));
    expect(readPlan(path)).toEqual({ ...same, masters, marathons, zookeepers, switchboard });
    writeFileSync(path, JSON.stringify({ ...first, marathon: null }));
    expect(readPlan(path)?.marathons).toEqual([]);
    const { marathon: _, marathonFlags: __, ...older } = first;
    writeFileSync(path, JSON.stringify(older));
    expect(readPlan(path)?.marathons).toHaveLength(1);
  });

  test('is no plan when there is no file', () => {
    expect(readPlan(path)).toBeUndefined();
  });

  test.each([
    ['is cut short', '{"version":1,'],
    ['has no version', '{}'],
    ['has nothing but a version', '{"version":1}'],
    [
      'has an agent without an address',
      '{"version":1,"name":"a","master":{"ip":"127.0.0.1","port":1},"agents":[{}],"masterFlags":[],"agentFlags":[]}',
    ],
    [
      'has a master of the newer format, and nothing else of it',
      '{"version":2,"name":"a","master":{"ip":"127.0.0.1","port":1},"agents":[],"masterFlags":[],"agentFlags":[]}',
    ],
  ])('is refused by name when it %s', (_, text) => {
    writeFileSync(path, text);
    expect(() => readPlan(path)).toThrow(`${path} cannot be read.`);
  });

  test('is refused when a newer mctl wrote it', () => {
    writeFileSync(path, '{"version":99}');
    expect(() => readPlan(path)).toThrow('newer mctl');
  });
});
