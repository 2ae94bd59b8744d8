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

interface LiveDaemon {
  readonly daemon: RunningDaemon;
  readonly world: RealWorld;
  readonly port: number;
}

export interface LiveAgent extends LiveDaemon {
  readonly workDir: string;
}

export class LiveCluster {
  readonly world = createRealWorld({ log: { level: 'silent' } });
  readonly directory = mkdtempSync(join(tmpdir(), 'mctl-live-'));
  readonly agents: LiveAgent[] = [];
  #master: LiveDaemon | undefined;

  static async start(masterFlags: readonly string[] = []): Promise<LiveCluster> {
    const cluster = new LiveCluster();
    const directory = join(cluster.directory, 'master');
    mkdirSync(directory);
    const world = worldOf(cluster.directory, 'master.log');
    const options = parseMasterOptions({
      args: [
        '--ip=127.0.0.1',
        '--port=0',
        '--hostname=localhost',
        '--registry=in_memory',
        `--work_dir=${directory}`,
        `--external_log_file=${join(cluster.directory, 'master.log')}`,
        ...masterFlags,
      ],
    });
    const daemon = await startLocalMaster(world, options);
    cluster.#master = { daemon, world, port: portOf(daemon) };
    await cluster.until('the master leads', async () => (await cluster.get('/state')).status === 200);
    return cluster;
  }

  get masterUrl(): string {
    return this.#startedMaster().daemon.url;
  }

  get masterPort(): number {
    return this.#startedMaster().port;
  }

  /** Agent k as it was recorded: rack rk, and resources enough for all tasks. */
  async addAgent(flags: readonly string[] = [], number = this.agents.length + 1): Promise<LiveAgent> {
    const workDir = join(this.directory, `agent${number}`);
    const world = worldOf(this.directory, `agent${number}.log`);
    const options = parseAgentOptions({
      args: [
        `--master=127.0.0.1:${this.masterPort}`,
        `--work_dir=${workDir}`,
        `--runtime_dir=${workDir}.run`,
        '--ip=127.0.0.1',
        '--port=0',
        '--hostname=localhost',
        '--resources=cpus:4;mem:2048;disk:4096;ports:[31000-31999]',
        `--attributes=rack:r${number};zone:z1;level:${number};ports:[1-${number}]`,
        '--isolation=posix/cpu,posix/mem',
        '--launcher=posix',
        '--executor_registration_timeout=30secs',
        '--systemd_enable_support=false',
        `--fetcher_cache_dir=${join(this.directory, `fetch${number}`)}`,
        `--external_log_file=${join(this.directory, `agent${number}.log`)}`,
        ...flags,
      ],
    });
    const daemon = await startLocalAgent(world, options);
    const agent = { daemon, world, port: portOf(daemon), workDir };
    this.agents.push(agent);
    await this.until(`agent ${number} is registered`, async () => {
      const { slaves } = JSON.parse((await this.get('/slaves')).text);
      return slaves.length === this.agents.length;
    });
    return agent;
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const { status, body } = await this.world.net.request({ method: 'GET', url: this.masterUrl + path });
    return { status, text: new TextDecoder().decode(body) };
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let waited = 0; waited < 15_000; waited += 20) {
      if (await holds()) return;
      await this.world.clock.sleep(20);
    }
    throw new Error(`waited in vain until ${what}`);
  }

  async stop(): Promise<void> {
    for (const { daemon, world } of [...this.agents].reverse()) {
      await daemon.stop();
      await world.close();
    }
    await this.#master?.daemon.stop();
    await this.#master?.world.close();
    await this.world.close();
    rmSync(this.directory, { recursive: true, force: true });
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
