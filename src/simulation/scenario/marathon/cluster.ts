// A cluster with a Marathon in the simulator: a master, agents, a Marathon, clients, each on a machine of its own. Told
// about are its tasks (ledger), its store (witness) and, by `onMarathon`, every life of its Marathon.
import { parseMarathonOptions, startMarathon } from '../../../daemon/marathon/index.ts';
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import type { MasterCore } from '../../../daemon/master/core.ts';
import type { SimulatedHost } from '../../host.ts';
import type { ProcessHandle } from '../../process-handle.ts';
import type { Simulation } from '../../simulation.ts';
import { MASTER_PORT, SimulatedMaster, startSimulatedAgent } from '../daemons.ts';
import { MarathonClient } from './client.ts';
import { AcknowledgementWitness } from './observed-net.ts';
import { StoreWitness } from './observed-store.ts';
import { type LaunchedTask, runningTasks, TaskLedger } from './task-ledger.ts';
import { TaskServices } from './task-services.ts';

/** All have defaults. */
export interface MarathonClusterOptions {
  readonly agents?: number;
  readonly clients?: number;
  /** Beyond those that it cannot do without. */
  readonly marathonFlags?: readonly string[];
  /** Told of the parts of each life, once they act. */
  readonly onMarathon?: (marathon: Marathon) => void;
}

const MARATHON_PORT = 8080;
const STATE = '/var/lib/marathon';

export class MarathonCluster {
  readonly simulation: Simulation;
  readonly masterHost: SimulatedHost;
  readonly marathonHost: SimulatedHost;
  readonly agentHosts: readonly SimulatedHost[];
  readonly agents: readonly ProcessHandle<unknown>[];
  readonly process: ProcessHandle<unknown>;
  readonly clients: readonly ProcessHandle<MarathonClient>[];
  readonly ledger = new TaskLedger();
  readonly witness = new StoreWitness();
  readonly acknowledgements = new AcknowledgementWitness(this.witness);
  readonly #master: SimulatedMaster;
  #marathon: Marathon | undefined;

  constructor(simulation: Simulation, options: MarathonClusterOptions = {}) {
    const { agents = 5, clients = 1, marathonFlags = [], onMarathon } = options;
    this.simulation = simulation;
    this.masterHost = simulation.host('master', { address: '10.0.0.1' });
    this.#master = new SimulatedMaster(this.masterHost, {
      taskAdded: ({ taskId }) => {
        if (!this.witness.tasks.has(taskId)) this.ledger.violations.push(`${taskId} was launched before it was stored`);
      },
      taskUpdated: (_task, status) => this.acknowledgements.told(status),
    });
    this.agentHosts = Array.from({ length: agents }, (_, index) =>
      simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` }),
    );
    this.agents = this.agentHosts.map((host) => startSimulatedAgent(host, this.masterHost.address));
    this.marathonHost = simulation.host('marathon', { address: '10.0.3.1' });
    const { address } = this.marathonHost;
    this.process = this.marathonHost.start('marathon', async (world, context) => {
      this.#marathon = undefined;
      const args = [
        `--master=${this.masterHost.address}:${MASTER_PORT}`,
        `--http_address=${address}`,
        `--http_port=${MARATHON_PORT}`,
        '--insecure_no_auth',
        ...marathonFlags,
      ];
      return await startMarathon(this.acknowledgements.watch(world), parseMarathonOptions({ args }), {
        store: this.witness.watch(context.openStore(STATE)),
        election: context.openElection(STATE),
        onMarathon: (marathon) => {
          this.#marathon = marathon;
          onMarathon?.(marathon);
        },
      });
    });
    this.clients = Array.from({ length: clients }, (_, index) => {
      const host = simulation.host(`client-${index + 1}`, { address: `10.0.4.${index + 1}` });
      return host.start('client', async (world) => new MarathonClient(world, `http://${address}:${MARATHON_PORT}`));
    });
    const services = new TaskServices(() => simulation.nowMs);
    simulation.onLaunch((run, host) => {
      if (this.ledger.launched(run, host) !== undefined) services.launched(run, host);
    });
  }

  /** Its parts; undefined while no Marathon acts. */
  get marathon(): Marathon | undefined {
    return this.process.state === 'running' ? this.#marathon : undefined;
  }

  get master(): ProcessHandle<unknown> {
    return this.#master.process;
  }

  /** Books of the master; undefined while none leads. */
  get core(): MasterCore | undefined {
    return this.#master.core;
  }

  get processes(): readonly ProcessHandle<unknown>[] {
    return [this.master, this.process, ...this.agents];
  }

  /** Task processes that run now. */
  get tasks(): LaunchedTask[] {
    return runningTasks(this.agentHosts);
  }

  /** Texts of what Marathon has stored below a prefix, by key. */
  stored(prefix: string): ReadonlyMap<string, string> {
    const entries = this.marathonHost.states.store(STATE).read(prefix);
    return new Map(entries.map(({ key, value }) => [key, Buffer.from(value).toString('utf8')]));
  }
}
