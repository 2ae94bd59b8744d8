// A cluster with Chronos in the simulator: masters, agents, Chronos, a client, each on a machine of its own. Of masters and of Chronos there
// is one, with its state on its own disk, or several that stand for election on an ensemble, which is the same for both.
import type { Chronos } from '../../../daemon/chronos/chronos.ts';
import { parseChronosOptions, startChronos } from '../../../daemon/chronos/index.ts';
import { safeName } from '../../../daemon/chronos/model/record.ts';
import type { HistoryEntry } from '../../../daemon/chronos/model/run.ts';
import { HISTORY } from '../../../daemon/chronos/runs/history-book.ts';
import type { World } from '../../../world/world.ts';
import type { SimulatedHost } from '../../host.ts';
import type { ProcessHandle } from '../../process-handle.ts';
import type { Simulation } from '../../simulation.ts';
import type { SimulatedEnsemble } from '../../state/simulated-ensemble.ts';
import { followLeader, MASTER_PORT, SimulatedMaster, startSimulatedAgent } from '../daemons.ts';
import { OneEnsemble } from './one-ensemble.ts';

export interface ChronosClusterOptions {
  readonly agents: number;
  /** More than one: candidates. */
  readonly masters: number;
  /** More than one: candidates. */
  readonly chronoses: number;
}

const CHRONOS_PORT = 4400;
const STATE = '/var/lib/chronos';
/** Shorter than in life by as much as pings are. */
const MASTER_SESSION_TIMEOUT_MS = 4_000;
const CHRONOS_SESSION_TIMEOUT_MS = 6_000;
/** In the proportions of the master's quick pings; and a history in which nothing is forgotten. */
const QUICK_FLAGS = [
  '--reconciliation_interval=60',
  '--min_revive_offers_interval=1000',
  '--unreachable_timeout=20secs',
  '--failure_retry=3000',
  '--job_history_limit=1000',
  '--user=root',
];
const REQUEST_TIMEOUT_MS = 10_000;

export class ChronosCluster {
  readonly masterHosts: readonly SimulatedHost[];
  readonly agentHosts: readonly SimulatedHost[];
  readonly chronosHosts: readonly SimulatedHost[];
  /** Of those that are several; undefined when none are. */
  readonly ensemble: OneEnsemble | undefined;
  readonly processes: readonly ProcessHandle<unknown>[];
  readonly #masters: readonly SimulatedMaster[];
  readonly #mastersMeet: SimulatedEnsemble | undefined;
  readonly #chronosMeet: SimulatedEnsemble | undefined;
  readonly #client: ProcessHandle<World>;
  readonly #acting = new Map<string, Chronos>();

  constructor(simulation: Simulation, { agents, masters, chronoses }: ChronosClusterOptions) {
    const path = (sessionTimeoutMs: number) => simulation.ensemble({ sessionTimeoutMs });
    this.#mastersMeet = masters > 1 ? path(MASTER_SESSION_TIMEOUT_MS) : undefined;
    this.#chronosMeet = chronoses > 1 ? path(CHRONOS_SESSION_TIMEOUT_MS) : undefined;
    const paths = [this.#mastersMeet, this.#chronosMeet].filter((one) => one !== undefined);
    this.ensemble = paths.length === 0 ? undefined : new OneEnsemble(paths);
    this.masterHosts = Array.from({ length: masters }, (_, index) =>
      simulation.host(`master-${index + 1}`, { address: `10.0.0.${index + 1}` }),
    );
    this.#masters = this.masterHosts.map((host) => new SimulatedMaster(host, {}, [], this.#mastersMeet));
    this.agentHosts = Array.from({ length: agents }, (_, index) =>
      simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` }),
    );
    this.chronosHosts = Array.from({ length: chronoses }, (_, index) =>
      simulation.host(`chronos-${index + 1}`, { address: `10.0.3.${index + 1}` }),
    );
    this.processes = [
      ...this.#masters.map(({ process }) => process),
      ...this.chronosHosts.map((host) => this.#startChronos(host)),
      ...this.agentHosts.map((host) => startSimulatedAgent(host, this.#mastersMeet ?? this.#onlyMaster)),
    ];
    this.#client = simulation.host('client', { address: '10.0.4.1' }).start('client', async (world) => world);
  }

  get #onlyMaster(): string {
    return this.masterHosts[0]?.address ?? '';
  }

  #startChronos(host: SimulatedHost): ProcessHandle<unknown> {
    const [masters, candidates] = [this.#mastersMeet, this.#chronosMeet];
    const options = parseChronosOptions({
      args: [
        masters === undefined ? `--master=${this.#onlyMaster}:${MASTER_PORT}` : '--master=zk://ensemble/mesos',
        `--http_address=${host.address}`,
        `--http_port=${CHRONOS_PORT}`,
        '--insecure_no_auth',
        ...QUICK_FLAGS,
        ...(candidates === undefined ? [`--work_dir=${STATE}`] : ['--zk=zk://ensemble/chronos']),
      ],
    });
    return host.start('chronos', async (world, context) => {
      this.#acting.delete(host.name);
      const onChronos = (chronos: Chronos | undefined) => {
        if (chronos === undefined) this.#acting.delete(host.name);
        else this.#acting.set(host.name, chronos);
      };
      const common = { onChronos, ...(masters !== undefined && { masters: followLeader(world, context, masters) }) };
      if (candidates === undefined) {
        const state = { store: context.openStore(STATE), election: context.openElection(STATE) };
        return await startChronos(world, options, { ...state, ...common });
      }
      const { election, openStore } = context.join(candidates);
      return await startChronos(world, options, { openStore: async () => openStore(STATE), election, ...common });
    });
  }

  /** Posts to one of them; the status, or undefined without an answer. */
  async post(path: string, body: unknown, to: SimulatedHost): Promise<number | undefined> {
    const { net, log } = this.#client.world;
    try {
      const answer = await net.request({
        method: 'POST',
        url: `http://${to.address}:${CHRONOS_PORT}${path}`,
        timeoutMs: REQUEST_TIMEOUT_MS,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (answer.status === 400) log.info('refused', { body: Buffer.from(answer.body).toString('utf8') });
      return answer.status;
    } catch (error) {
      log.debug('no answer', { path, error });
      return undefined;
    }
  }

  /** How many believe that they lead and have a framework that is subscribed. */
  get subscribed(): number {
    return [...this.#acting.values()].filter(({ isSubscribed }) => isSubscribed).length;
  }

  /** Masters that would act now if something called for it. */
  get actingMasters(): number {
    return this.#masters.filter(({ mayAct }) => mayAct).length;
  }

  /** What is durable of a job's history now, oldest first. */
  history(job: string): HistoryEntry[] {
    return this.#stored(`${HISTORY}${safeName(job)}/`).map(
      (text) => (JSON.parse(text) as { entry: HistoryEntry }).entry,
    );
  }

  /** Due times of its runs that are not over, as they are durable now. */
  liveDues(job: string): number[] {
    const runs = this.#stored('runs/').map((text) => (JSON.parse(text) as { run: { key: RunKey } }).run.key);
    return runs.filter((key) => key.job === job).map(({ dueMs }) => dueMs);
  }

  #stored(prefix: string): string[] {
    const [first] = this.chronosHosts;
    const store = this.#chronosMeet?.store(STATE) ?? first?.states.store(STATE);
    return (store?.read(prefix) ?? []).map(({ value }) => Buffer.from(value).toString('utf8'));
  }
}

interface RunKey {
  readonly job: string;
  readonly dueMs: number;
}
