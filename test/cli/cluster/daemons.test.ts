// From plans to command lines: who is told which addresses of whom.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { waysOf } from '../../../src/cli/cluster/chaos/ways.ts';
import { type DaemonSpec, daemonSpecs } from '../../../src/cli/cluster/daemons.ts';
import { clusterPaths } from '../../../src/cli/cluster/layout.ts';
import { type ClusterPlan, plannedMembers } from '../../../src/cli/cluster/plan.ts';
import { makePlan, type PlanQuestion } from '../../../src/cli/cluster/planning/make-plan.ts';
import { writeZooKeeperFiles } from '../../../src/cli/cluster/zookeeper/files.ts';
import { checkZooKeeper } from '../../../src/cli/cluster/zookeeper/installed.ts';

const root = mkdtempSync(join(tmpdir(), 'mctl-specs-ü-'));
const paths = clusterPaths(root, 'lab');
afterAll(() => rmSync(root, { recursive: true, force: true }));

function plan(wishes: Partial<PlanQuestion>): Promise<ClusterPlan> {
  return makePlan({
    name: 'lab',
    directory: paths.directory,
    existing: undefined,
    masters: undefined,
    agents: 1,
    portBase: 20_000,
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
    machine: { cpus: 4, memMb: 8000, diskMb: 100_000 },
    isFree: async () => true,
    taskPortsInUse: [],
    ...wishes,
  });
}

async function specs(wishes: Partial<PlanQuestion>): Promise<ReadonlyMap<string, DaemonSpec>> {
  return new Map(daemonSpecs(paths, await plan(wishes)).map((spec) => [spec.name, spec]));
}

const flags = (spec: DaemonSpec | undefined, ...names: string[]): (string | undefined)[] =>
  names.map((name) => spec?.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3));

describe('a cluster of one master', () => {
  test('has daemons that know each other by address, and nothing of ZooKeeper', async () => {
    const found = await specs({});
    expect([...found.keys()]).toEqual(['master', 'agent-1', 'marathon', 'chronos']);
    expect(flags(found.get('chronos'), 'http-port', 'master', 'zk')).toEqual(['20003', '127.0.0.1:20000', undefined]);
    expect(flags(found.get('master'), 'port', 'zk')).toEqual(['20000', undefined]);
    expect(flags(found.get('agent-1'), 'master')).toEqual(['127.0.0.1:20000']);
    expect(flags(found.get('marathon'), 'master', 'zk')).toEqual(['127.0.0.1:20000', undefined]);
    expect([...found.values()].every(({ env }) => Object.keys(env).length === 0)).toBe(true);
  });

  test('can have a switchboard all the same: its daemons go out through that', async () => {
    const found = await specs({ chaos: true });
    expect([...found.keys()]).toEqual(['switchboard', 'master', 'agent-1', 'marathon', 'chronos']);
    expect(found.get('agent-1')?.env).toEqual({ MCTL_EGRESS: '127.0.1.3:20060' });
  });
});

describe('a cluster of several masters and Marathons', () => {
  const several = { masters: 3, marathons: 2 };

  test('starts what the others need first, with names in order', async () => {
    expect([...(await specs(several)).keys()]).toEqual([
      'switchboard',
      ...['zookeeper-1', 'zookeeper-2', 'zookeeper-3'],
      ...['master-1', 'master-2', 'master-3'],
      'agent-1',
      ...['marathon-1', 'marathon-2'],
      'chronos',
    ]);
  });

  test('has several Chronoses where they are asked for, elected beside the others, and none where none is', async () => {
    const found = await specs({ ...several, chronoses: 2, chronosFlags: ['failure_retry=100'] });
    expect(flags(found.get('chronos-2'), 'http-port', 'zk', 'failure_retry')).toEqual([
      '20092',
      expect.stringMatching(/^zk:.*\/chronos$/),
      '100',
    ]);
    expect([...(await specs({ chronos: false })).keys()]).not.toContain('chronos');
    await expect(specs({ chronos: false, chronoses: 1 })).rejects.toThrow('--no-chronos and --chronoses 1');
  });

  test('has members that reach the ensemble on ways of their own', async () => {
    const found = await specs(several);
    const servers = (ip: string) => `zk://${ip}:20061,${ip}:20062,${ip}:20063`;
    const master = found.get('master-2');
    expect(flags(master, 'port', 'zk', 'zk-session-timeout')).toEqual([
      '20012',
      `${servers('127.0.1.2')}/mesos`,
      '4000ms',
    ]);
    expect(master?.env).toEqual({ MCTL_EGRESS: '127.0.1.2:20060' });
    const marathon = found.get('marathon-1');
    expect(flags(marathon, 'zk', 'master', 'hostname', 'zk-session-timeout')).toEqual([
      `${servers('127.0.1.4')}/marathon`,
      `${servers('127.0.1.4')}/mesos`,
      '127.0.0.1',
      '4000',
    ]);
    expect(flags(found.get('agent-1'), 'master')).toEqual([`${servers('127.0.1.9')}/mesos`]);
  });

  test('has members that reach the ensemble directly when there is no switchboard', async () => {
    const found = await specs({ ...several, chaos: false });
    expect(found.has('switchboard')).toBe(false);
    expect(flags(found.get('master-3'), 'zk')).toEqual(['zk://127.0.0.1:20031,127.0.0.1:20032,127.0.0.1:20033/mesos']);
    expect(found.get('master-3')?.env).toEqual({});
  });

  test('has ZooKeepers that listen on ports of their own and find each other over the switchboard', async () => {
    writeZooKeeperFiles(paths, await plan(several));
    const file = (name: string) => readFileSync(join(paths.directory, 'zookeeper-2', name), 'utf8');
    const lines = file('zoo.cfg').split('\n');
    expect(lines.filter((line) => line.startsWith('server.'))).toEqual([
      'server.1=127.0.1.7:20071:20081;127.0.1.7:20061',
      'server.2=127.0.0.1:20042:20052;127.0.0.1:20032',
      'server.3=127.0.1.7:20073:20083;127.0.1.7:20063',
    ]);
    expect(file('data/myid')).toBe('2\n');
    // Java reads properties in Latin 1.
    expect(lines.find((line) => line.startsWith('dataDir='))).toMatch(
      /mctl-specs-\\u00fc-\w+\/lab\/zookeeper-2\/data$/,
    );
  });

  test('has one ZooKeeper alone without peers', async () => {
    writeZooKeeperFiles(paths, await plan({ zookeepers: 1 }));
    const text = readFileSync(join(paths.directory, 'zookeeper-1', 'zoo.cfg'), 'utf8');
    expect(text).toContain('clientPort=20031\nclientPortAddress=127.0.0.1\n');
    expect(text).not.toContain('server.');
  });

  test('has a way back for each way between ZooKeepers, so that who is called back is called over the switchboard', async () => {
    const made = await plan(several);
    const { plan: switched, endpoints } = waysOf(made);
    expect(new Set(endpoints.map(({ ip, port }) => `${ip}:${port}`)).size).toBe(endpoints.length);
    const elections = switched.forwards.filter(({ callback }) => callback !== undefined);
    expect(elections).toHaveLength(6);
    for (const { from, to, callback } of elections) {
      const back = switched.forwards.find(({ ip, port }) => ip === callback?.ip && port === callback?.port);
      expect(back).toMatchObject({ from: to, to: from });
      const target = made.zookeepers.find(({ electionPort }) => electionPort === back?.target.port);
      expect(plannedMembers(made).find(({ endpoint }) => endpoint === target)?.name).toBe(from);
    }
  });
});

describe('ZooKeeper that is not installed', () => {
  test.each([
    ['its jar', (file: string) => !file.endsWith('/zookeeper.jar'), process.env.PATH, '/usr/share/java/zookeeper.jar'],
    ['java', () => true, '/nowhere', 'There is no java'],
  ])('is told, and how to install it, when there is no %s', async (_, exists, path, why) => {
    const problem = await Promise.resolve()
      .then(() => checkZooKeeper(path, exists))
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({
      exitCode: 1,
      text: { why: expect.stringContaining(why), next: expect.stringContaining('apt-get install zookeeper') },
    });
  });
});
