// A real HAProxy in a directory of its own, with turns that bring it to made-up answers.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageName, TurnReport } from '../../../../src/haproxy/apply/report.ts';
import { type ApplySettings, DEFAULT_SETTINGS } from '../../../../src/haproxy/apply/settings.ts';
import { Applier, type TurnParts } from '../../../../src/haproxy/apply/turn.ts';
import type { DiscoveredApp } from '../../../../src/haproxy/discovery/discovered.ts';
import type { Discovered } from '../../../../src/haproxy/discovery/marathon-source.ts';
import { type BalancerOptions, DEFAULT_OPTIONS } from '../../../../src/haproxy/model/options.ts';
import { loadTemplates } from '../../../../src/haproxy/render/templates/load-templates.ts';
import type { Templates } from '../../../../src/haproxy/render/templates/templates.ts';
import { AdminSocket } from '../../../../src/haproxy/runtime/admin-socket.ts';
import { MasterSocket } from '../../../../src/haproxy/runtime/master-socket.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';
import type { World } from '../../../../src/world/world.ts';
import { freePortBlock, type PortBlock } from '../../../ports.ts';
import { madeAnswer } from './made-answer.ts';

export const HAS_HAPROXY = existsSync('/usr/sbin/haproxy');

export interface TurnChanges {
  readonly settings?: Partial<ApplySettings>;
  readonly options?: Partial<BalancerOptions>;
  readonly world?: (world: World) => World;
  readonly entered?: (stage: StageName) => void;
  readonly discover?: () => Promise<Discovered>;
  /** Another template for the head. */
  readonly head?: string;
}

/** What the built-in templates bind to is everybody's. */
function environment(ports: number): Record<string, string> {
  return { HAPROXY_HTTP_FRONTEND_APPID_HEAD: `frontend by_app\\n  bind 127.0.0.1:${ports + 98}\\n  mode http` };
}

/** Nobody may have fetched its exit code yet. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** `ports`: a hundred from here on are this balancer's. */
export class Balancer {
  readonly directory: string;
  readonly configPath: string;
  readonly adminSocket: string;
  readonly masterSocket: string;
  readonly world: RealWorld;
  readonly admin: AdminSocket;
  readonly master: MasterSocket;
  readonly #block: PortBlock;
  readonly #templates: Templates;
  #haproxy: ChildProcess | undefined;
  readonly #servers: Server[] = [];

  private constructor(block: PortBlock, directory: string, world: RealWorld, templates: Templates) {
    this.#block = block;
    this.directory = directory;
    this.configPath = join(directory, 'haproxy.cfg');
    this.adminSocket = join(directory, 'admin.sock');
    this.masterSocket = join(directory, 'master.sock');
    this.world = world;
    this.#templates = templates;
    this.admin = new AdminSocket(world.net, this.adminSocket);
    this.master = new MasterSocket(world.net, this.masterSocket);
  }

  get ports(): number {
    return this.#block.first;
  }

  static async make(inDirectory?: string): Promise<Balancer> {
    const directory = inDirectory ?? mkdtempSync(join(tmpdir(), 'mctl-haproxy-'));
    // The user that checks the files must get in.
    chmodSync(directory, 0o755);
    const world = createRealWorld({ log: { level: 'error' } });
    const block = await freePortBlock();
    const templates = await loadTemplates(world.disk, { environment: environment(block.first) });
    return new Balancer(block, directory, world, templates);
  }

  settings(changes: Partial<ApplySettings> = {}): ApplySettings {
    return {
      ...DEFAULT_SETTINGS,
      configPath: this.configPath,
      stateDirectory: join(this.directory, 'state'),
      reload: { kind: 'master', socket: this.masterSocket },
      runtimeSocket: this.adminSocket,
      minReloadIntervalMs: 0,
      verifyWithinMs: 20_000,
      ...changes,
    };
  }

  /** A process of its own, as cron would start it. */
  applier(discover: () => Promise<Discovered>, changes: TurnChanges = {}, templates = this.#templates): Applier {
    const parts: TurnParts = {
      options: {
        ...DEFAULT_OPTIONS,
        groups: ['test'],
        bindsHttp: false,
        certificates: [],
        statsBind: `127.0.0.1:${this.ports + 99}`,
        configPath: this.configPath,
        runtimeSocket: this.adminSocket,
        maxConnections: 500,
        hardStopAfter: '5s',
        ...changes.options,
      },
      templates,
      discover: changes.discover ?? discover,
      ...(changes.entered && { entered: changes.entered }),
    };
    const world = changes.world?.(this.world) ?? this.world;
    return new Applier(world, this.settings(changes.settings), parts);
  }

  async turn(apps: readonly DiscoveredApp[], changes: TurnChanges = {}): Promise<TurnReport> {
    const { head } = changes;
    const templates =
      head === undefined
        ? this.#templates
        : await loadTemplates(this.world.disk, { environment: { ...environment(this.ports), HAPROXY_HEAD: head } });
    return this.applier(async () => madeAnswer(apps), changes, templates).turn();
  }

  /** Starts HAProxy with what is on disk, or with a config that has its socket only. */
  async start(): Promise<void> {
    if (!existsSync(this.configPath)) {
      const timeouts = ['connect', 'client', 'server'].map((name) => `  timeout ${name} 3s\n`).join('');
      const stats = `listen stats\n  bind 127.0.0.1:${this.ports + 99}\n  mode http\n  stats enable\n`;
      const socket = `  stats socket ${this.adminSocket} mode 600 level admin expose-fd listeners\n`;
      writeFileSync(this.configPath, `global\n  maxconn 500\n${socket}defaults\n${timeouts}${stats}`);
    }
    this.#haproxy = spawn('/usr/sbin/haproxy', ['-W', '-db', '-S', this.masterSocket, '-f', this.configPath], {
      stdio: 'ignore',
    });
    await this.until('HAProxy answers', async () => {
      await this.admin.info();
      await this.master.processes();
      return true;
    });
  }

  /** SIGKILL for master and workers. */
  async kill(): Promise<void> {
    const child = this.#haproxy;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const processes = await this.master.processes().catch(() => undefined);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const pids = [...(processes?.workers ?? []), ...(processes?.oldWorkers ?? []), child.pid];
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await gone;
    // A worker may answer for a while after its master.
    await this.until('all of its processes are gone', async () => pids.every(hasEnded));
  }

  /** Answers every request with `text`. */
  async serve(port: number, text: string): Promise<void> {
    const server = createServer((_, response) => response.end(text));
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }

  async get(port: number): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    return answer.text();
  }

  config(): string {
    return readFileSync(this.configPath, 'utf8');
  }

  state(): { readonly [name: string]: unknown } {
    return JSON.parse(readFileSync(join(this.directory, 'state', 'state.json'), 'utf8'));
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const endMs = this.world.clock.monotonicMs() + 30_000;
    while (!(await holds().catch(() => false))) {
      if (this.world.clock.monotonicMs() > endMs) throw new Error(`waited 30 s in vain: ${what}`);
      await this.world.clock.sleep(10);
    }
  }

  makeDirectory(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async end(): Promise<void> {
    await this.kill();
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await this.world.close();
    rmSync(this.directory, { recursive: true, force: true });
    this.#block.release();
  }
}
