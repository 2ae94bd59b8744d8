// A master and agents in this process, on sockets of their own, with the flags of those that were recorded.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningDaemon } from '../../../src/cli/daemon/running-daemon.ts';
import { startLocalAgent } from '../../../src/cli/daemon/start-agent.ts';
import { startLocalMaster } from '../../../src/cli/daemon/start-master.ts';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';
import { parseMasterOptions } from '../../../src/daemon/master/flags.ts';
import { createRealWorld, type RealWorld } from '../../../src/world/real/index.ts';
import { freePort } from '../../ports.ts';

/** Flag of a master that makes offers when something happens and never because time has passed: nothing depends on its phase. */
export const CLOCK_STANDS = '--allocation_interval=1hrs';

interface LiveDaemon {
  readonly daemon: RunningDaemon;
  readonly world: RealWorld;
  readonly port: number;
}

export interface LiveAgent extends LiveDaemon {
  readonly number: number;
  readonly flags: readonly string[];
  readonly workDir: string;
}

export class LiveCluster {
  readonly world = createRealWorld({ log: { level: 'silent' } });
  readonly directory = mkdtempSync(join(tmpdir(), 'mctl-live-'));
  readonly agents: LiveAgent[] = [];
  #master: LiveDaemon | undefined;

  static async start(masterFlags: readonly string[] = []): Promise<LiveCluster> {
    const cluster = new LiveCluster();
    mkdirSync(join(cluster.directory, 'master'));
    await cluster.#startMaster(await freePort(), masterFlags);
    return cluster;
  }

  /** Another master on the same port, which remembers nothing. */
  async restartMaster(masterFlags: readonly string[] = []): Promise<void> {
    const { daemon, world, port } = this.#startedMaster();
    await daemon.stop();
    await world.close();
    await this.#startMaster(port, masterFlags);
  }

  async #startMaster(port: number, masterFlags: readonly string[]): Promise<void> {
    const world = worldOf(this.directory, 'master.log');
    const options = parseMasterOptions({
      args: [
        '--ip=127.0.0.1',
        `--port=${port}`,
        '--hostname=localhost',
        '--registry=in_memory',
        `--work_dir=${join(this.directory, 'master')}`,
        `--external_log_file=${join(this.directory, 'master.log')}`,
        ...masterFlags,
      ],
    });
    const daemon = await startLocalMaster(world, options);
    this.#master = { daemon, world, port: portOf(daemon) };
    await this.until('the master leads', async () => (await this.get('/state')).status === 200);
  }

  get masterUrl(): string {
    return this.#startedMaster().daemon.url;
  }

  get masterPort(): number {
    return this.#startedMaster().port;
  }

  /** Agent k as it was recorded: rack rk, and resources enough for all tasks. */
  async addAgent(flags: readonly string[] = [], number = this.agents.length + 1): Promise<LiveAgent> {
    const agent = await this.#startAgent(
      number,
      flags,
      await freePort(),
      worldOf(this.directory, `agent${number}.log`),
    );
    this.agents.push(agent);
    await this.until(`agent ${number} is registered`, async () => {
      const { slaves } = JSON.parse((await this.get('/slaves')).text);
      return slaves.length === this.agents.length;
    });
    return agent;
  }

  /** As if it had been killed: its tasks run on. */
  async stopAgent({ daemon, world }: LiveAgent): Promise<void> {
    await daemon.stop();
    await world.close();
  }

  /** The agent that has been stopped, on its port and with its work directory; in a world that `within` may make harder. */
  async startAgainAgent(
    { number, flags, port }: LiveAgent,
    within: (world: RealWorld) => RealWorld = (world) => world,
  ): Promise<LiveAgent> {
    const agent = await this.#startAgent(number, flags, port, within(worldOf(this.directory, `agent${number}.log`)));
    const index = this.agents.findIndex((one) => one.number === number);
    this.agents[index] = agent;
    return agent;
  }

  async #startAgent(number: number, flags: readonly string[], port: number, world: RealWorld): Promise<LiveAgent> {
    const options = parseAgentOptions({ args: [...this.agentFlags(number, port), ...flags] });
    const daemon = await startLocalAgent(world, options);
    return { daemon, world, port: portOf(daemon), number, flags, workDir: options.workDir };
  }

  /** As agent k was started when it was recorded. */
  agentFlags(number: number, port = 0): string[] {
    const workDir = join(this.directory, `agent${number}`);
    return [
      `--master=127.0.0.1:${this.masterPort}`,
      `--work_dir=${workDir}`,
      `--runtime_dir=${workDir}.run`,
      '--ip=127.0.0.1',
      `--port=${port}`,
      '--hostname=localhost',
      '--resources=cpus:4;mem:2048;disk:4096;ports:[31000-31999]',
      `--attributes=rack:r${number};zone:z1;level:${number};ports:[1-${number}]`,
      '--isolation=posix/cpu,posix/mem',
      '--launcher=posix',
      '--executor_registration_timeout=30secs',
      '--systemd_enable_support=false',
      `--fetcher_cache_dir=${join(this.directory, `fetch${number}`)}`,
      `--external_log_file=${join(this.directory, `agent${number}.log`)}`,
    ];
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const { status, body } = await this.world.net.request({ method: 'GET', url: this.masterUrl + path });
    return { status, text: new TextDecoder().decode(body) };
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let waited = 0; waited < 30_000; waited += 20) {
      if (await holds()) return;
      await this.world.clock.sleep(20);
    }
    throw new Error(`waited in vain until ${what}`);
  }

  /** Tasks end with it. */
  async stop(): Promise<void> {
    for (const { daemon, world } of [...this.agents].reverse()) {
      await daemon.unregister?.();
      await world.close();
    }
    await this.#master?.daemon.stop();
    await this.#master?.world.close();
    await this.world.close();
    // Executors that were told to end may still say so to their files.
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }

  #startedMaster(): LiveDaemon {
    if (this.#master === undefined) throw new Error('the master has not been started');
    return this.#master;
  }
}

function worldOf(directory: string, logFile: string): RealWorld {
  return createRealWorld({ log: { level: 'info', to: { path: join(directory, logFile) } } });
}

function portOf(daemon: RunningDaemon): number {
  return Number(new URL(daemon.url).port);
}
