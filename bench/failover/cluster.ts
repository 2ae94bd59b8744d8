// What a fail-over needs around it: one real ZooKeeper, two real masters, a framework, and a process of simulated agents.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OpenElection, openElection } from '../../src/cli/masters/open.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';
import { type Ensemble, eventually, startEnsemble } from '../../test/cluster/zookeeper/ensemble.ts';
import { DaemonProcess } from '../../test/integration/daemon-processes.ts';
import { freePort } from '../../test/ports.ts';
import type { AgentsProgramOptions, AgentsProgress } from '../failover-agents-main.ts';
import type { LoopDelay } from '../failover-loop-main.ts';
import { loopDelay, loopEnvironment } from '../loop-delay.ts';
import { IdleFramework } from './framework.ts';

const AGENTS_PROGRAM = fileURLToPath(new URL('../failover-agents-main.ts', import.meta.url));
const FRAMEWORK_SESSION_MS = 10_000;

export interface FailoverClusterOptions {
  readonly agents: number;
  readonly tasksPerAgent: number;
  /** `--registration_backoff_factor` of the agents. */
  readonly backOffFactorMs: number;
  /** `--zk_session_timeout` of the masters. */
  readonly sessionTimeoutMs: number;
  readonly patienceMs: number;
}

/** `start`, then what it has, then `stop`, which leaves nothing behind. */
export class FailoverCluster {
  readonly #options: FailoverClusterOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'mctl-failover-'));
  readonly #world: RealWorld;
  readonly #ensemble: Ensemble;
  readonly masters: readonly DaemonProcess[];
  #election: OpenElection | undefined;
  #framework: IdleFramework | undefined;
  #agents: ChildProcess | undefined;
  /** What the agents told last. */
  progress: AgentsProgress = { registered: 0, latestMs: 0, leader: undefined, leaderSinceMs: 0, unwanted: [] };

  private constructor(options: FailoverClusterOptions, world: RealWorld, ensemble: Ensemble, ports: readonly number[]) {
    this.#options = options;
    this.#world = world;
    this.#ensemble = ensemble;
    this.masters = ports.map((port, index) => this.#startMaster(`master-${index + 1}`, port));
  }

  /** Resolves when one of two masters leads and has the framework; there are no agents yet. */
  static async start(options: FailoverClusterOptions): Promise<FailoverCluster> {
    const world = createRealWorld({ log: { level: 'error' } });
    const ports = [await freePort(), await freePort()];
    const cluster = new FailoverCluster(options, world, await startEnsemble(), ports);
    try {
      await cluster.#startFramework();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get framework(): IdleFramework {
    if (this.#framework === undefined) throw new Error('the cluster has not been started');
    return this.#framework;
  }

  /** The master that the election names. */
  get leader(): DaemonProcess {
    const named = this.#election?.source.current;
    const found = this.masters.find(({ url }) => url === named);
    if (found === undefined) throw new Error(`no master of ours leads: ${named}`);
    return found;
  }

  /** Resolves when all agents are registered, after that many milliseconds. */
  async startAgents(): Promise<number> {
    const { agents, tasksPerAgent, backOffFactorMs } = this.#options;
    const startedMs = Date.now();
    const program: AgentsProgramOptions = {
      masters: this.#ensemble.url('/mesos'),
      agents,
      tasksPerAgent,
      framework: this.framework.info,
      backOffFactorMs,
    };
    this.#agents = fork(AGENTS_PROGRAM, [JSON.stringify(program)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#agents.on('message', (progress: AgentsProgress) => {
      this.progress = progress;
    });
    await this.eventually(`${agents} agents`, () => this.progress.registered === agents);
    return this.progress.latestMs - Math.max(startedMs, this.progress.leaderSinceMs);
  }

  /** Resolves when it holds, looking again and again; throws after the cluster's patience, with what the masters wrote. */
  async eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    try {
      await eventually(what, async () => (await holds()) || undefined, this.#options.patienceMs);
    } catch (cause) {
      const said = this.masters.map(({ name, output }) => `${name}: ${output.slice(-2_000)}`).join('\n');
      throw new Error(`${(cause as Error).message}; ${JSON.stringify(this.progress)}\n${said}`, { cause });
    }
  }

  /** What a master's event loop was kept from since it was asked last. */
  async loopDelay(master: DaemonProcess): Promise<LoopDelay> {
    return await loopDelay(master, this.#directory);
  }

  async stop(): Promise<void> {
    const agents = this.#agents;
    if (agents !== undefined && agents.exitCode === null && agents.signalCode === null) {
      const gone = new Promise((resolve) => agents.once('exit', resolve));
      agents.kill('SIGKILL');
      await gone;
    }
    this.#framework?.client.close();
    await Promise.all(this.masters.map((master) => master.kill('SIGTERM')));
    await this.#election?.close();
    await this.#world.close();
    await this.#ensemble.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #startFramework(): Promise<void> {
    const election = await openElection(this.#world, this.#ensemble.url('/mesos'), FRAMEWORK_SESSION_MS);
    this.#election = election;
    await this.eventually('a leader', () => election.source.current !== undefined);
    const framework = new IdleFramework(this.#world, election.source);
    this.#framework = framework;
    framework.client.start();
    await this.eventually('the framework', () => framework.client.isSubscribed);
  }

  #startMaster(name: string, port: number): DaemonProcess {
    const args = [
      'master',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--work-dir=${this.#directory}/${name}`,
      `--zk=${this.#ensemble.url('/mesos')}`,
      `--zk-session-timeout=${this.#options.sessionTimeoutMs}ms`,
    ];
    return new DaemonProcess(name, `http://127.0.0.1:${port}`, args, loopEnvironment(this.#directory));
  }
}
