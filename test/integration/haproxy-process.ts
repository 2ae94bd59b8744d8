// A real HAProxy in master-worker mode on loopback, in a directory of its own, and the flags with which mctl drives it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { until } from './daemon-processes.ts';

const HAPROXY = '/usr/sbin/haproxy';
export const HAS_HAPROXY = existsSync(HAPROXY);

/** What mctl's state file says that tests ask for. */
export interface BalancerState {
  readonly reloads: Readonly<Record<string, number>>;
  readonly runtimeUpdates: number;
  readonly lastTurn?: { readonly outcome: string };
  readonly lastError?: { readonly code: string; readonly message: string };
}

export class HaproxyProcess {
  readonly directory: string;
  readonly configPath: string;
  readonly adminSocket: string;
  readonly masterSocket: string;
  readonly statsPort: number;
  #child: ChildProcess | undefined;

  private constructor(statsPort: number, directory: string) {
    this.directory = directory;
    // The user that checks the files must get in.
    chmodSync(this.directory, 0o755);
    this.configPath = join(this.directory, 'haproxy.cfg');
    this.adminSocket = join(this.directory, 'admin.sock');
    this.masterSocket = join(this.directory, 'master.sock');
    this.statsPort = statsPort;
  }

  /** Runs with a config that has nothing but its sockets. */
  static async start(directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-'))): Promise<HaproxyProcess> {
    const haproxy = new HaproxyProcess(await freePort(), directory);
    // Its own port of the frontend by app id is a fixed one, and tests run beside each other.
    const byApp = `frontend marathon_http_appid_in\n  bind 127.0.0.1:${await freePort()}\n  mode http\n`;
    haproxy.setTemplate('HTTP_FRONTEND_APPID_HEAD', byApp);
    await haproxy.restart();
    return haproxy;
  }

  /** With what is on disk. */
  async restart(): Promise<void> {
    if (!existsSync(this.configPath)) {
      const socket = `  stats socket ${this.adminSocket} mode 600 level admin expose-fd listeners\n`;
      const timeouts = ['connect', 'client', 'server'].map((name) => `  timeout ${name} 3s\n`).join('');
      const stats = `listen stats\n  bind 127.0.0.1:${this.statsPort}\n  mode http\n  stats enable\n`;
      writeFileSync(this.configPath, `global\n  maxconn 2000\n${socket}defaults\n${timeouts}${stats}`);
    }
    this.#child = spawn(HAPROXY, ['-W', '-db', '-S', this.masterSocket, '-f', this.configPath], { stdio: 'ignore' });
    await until('HAProxy answers', 30_000, async () =>
      (await this.ask(this.adminSocket, 'show info')).includes('Pid:'),
    );
  }

  setTemplate(name: string, text: string): void {
    mkdirSync(this.#templates, { recursive: true });
    writeFileSync(join(this.#templates, `HAPROXY_${name}`), text);
  }

  get #templates(): string {
    return join(this.directory, 'templates');
  }

  get pid(): number {
    const { pid } = this.#child ?? {};
    if (pid === undefined) throw new Error('HAProxy could not be started');
    return pid;
  }

  /** Flags of `sync` and `watch`. */
  flags(marathon: string, others: readonly string[] = []): string[] {
    return [
      `--marathon=${marathon}`,
      '--group=test',
      `--haproxy-config=${this.configPath}`,
      `--runtime-socket=${this.adminSocket}`,
      `--master-socket=${this.masterSocket}`,
      `--templates-dir=${this.#templates}`,
      `--state-dir=${join(this.directory, 'state')}`,
      `--stats-bind=127.0.0.1:${this.statsPort}`,
      '--dont-bind-http-https',
      '--ssl-certs=none',
      '--maxconn=2000',
      '--hard-stop-after=20s',
      ...others,
    ];
  }

  state(): BalancerState {
    return JSON.parse(readFileSync(join(this.directory, 'state', 'state.json'), 'utf8'));
  }

  config(): string {
    return readFileSync(this.configPath, 'utf8');
  }

  /** One command, its whole answer. */
  ask(socket: string, command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const connection = connect(socket, () => connection.end(`${command}\n`));
      let text = '';
      connection.on('data', (chunk) => {
        text += chunk.toString();
      });
      connection.on('end', () => resolve(text));
      connection.on('error', reject);
    });
  }

  /** `address:port` of servers that take requests, of all backends. */
  async serving(): Promise<string[]> {
    const lines = (await this.ask(this.adminSocket, 'show stat')).split('\n').map((line) => line.split(','));
    const names = lines.flatMap(([, name = '', ...rest]) =>
      rest[15]?.startsWith('UP') || rest[15] === 'no check' ? [name] : [],
    );
    return names.filter((name) => name !== 'FRONTEND' && name !== 'BACKEND').sort();
  }

  /** SIGKILL for master and workers, oldest first. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    for (const pid of [...childrenOf(child.pid), child.pid]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await gone;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Whether HAProxy itself would take a file. */
  isValid(path = this.configPath): boolean {
    try {
      execFileSync(HAPROXY, ['-c', '-f', path], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
