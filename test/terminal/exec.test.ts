// `mctl task exec` and `mctl task attach` on a real terminal, against a master and an agent of this process.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LiveCluster } from '../conformance/live/live-cluster.ts';
import { LiveFramework } from '../conformance/live/live-framework.ts';
import { hasTmux, Tmux } from './tmux.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));
const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));
const directory = mkdtempSync(join(tmpdir(), 'mctl-exec-'));
/** Each command is a process. */
const SLOW = { timeout: 120_000 };
const run = promisify(execFile);

let cluster: LiveCluster;
let framework: LiveFramework;
let env: Record<string, string>;

beforeAll(async () => {
  cluster = await LiveCluster.start(['--allocation_interval=200ms']);
  await cluster.addAgent();
  const info = { user: cluster.world.host.currentUser, name: 'exec', roles: ['*'], checkpoint: true };
  framework = await LiveFramework.subscribe(cluster.world, cluster.masterUrl, {
    ...info,
    capabilities: [{ type: 'MULTI_ROLE' }],
  });
  framework.acknowledgeAll();
  const { offers } = await framework.next(({ type }) => type === 'OFFERS');
  const [offer] = offers?.offers ?? [];
  const resources = ['cpus', 'mem'].map((name) => ({
    name,
    type: 'SCALAR',
    scalar: { value: name === 'cpus' ? 0.1 : 64 },
    allocation_info: { role: '*' },
  }));
  const common = { agent_id: offer?.agent_id, resources };
  const variables = [{ name: 'OF', value: 'the task' }];
  const task_infos = [
    {
      ...common,
      name: 'plain',
      task_id: { value: 'plain.1' },
      command: { value: 'echo one; echo two >log; sleep 1000', environment: { variables } },
    },
    {
      ...common,
      name: 'console',
      task_id: { value: 'console.1' },
      command: { value: 'stty size; while read line; do echo "got $line"; stty size; done' },
      container: { type: 'MESOS', tty_info: { window_size: { rows: 11, columns: 22 } } },
    },
  ];
  await framework.call('ACCEPT', {
    accept: { offer_ids: [offer?.id], operations: [{ type: 'LAUNCH', launch: { task_infos } }], filters: {} },
  });
  for (const id of ['plain.1', 'console.1']) {
    await framework.next(({ update }) => update?.status.task_id.value === id && update.status.state === 'TASK_RUNNING');
  }
  const [agent] = cluster.agents;
  const sandbox = `${agent?.workDir}/slaves/${offer?.agent_id.value}/frameworks/${framework.id}/executors`;
  for (const [id, file, text] of [
    ['plain.1', 'log', 'two\n'],
    ['console.1', 'stdout', '11 22'],
  ] as const) {
    const path = `${sandbox}/${id}/runs/latest/${file}`;
    await cluster.until(`${id} has begun`, async () => existsSync(path) && readFileSync(path, 'utf8').includes(text));
  }
  mkdirSync(join(directory, 'state'));
  env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    MCTL_STATE_DIR: join(directory, 'state'),
    XDG_CONFIG_HOME: directory,
    MCTL_MASTER: `127.0.0.1:${cluster.masterPort}`,
  };
});
afterAll(async () => {
  framework?.close();
  await cluster?.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Off a terminal. */
async function mctl(args: readonly string[], input = ''): Promise<Ended> {
  const started = run(process.execPath, [PROGRAM, 'task', ...args], { env, cwd: directory });
  started.child.stdin?.end(input);
  try {
    return { code: 0, ...(await started) };
  } catch (error) {
    return error as Ended;
  }
}

describe.skipIf(!isBuilt)('off a terminal (needs `npm run build`)', () => {
  test('exec hands stdout, stderr and the exit code through, in the sandbox and environment of the task', async () => {
    const ended = await mctl(['exec', 'plain', '--', 'sh', '-c', 'cat log; echo "$OF"; echo no >&2; exit 7']);
    expect(ended).toMatchObject({ code: 7, stdout: 'two\nthe task\n', stderr: 'no\n' });
  });

  test('exec -i hands a file on to its end, and a signal is 128 and its number', SLOW, async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => (at * 7919) >> 3));
    writeFileSync(join(directory, 'bytes'), bytes);
    const line = `"${process.execPath}" "${PROGRAM}" task exec -i plain -- cat <bytes >echoed`;
    await run('sh', ['-c', line], { env, cwd: directory });
    expect(readFileSync(join(directory, 'echoed')).equals(bytes)).toBe(true);
    expect((await mctl(['exec', 'plain', '--', 'sh', '-c', 'kill -9 $$'])).code).toBe(137);
    expect(await mctl(['exec', 'plain', '--', 'cat'])).toMatchObject({ code: 0, stdout: '' });
  });

  test('what cannot be is said, with the exit code for it', SLOW, async () => {
    const codes = await Promise.all(
      [
        ['exec', 'nosuch', '--', 'true'],
        ['exec', 'plain'],
        ['exec', '-it', 'plain', '--', 'sh'],
        ['exec', 'plain', '--', '/no/such/program'],
        ['attach', 'plain'],
      ].map(async (args) => (await mctl(args)).code),
    );
    expect(codes).toEqual([3, 2, 2, 127, 4]);
  });

  test('files get and tail', SLOW, async () => {
    expect(await mctl(['files', 'get', 'plain', 'log', '--json'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('two\n');
    const codes = await Promise.all(
      [['log'], ['none', 'here'], ['../../../x']].map(
        async (args) => (await mctl(['files', 'get', 'plain', ...args])).code,
      ),
    );
    expect(codes).toEqual([4, 3, 2]);
    await mctl(['exec', 'plain', '--', 'sh', '-c', 'seq 100 >numbers']);
    expect((await mctl(['files', 'tail', 'plain', 'numbers', '-n', '2'])).stdout).toBe('99\n100\n');
    expect(await mctl(['files', 'get', 'plain', 'log', '-'])).toMatchObject({ code: 0, stdout: 'two\n' });
  });

  test('the logs of a task with a terminal are its one output', SLOW, async () => {
    expect(await mctl(['logs', 'console'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('11 22'),
      stderr: '',
    });
    expect((await mctl(['logs', 'console', '--stderr'])).code).toBe(3);
  });

  test('files that are elsewhere, or none, are refused in a sentence', SLOW, async () => {
    const make = 'mkdir sub; ln -s /etc/passwd out; ln -s / root';
    expect(await mctl(['exec', 'plain', '--', 'sh', '-c', make])).toMatchObject({ code: 0 });
    const answers = await Promise.all(
      [
        ['files', 'get', 'plain', 'out'],
        ['files', 'get', 'plain', 'root/etc/passwd'],
        ['files', 'tail', 'plain', 'out'],
        ['files', 'get', 'plain', 'sub'],
        ['files', 'get', 'plain', '/etc/passwd'],
        ['files', 'get', 'plain', 'log', 'no/such/directory'],
      ].map((args) => mctl(args)),
    );
    expect(answers.map(({ code }) => code)).toEqual([9, 9, 9, 2, 3, 1]);
    expect(answers.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      "Error: 'out' of task 'plain' cannot be read.",
      "Error: 'root/etc/passwd' of task 'plain' cannot be read.",
      "Error: 'out' of task 'plain' cannot be read.",
      "Error: 'sub' of task 'plain' is a directory.",
      "Error: Task 'plain' has no file '/etc/passwd'.",
      'Error: The file cannot be written.',
    ]);
  });
});

describe.runIf(hasTmux && isBuilt)('on a terminal (needs tmux and `npm run build`)', () => {
  let tmux: Tmux;
  beforeEach(async () => {
    tmux = new Tmux({ columns: 100, rows: 30 }, env);
    await tmux.until(/here>/);
  });
  afterEach(() => {
    tmux.close();
  });

  const mctlLine = (line: string): string => `${process.execPath} ${PROGRAM} task ${line}`;

  test('exec -it is a shell there: size, resize, Ctrl-C, exit code, and our terminal as it was', SLOW, async () => {
    tmux.type('stty -a | md5sum');
    const [, before] = /(\w{32})/.exec(await tmux.until(/\w{32} /)) ?? [];
    tmux.type(mctlLine('exec -it plain -e PS1="there> " -- sh'));
    await tmux.until(/^there> /m);
    tmux.type('stty size; echo "$OF $TERM"; tty');
    await tmux.until(/30 100\nthe task (tmux|screen)[\s\S]*\/dev\/pts\/\d+/);
    tmux.resize(120, 25);
    tmux.type('until test "$(stty size)" = "25 120"; do sleep 0.1; done; stty size');
    await tmux.until(/^25 120/m);
    tmux.resize(100, 30);
    tmux.type('echo "going to"; sleep 1000');
    await tmux.until(/^going to/m);
    tmux.key('C-c');
    tmux.type('echo "after $?"');
    await tmux.until(/after 130/);
    tmux.type('exit 9');
    await tmux.until(/^here>\s*$/m);
    tmux.type('echo "code $?"; stty -a | md5sum');
    const screen = await tmux.until(/code 9\n\w{32}/);
    expect(screen.match(new RegExp(before ?? '', 'g'))).toHaveLength(2);
  });

  test('the terminal is as it was after the end of mctl by a signal, and the command has ended', SLOW, async () => {
    tmux.type(mctlLine('exec -it plain -- sh -c "echo \\$\\$ >pid; echo up; exec sleep 1000"'));
    await tmux.until(/^up/m);
    const { stdout: pid } = await mctl(['exec', 'plain', '--', 'cat', 'pid']);
    const [child = ''] = readFileSync(`/proc/${tmux.pid()}/task/${tmux.pid()}/children`, 'utf8').split(' ');
    process.kill(Number(child), 'SIGTERM');
    // What is typed before is mctl's.
    await tmux.until(/^here>\s*$/m);
    tmux.type('stty -a');
    await tmux.until(/ icanon[\s\S]* echo /);
    await cluster.until('the command has ended', async () => {
      const { code } = await mctl(['exec', 'plain', '--', 'sh', '-c', `kill -0 ${pid.trim()} 2>/dev/null`]);
      return code !== 0;
    });
  });

  test('attach lets the task run on when the window closes, and when a pipe has no more to type', SLOW, async () => {
    tmux.type(mctlLine('attach cons'));
    await cluster.until('mctl has the keys', async () => tmux.isRaw());
    tmux.type('before');
    await tmux.until(/got before/);
    const [child = ''] = readFileSync(`/proc/${tmux.pid()}/task/${tmux.pid()}/children`, 'utf8').split(' ');
    tmux.closeWindow();
    await cluster.until('it has left the terminal', async () => !existsSync(`/proc/${child}`));
    const piped = execFile(process.execPath, [PROGRAM, 'task', 'attach', 'console'], { env, cwd: directory });
    const heard = new Promise<void>((resolve) => {
      let said = '';
      piped.stdout?.on('data', (text: string) => {
        said += text;
        if (said.includes('got from a pipe')) resolve();
      });
    });
    piped.stdin?.end('from a pipe\n');
    await heard;
    expect(await mctl(['exec', 'console', '--', 'true'])).toMatchObject({ code: 0 });
    expect(piped.exitCode).toBeNull();
    const gone = new Promise((resolve) => piped.once('exit', resolve));
    piped.kill();
    await gone;
  });

  test('attach sits down at the task itself, leaves by Ctrl-P Ctrl-Q, and one types at a time', SLOW, async () => {
    tmux.type(mctlLine('attach cons'));
    await cluster.until('mctl has the keys', async () => tmux.isRaw());
    tmux.type('hello');
    await tmux.until(/got hello\n30 100/);
    expect(await mctl(['attach', 'console', '-q'])).toMatchObject({ code: 4 });
    tmux.key('C-p');
    tmux.key('C-q');
    await tmux.until(/runs on\.\s+here>/);
    tmux.type('echo back here');
    await tmux.until(/^back here/m);
  });
});
