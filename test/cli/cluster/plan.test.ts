// The plan of a local cluster: addresses and shares that stay.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ClusterPlan,
  type Endpoint,
  machineShare,
  makePlan,
  type PlanQuestion,
  readPlan,
  writePlan,
} from '../../../src/cli/cluster/plan.ts';

const MACHINE = { cpus: 4, memMb: 8000, diskMb: 100_000 };

function plan(question: Partial<PlanQuestion> = {}, taken: readonly string[] = []): Promise<ClusterPlan> {
  return makePlan({
    name: 'local',
    directory: '/state/local',
    existing: undefined,
    agents: 2,
    portBase: undefined,
    marathon: undefined,
    masterFlags: undefined,
    marathonFlags: undefined,
    agentFlags: undefined,
    machine: MACHINE,
    isFree: async ({ ip, port }: Endpoint) => !taken.includes(`${ip}:${port}`),
    taskPortsInUse: [],
    ...question,
  });
}

describe('a plan', () => {
  test('gives each agent its own address, ports and share of the machine', async () => {
    const { master, agents } = await plan();
    expect(master).toEqual({ ip: '127.0.0.1', port: 5050 });
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
    const { master, agents } = await plan({}, ['127.0.0.1:5050', '127.0.0.3:5051']);
    expect(master.port).toBe(5060);
    expect(agents.map(({ port }) => port)).toEqual([5051, 5052]);
  });

  test('takes a port base as it is, and refuses one that is taken', async () => {
    const { master, agents } = await plan({ portBase: 20_000 });
    expect([master.port, agents[0]?.port, agents[0]?.taskPorts[0]]).toEqual([20_000, 20_001, 20_100]);
    await expect(plan({ portBase: 20_000 }, ['127.0.0.1:20000'])).rejects.toMatchObject({ exitCode: 4 });
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
  ])('is refused by name when it %s', (_, text) => {
    writeFileSync(path, text);
    expect(() => readPlan(path)).toThrow(`${path} cannot be read.`);
  });

  test('is refused when a newer mctl wrote it', () => {
    writeFileSync(path, '{"version":99}');
    expect(() => readPlan(path)).toThrow('newer mctl');
  });
});
