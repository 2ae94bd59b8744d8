// A cluster with a Marathon in the simulator: a master, agents, a Marathon, clients, each on a machine of its own; or with
// several Marathons that stand for election on an ensemble. Told about are its tasks (ledger), its store (witness) and, by
// `onMarathon`, every life of a Marathon: of one that is alone those of its process, of several each leadership.
import { parseMarathonOptions, startMarathon } from '../../../daemon/marathon/index.ts';
import type { Marathon } from '../../../daemon/marathon/marathon.ts';
import type { MasterCore } from '../../../daemon/master/core.ts';
import type { SimulatedHost } from '../../host.ts';
import type { ProcessHandle } from '../../process-handle.ts';
import type { Simulation } from '../../simulation.ts';
import type { SimulatedEnsemble } from '../../state/simulated-ensemble.ts';
import { MASTER_PORT, SimulatedMaster, startSimulatedAgent } from '../daemons.ts';
import { MarathonClient } from './client.ts';
import { AcknowledgementWitness } from './observed-net.ts';
import { StoreWitness } from './observed-store.ts';
import { type LaunchedTask, runningTasks, TaskLedger } from './task-ledger.ts';
import { TaskServices } from './task-services.ts';

/** All have defaults. */
export interface MarathonClusterOptions {
  readonly agents?: number;
  /** More than one: candidates, and the clients know one of them each. */
  readonly marathons?: number;
  readonly clients?: number;
  /** Beyond those that it cannot do without. */
  readonly marathonFlags?: readonly string[];
  /** Told of the parts of each life, once they act. */
  readonly onMarathon?: (marathon: Marathon) => void;
}

const MARATHON_PORT = 8080;
const STATE = '/var/lib/marathon';
const SESSION_TIMEOUT_MS = 6_000;

export class MarathonCluster {
  readonly simulation: Simulation;
  readonly masterHost: SimulatedHost;
  readonly marathonHosts: readonly SimulatedHost[];
  readonly agentHosts: readonly SimulatedHost[];
  readonly agents: readonly ProcessHandle<unknown>[];
  readonly marathons: readonly ProcessHandle<unknown>[];
  /** Where several Marathons meet. */
  readonly ensemble: SimulatedEnsemble | undefined;
  readonly clients: readonly ProcessHandle<MarathonClient>[];
  readonly ledger = new TaskLedger();
  readonly witness = new StoreWitness();
  readonly acknowledgements = new AcknowledgementWitness(this.witness);
  readonly #master: SimulatedMaster;
  readonly #options: MarathonClusterOptions;
  /** Of the newest life. */
  #acting: { readonly process: string; readonly marathon: Marathon } | undefined;
  #lives = 0;
  /** Whose leadership is the newest, whether it acts yet or not. */
  #newest: string | undefined;

  constructor(simulation: Simulation, options: MarathonClusterOptions = {}) {
    const { agents = 5, marathons = 1, clients = 1 } = options;
    this.#options = options;
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
    this.ensemble = marathons > 1 ? simulation.ensemble({ sessionTimeoutMs: SESSION_TIMEOUT_MS }) : undefined;
    this.marathonHosts = Array.from({ length: marathons }, (_, index) =>
      simulation.host(marathons === 1 ? 'marathon' : `marathon-${index + 1}`, { address: `10.0.3.${index + 1}` }),
    );
    this.marathons = this.marathonHosts.map((host) => this.#startMarathon(host));
    this.clients = Array.from({ length: clients }, (_, index) => {
      const host = simulation.host(`client-${index + 1}`, { address: `10.0.4.${index + 1}` });
      const { address = '' } = this.marathonHosts[index % marathons] ?? {};
      return host.start('client', async (world) => new MarathonClient(world, `http://${address}:${MARATHON_PORT}`));
    });
    const services = new TaskServices(() => simulation.nowMs);
    simulation.onLaunch((run, host) => {
      if (this.ledger.launched(run, host) !== undefined) services.launched(run, host);
    });
  }

  #startMarathon(host: SimulatedHost): ProcessHandle<unknown> {
    const { marathonFlags = [] } = this.#options;
    const { ensemble } = this;
    const flags = [
      `--master=${this.masterHost.address}:${MASTER_PORT}`,
      `--http_address=${host.address}`,
      `--http_port=${MARATHON_PORT}`,
      '--insecure_no_auth',
      ...marathonFlags,
    ];
    const onMarathon = (marathon: Marathon | undefined) => this.#begins(host, marathon);
    return host.start('marathon', async (world, context) => {
      this.#ends(host);
      const options = parseMarathonOptions({ args: flags });
      if (ensemble === undefined) {
        const state = { store: this.witness.watch(context.openStore(STATE)), election: context.openElection(STATE) };
        return await startMarathon(this.acknowledgements.watch(world), options, { ...state, onMarathon });
      }
      const { election, openStore } = context.join(ensemble);
      const mayCall = () => this.#newest === undefined || this.#newest === host.name;
      const takesOver = () => {
        if (ensemble.leader?.candidate.data !== `${host.address}:${MARATHON_PORT}`) return false;
        this.#newest = host.name;
        this.#acting = undefined;
        return true;
      };
      return await startMarathon(this.acknowledgements.watch(world, mayCall), options, {
        openStore: async () => this.witness.watch(openStore(STATE), takesOver),
        election,
        onMarathon,
      });
    });
  }

  #begins(host: SimulatedHost, marathon: Marathon | undefined): void {
    if (marathon === undefined) {
      this.#ends(host);
      return;
    }
    this.#lives += 1;
    this.#acting = { process: host.name, marathon };
    this.#options.onMarathon?.(marathon);
  }

  #ends(host: SimulatedHost): void {
    if (this.#acting?.process === host.name) this.#acting = undefined;
  }

  /** Of the only one there is, or the first. */
  get process(): ProcessHandle<unknown> {
    const [first] = this.marathons;
    if (first === undefined) throw new Error('there is no Marathon');
    return first;
  }

  /** Lives of Marathons so far. */
  get lives(): number {
    return this.#lives;
  }

  /** Its parts; undefined while no Marathon acts. Of two the newest: the other has not noticed yet. */
  get marathon(): Marathon | undefined {
    const process = this.marathons.find(({ host }) => host.name === this.#acting?.process);
    return process?.state === 'running' ? this.#acting?.marathon : undefined;
  }

  get master(): ProcessHandle<unknown> {
    return this.#master.process;
  }

  /** Books of the master; undefined while none leads. */
  get core(): MasterCore | undefined {
    return this.#master.core;
  }

  get processes(): readonly ProcessHandle<unknown>[] {
    return [this.master, ...this.marathons, ...this.agents];
  }

  /** Task processes that run now. */
  get tasks(): LaunchedTask[] {
    return runningTasks(this.agentHosts);
  }

  /** Texts of what Marathon has stored below a prefix, by key. */
  stored(prefix: string): ReadonlyMap<string, string> {
    const store = this.ensemble?.store(STATE) ?? this.process.host.states.store(STATE);
    const entries = store.read(prefix);
    return new Map(entries.map(({ key, value }) => [key, Buffer.from(value).toString('utf8')]));
  }
}
