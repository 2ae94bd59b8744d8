// A local cluster through the command line alone: real processes on loopback, from up to down.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePortBase } from '../ports.ts';
import { eventually, MctlHome } from './mctl-process.ts';

interface Status {
  readonly name: string;
  readonly state: string;
  readonly masters: readonly { readonly url: string; readonly pid: number; readonly leader: boolean }[];
  readonly agents: readonly { readonly url: string; readonly pid: number; readonly id: string }[];
  readonly stateDir: string;
}

const PORT_BASE = await freePortBase();
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const isLinux = existsSync('/proc/self/environ');

describe.skipIf(!isBuilt || !isLinux)('a local cluster (needs Linux and `npm run build`)', () => {
  const home = new MctlHome();
  let status: Status;

  beforeAll(async () => {
    status = await home.json<Status>('cluster', 'up', '--agents', '2', '--port-base', String(PORT_BASE));
  });
  afterAll(async () => {
    await home.run('cluster', 'down', '--purge', '--yes');
    home.remove();
  });

  /** Frameworks of `mctl run`: all but the cluster's own. */
  async function runs(): Promise<string[]> {
    const frameworks = await home.json<{ name: string }[]>('framework', 'list');
    return frameworks.map(({ name }) => name).filter((name) => name !== 'marathon' && name !== 'chronos');
  }

  describe('that is up', () => {
    test('has a leading master, and agents with addresses and ids of their own', () => {
      expect(status).toMatchObject({
        name: 'local',
        state: 'running',
        masters: [{ url: `http://127.0.0.1:${PORT_BASE}`, pid: expect.any(Number), leader: true }],
        agents: [
          { url: `http://127.0.0.2:${PORT_BASE + 1}`, id: expect.stringMatching(/-S\d$/) },
          { url: `http://127.0.0.3:${PORT_BASE + 1}`, id: expect.stringMatching(/-S\d$/) },
        ],
        marathon: [{ url: `http://127.0.0.1:${PORT_BASE + 2}`, pid: expect.any(Number) }],
        chronos: [{ url: `http://127.0.0.1:${PORT_BASE + 3}`, pid: expect.any(Number) }],
        zookeeper: null,
      });
      expect(Object.keys(status)).toEqual([
        'name',
        'state',
        'masters',
        'agents',
        'marathon',
        'chronos',
        'zookeeper',
        'stateDir',
        'zookeepers',
      ]);
    });

    test("is only reported by another up, and not changed behind anybody's back", async () => {
      expect(await home.json<Status>('cluster', 'up')).toEqual(status);
      expect(await home.run('cluster', 'up', '--agents', '3')).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('it has 2 agents'),
      });
    });

    test('gives each agent its share of ports and machine', async () => {
      const agents = await home.json<{ hostname: string; resources: { total: Record<string, number> } }[]>(
        'agent',
        'list',
      );
      expect(agents.map(({ hostname }) => hostname)).toEqual(['127.0.0.2', '127.0.0.3']);
      const [first, second] = agents.map(({ resources }) => resources.total);
      expect(first).toEqual(second);
      expect(first?.ports).toBe(100);
    });
  });

  describe('runs a command', () => {
    test('and hands through what it writes', async () => {
      expect(await home.run('run', '--', 'echo', 'hello', 'hello')).toEqual({
        code: 0,
        stdout: 'hello hello\n',
        stderr: '',
      });
    });

    test('keeping stdout and stderr apart, byte for byte, and takes its exit code', async () => {
      const line = "printf '\\303\\244\\000x'; echo oops >&2; exit 7";
      expect(await home.run('run', '--', 'sh', '-c', line)).toEqual({ code: 7, stdout: 'ä\0x', stderr: 'oops\n' });
    });

    test('that a signal ends, and exits with 128 + n', async () => {
      expect(await home.run('run', '--', 'kill -KILL $$')).toMatchObject({ code: 137 });
    });

    test('with its environment, on the agent asked for', async () => {
      const { stdout } = await home.run(
        'run',
        '--env',
        'WORD=a b',
        '--attr',
        'hostname=127.0.0.3',
        '--',
        'echo "$WORD $LIBPROCESS_IP"',
      );
      expect(stdout).toBe('a b 127.0.0.3\n');
    });

    test('with files fetched before, which the agents count', async () => {
      const { code, stdout } = await home.run('run', '--uri', 'file:///etc/passwd', '--', 'head -c 5 passwd');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'root:' });
      const counts = status.agents.map(async ({ url }) => {
        const metrics = (await (await fetch(`${url}/metrics/snapshot`)).json()) as Record<string, number>;
        return metrics['containerizer/fetcher/task_fetches_succeeded'] ?? 0;
      });
      expect((await Promise.all(counts)).reduce((sum, count) => sum + count, 0)).toBe(1);
    });

    test('writing more than one answer holds', async () => {
      const { code, stdout } = await home.run('run', '--', 'seq 1 60000');
      expect(code).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(60_000);
    });

    test('and says why it waits, and gives up, when there is no place', async () => {
      const { code, stderr } = await home.run('run', '--cpus', '4000', '--timeout', '2', '--', 'true');
      expect(code).toBe(5);
      expect(stderr).toContain('4000 cpus wanted');
    });

    test('until Ctrl-C: the command is stopped, and nothing stays', async () => {
      const run = home.start([
        'run',
        '--name',
        'patient',
        '--',
        'trap "echo bye; exit 0" TERM; echo up; sleep 60 & wait',
      ]);
      await eventually(() => run.stdout().includes('up'));
      run.kill('SIGINT');
      expect(await run.outcome).toMatchObject({ code: 130, stdout: 'up\nbye\n' });
      expect(await runs()).toEqual([]);
    });
  });

  describe('has a task in the background', () => {
    test('that can be listed, shown, read and killed by its name', async () => {
      const { stdout } = await home.run(
        'run',
        '--detach',
        '--name',
        'napper',
        '-q',
        '--',
        'echo napping; exec sleep 600',
      );
      const id = stdout.trim();
      expect(id).toMatch(/^napper\.[0-9a-f]{8}$/);
      expect(await home.json('task', 'list')).toMatchObject([{ id, name: 'napper', state: 'TASK_RUNNING' }]);
      expect(await home.json('task', 'show', id.slice(0, 9))).toMatchObject({ id });
      expect((await home.run('task', 'logs', 'napper')).stdout).toBe('napping\n');
      expect((await home.run('task', 'files', 'napper', '-q')).stdout).toContain('stdout');
      expect((await home.run('task', 'files', 'napper', '--cat', 'stdout')).stdout).toBe('napping\n');
      const follower = home.start(['task', 'logs', 'napper', '--follow']);
      await eventually(() => follower.stdout() === 'napping\n');
      expect(await home.run('task', 'kill', 'napper')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('TASK_KILLED'),
      });
      expect(await follower.outcome).toMatchObject({ code: 0 });
      expect(await home.run('task', 'kill', 'napper')).toMatchObject({ code: 4 });
      await eventually(async () => (await runs()).length === 0);
    });

    test('that goes when its framework is removed', async () => {
      const { stdout } = await home.run('run', '--detach', '--name', 'torn', '-q', '--', 'sleep', '600');
      expect(await home.run('framework', 'teardown', 'mctl run torn')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--yes'),
      });
      expect(await home.run('framework', 'teardown', 'mctl run torn', '--yes')).toMatchObject({ code: 0 });
      await eventually(async () => !(await home.run('task', 'list', '-q')).stdout.includes(stdout.trim()));
    });
  });

  test('tells its events as they happen', async () => {
    const events = home.start(['events', '--json', '--timeout', '60']);
    await eventually(() => events.stdout().includes('SUBSCRIBED'));
    await home.run('run', '--', 'true');
    await eventually(() => events.stdout().includes('FRAMEWORK_REMOVED'));
    events.kill('SIGTERM');
    const types = events
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toContain('TASK_ADDED');
  });

  describe('when something is wrong', () => {
    test.each<[string, string[], number, string]>([
      ['a command that is not there', ['tsak', 'list'], 2, "Did you mean 'mctl task list'?"],
      ['a flag that is not there', ['task', 'list', '--jsno'], 2, 'Did you mean --json?'],
      ['a daemon flag that is not there', ['agent', '--wrok-dir=/tmp'], 2, 'Did you mean --work-dir?'],
      ['a value that is no duration', ['task', 'list', '--timeout', 'soon'], 2, "'soon' is not a duration"],
      ['an unknown id', ['task', 'show', 'nope'], 3, 'mctl task list --all'],
      ['an unknown agent', ['agent', 'show', 'S99'], 3, 'mctl agent list'],
      ['an unknown context', ['state', '--context', 'nope'], 3, 'mctl context list'],
      ['an unreachable master', ['task', 'list', '--master', '127.0.0.1:1'], 8, 'mctl cluster status'],
      ['an unreachable master for a run', ['run', '--master', '127.0.0.1:1', '--', 'true'], 8, 'No master answers'],
      [
        'a wide address without authentication',
        ['master', '--ip=0.0.0.0', '--work-dir=/nowhere'],
        9,
        '--insecure-no-auth',
      ],
      ['a command line that runs nothing', ['run'], 2, 'mctl run -- echo hello'],
    ])('%s: says so, what to do, and exits as the table says', async (_name, args, code, words) => {
      const outcome = await home.run(...args);
      expect(outcome).toMatchObject({ code, stdout: '' });
      expect(outcome.stderr).toContain(words);
    });

    test('with --json, also the error is JSON, on stderr', async () => {
      const { stdout, stderr } = await home.run('task', 'show', 'nope', '--json');
      expect(stdout).toBe('');
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'notFound', exitCode: 3 } });
    });
  });

  test('starts again what is killed: master and agents come back, and tasks live on', async () => {
    await home.run('run', '-dq', '--name', 'survivor', '--', 'sleep', '600');
    for (const { pid } of [...status.masters, ...status.agents]) process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      const now = await home.json<Status>('cluster', 'status');
      return now.state === 'running' && now.masters[0]?.pid !== status.masters[0]?.pid;
    });
    const now = await home.json<Status>('cluster', 'status');
    expect(now.agents.map(({ id }) => id)).toEqual(status.agents.map(({ id }) => id));
    await eventually(async () => (await home.run('task', 'list')).stdout.includes('TASK_RUNNING'));
  });

  test("goes down leaving nothing but its state, and comes back with its agents' ids", async () => {
    const before = await home.json<Status>('cluster', 'status');
    expect(await home.run('cluster', 'down')).toMatchObject({ code: 0 });
    expect(processesOf(home.directory)).toEqual([]);
    expect(cgroupsOf(status.stateDir)).toEqual([]);
    for (const { url } of [...before.masters, ...before.agents]) expect(await answers(url)).toBe(false);
    expect(await home.json<Status>('cluster', 'status')).toMatchObject({ state: 'stopped', masters: [], agents: [] });
    expect(await home.run('task', 'list')).toMatchObject({ code: 8 });

    const again = await home.json<Status>('cluster', 'up');
    expect(again.agents.map(({ id }) => id)).toEqual(before.agents.map(({ id }) => id));
    expect(await home.run('run', '--', 'echo', 'again')).toMatchObject({ code: 0, stdout: 'again\n' });
  });

  test('with --purge its state goes too', async () => {
    expect(await home.run('cluster', 'down', '--purge', '--yes')).toMatchObject({ code: 0 });
    expect(existsSync(status.stateDir)).toBe(false);
    expect(await home.run('cluster', 'status')).toMatchObject({ code: 3 });
  });
});

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

function cgroupsOf(stateDir: string): string[] {
  const plan: { agents: { cgroupsRoot: string }[] } = JSON.parse(readFileSync(`${stateDir}/cluster.json`, 'utf8'));
  const top = '/sys/fs/cgroup';
  const hierarchies = existsSync(top) ? [top, ...readdirSync(top).map((name) => `${top}/${name}`)] : [];
  return plan.agents
    .flatMap(({ cgroupsRoot }) => hierarchies.map((path) => `${path}/${cgroupsRoot}`))
    .filter((path) => existsSync(path));
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
