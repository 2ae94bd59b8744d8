// An ensemble that cannot be had: nobody at the address, somebody who is no ZooKeeper, too few servers, a path of somebody
// else. Every daemon says what is wrong, in so many words and not a hundred times, lives on, and works as soon as the trouble
// is over; commands say the same and end with the exit code for it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { connectZooKeeper, parseZooKeeperAddress } from '../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { type Ensemble, MISSING, startEnsemble } from '../cluster/zookeeper/ensemble.ts';
import { startProxy } from '../cluster/zookeeper/severable-proxy.ts';
import { freePort, freePorts } from '../ports.ts';
import { getJson, removeCgroups, until } from './daemon-processes.ts';
import { Member } from './ha/member.ts';
import { MctlHome } from './mctl-process.ts';

const PASSWORD = 'sesame-open';
/** In the time that these tests give them; with back-off it is a handful. */
const MOST_LINES = 40;
const mctl = new MctlHome();

afterAll(() => mctl.remove());

/** One of each, that follow the ensemble at these addresses. */
class Daemons {
  readonly master: Member;
  readonly agent: Member;
  readonly marathon: Member;
  readonly servers: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'mctl-trouble-'));
  readonly #agentPort: number;

  private constructor(servers: string, [masterPort = 0, agentPort = 0, marathonPort = 0]: readonly number[]) {
    this.servers = servers;
    this.#agentPort = agentPort;
    const work = join(this.#directory, 'agent');
    mkdirSync(work);
    this.master = new Member('master', `http://127.0.0.1:${masterPort}`, [
      'master',
      `--zk=${this.url('/mesos')}`,
      '--zk_session_timeout=2secs',
      '--ip=127.0.0.1',
      `--port=${masterPort}`,
    ]);
    this.agent = new Member('agent', `http://127.0.0.2:${agentPort}`, [
      'agent',
      `--master=${this.url('/mesos')}`,
      '--zk_session_timeout=2secs',
      '--ip=127.0.0.2',
      `--port=${agentPort}`,
      `--work_dir=${work}`,
      `--runtime_dir=${work}/run`,
      `--fetcher_cache_dir=${work}/fetch`,
      `--cgroups_root=mctl-trouble-${agentPort}`,
      '--resources=cpus:1;mem:512;disk:1000;ports:[31000-31010]',
    ]);
    this.marathon = new Member('marathon', `http://127.0.0.1:${marathonPort}`, [
      'marathon',
      `--zk=${this.url('/marathon')}`,
      '--zk_session_timeout=2000',
      `--master=${this.url('/mesos')}`,
      `--http_port=${marathonPort}`,
    ]);
  }

  static async start(servers: string): Promise<Daemons> {
    const daemons = new Daemons(servers, [await freePort(), await freePort(), await freePort()]);
    onTestFinished(() => daemons.stop());
    return daemons;
  }

  url(path: string): string {
    return `zk://operator:${PASSWORD}@${this.servers}${path}`;
  }

  get all(): readonly Member[] {
    return [this.master, this.agent, this.marathon];
  }

  /** All say it, and commands too, which end with the code. */
  async expectTrouble(said: RegExp, code: number): Promise<void> {
    for (const member of this.all) {
      await until(`the ${member.name} says ${said}`, 30_000, () => said.test(member.output)).catch((error) => {
        throw new Error(`${(error as Error).message}; it said\n${member.output}`);
      });
    }
    const commands = [
      ['agent', 'list', '--master', this.url('/mesos')],
      ['leader', 'master', '--zk', this.url('/mesos')],
      // Below a path of somebody else there may be nothing, or something: whoever looks on is told that there is nothing.
      ...(code === EXIT.notAllowed ? [] : [['leader', 'marathon', '--zk', this.url('/marathon')]]),
    ];
    const outcomes = await Promise.all(commands.map((command) => mctl.run(...command, '--timeout', '2s')));
    for (const [index, { stdout, stderr, code: ended }] of outcomes.entries()) {
      const name = commands[index]?.slice(0, 2).join(' ');
      expect([name, ended, stderr]).toEqual([name, code, expect.stringMatching(said)]);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr + stdout).not.toContain(PASSWORD);
    }
    this.#expectComposed();
  }

  /** They work together. */
  async expectRecovery(): Promise<void> {
    await until('the agent is registered', 30_000, async () => {
      const { activated_slaves: agents } = await getJson<{ activated_slaves: number }>(`${this.master.url}/state`);
      return agents === 1;
    }).catch((error) => this.#fail(error));
    await until('Marathon leads and is subscribed', 30_000, async () => {
      const ready = await getJson<{ leading: boolean; subscribed: boolean }>(`${this.marathon.url}/mctl/v1/ready`);
      return ready.leading && ready.subscribed;
    }).catch((error) => this.#fail(error));
    this.#expectComposed();
  }

  /** Nobody has crashed, ended, chattered, or told the password. */
  #expectComposed(): void {
    for (const { name, crashes, ends, output } of this.all) {
      expect([name, crashes, ends]).toEqual([name, [], []]);
      expect(output).not.toContain(PASSWORD);
      expect([name, output.split('\n').length]).toEqual([name, expect.toSatisfy((lines) => lines < MOST_LINES)]);
    }
  }

  #fail(error: unknown): never {
    const logs = this.all.map(({ name, output }) => `--- ${name}\n${output}`).join('\n');
    throw new Error(`${(error as Error).message}\n${logs}`, { cause: error });
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((member) => member.kill('SIGTERM')));
    await removeCgroups(`mctl-trouble-${this.#agentPort}`);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

describe.skipIf(MISSING !== undefined)('daemons and commands bear an ensemble', () => {
  let ensemble: Ensemble;

  beforeAll(async () => {
    ensemble = await startEnsemble();
  });

  afterAll(() => ensemble?.stop());

  test('where nobody listens, and find it when somebody does', async () => {
    const [port = 0] = await freePorts(1);
    const daemons = await Daemons.start(`127.0.0.1:${port}`);
    await daemons.expectTrouble(
      new RegExp(`o connection to 127.0.0.1:${port}: connect ECONNREFUSED`),
      EXIT.unreachable,
    );
    const proxy = await startProxy(ensemble.member(0).port, port);
    onTestFinished(() => proxy.close());
    await daemons.expectRecovery();
  });

  test('that is something else, and go on when it has become one', async () => {
    const [port = 0] = await freePorts(1);
    const web: Server = createServer((_, response) => void response.end('hello')).listen(port, '127.0.0.1');
    const daemons = await Daemons.start(`127.0.0.1:${port}`);
    await daemons.expectTrouble(/as a ZooKeeper does|is not a ZooKeeper/, EXIT.unreachable);
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    const proxy = await startProxy(ensemble.member(0).port, port);
    onTestFinished(() => proxy.close());
    await cleared(ensemble);
    await daemons.expectRecovery();
  });

  test('whose path belongs to somebody else, and use it when they may', async () => {
    await cleared(ensemble);
    await asOwner(ensemble, async (session) => {
      for (const path of ['/mesos', '/marathon']) await session.ensurePath(path, 'private');
    });
    const daemons = await Daemons.start(ensemble.servers);
    await daemons.expectTrouble(
      /does not let us at \/(mesos|marathon)\S*: it belongs to another user/,
      EXIT.notAllowed,
    );
    await asOwner(ensemble, async (session) => {
      for (const path of ['/mesos', '/marathon']) await session.remove(path);
    });
    await daemons.expectRecovery();
  });

  test('without a quorum, and begin when there is one', async () => {
    const three = await startEnsemble({ members: 3 });
    onTestFinished(() => three.stop());
    await Promise.all([three.member(0).kill(), three.member(1).kill()]);
    const daemons = await Daemons.start(three.servers);
    await daemons.expectTrouble(/too few servers of its ensemble are up to have a quorum/, EXIT.unreachable);
    three.member(0).start();
    await daemons.expectRecovery();
  });
});

type Owned = Awaited<ReturnType<ReturnType<typeof connectZooKeeper>['connected']>>;

async function asOwner(ensemble: Ensemble, act: (session: Owned) => Promise<void>, user = 'owner:key'): Promise<void> {
  const world = createRealWorld({ log: { level: 'silent' } });
  const address = parseZooKeeperAddress(ensemble.url('/any', user));
  const connection = connectZooKeeper(world, address, { sessionTimeoutMs: 5_000 });
  try {
    await act(await connection.connected(10_000));
  } finally {
    await connection.close();
    await world.close();
  }
}

/** Removes what an earlier test has left. */
async function cleared(ensemble: Ensemble): Promise<void> {
  const remove = async (session: Owned, path: string): Promise<void> => {
    for (const name of (await session.children(path)) ?? []) await remove(session, `${path}/${name}`);
    await session.remove(path).catch(() => undefined);
  };
  await asOwner(
    ensemble,
    async (session) => {
      for (const path of ['/mesos', '/marathon']) await remove(session, path);
    },
    `operator:${PASSWORD}`,
  );
}
