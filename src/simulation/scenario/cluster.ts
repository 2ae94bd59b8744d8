// A cluster in the simulator: one master, or several with an ensemble, agents, frameworks, each on a machine of its own. The
// daemons are the real ones; only the World below them is not.

import type { MasterCore } from '../../daemon/master/core.ts';
import { readRegistry } from '../../daemon/master/registry/records.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessHandle } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedEnsemble } from '../state/simulated-ensemble.ts';
import { AgentOperator } from './agent-operator.ts';
import { followLeader, MASTER_PORT, REGISTRY_PATH, SimulatedMaster, startSimulatedAgent } from './daemons.ts';
import { SimulatedFramework } from './framework.ts';
import type { Ledger } from './ledger.ts';
import { RegistryWriter } from './registry-writer.ts';
import { ResourceOperator } from './resource-operator.ts';

/** How large a cluster to run. */
export interface ClusterSize {
  /** Several stand for election on an ensemble; one (the default) leads alone on its own disk. */
  readonly masters?: number;
  readonly agents: number;
  readonly frameworks: number;
  /** Tasks each framework wants to launch. */
  readonly tasksPerFramework: number;
  /** Frameworks that are away for longer are removed. */
  readonly failoverTimeoutSeconds: number;
  /** Whether the tasks of the last framework are to survive an agent's restart; those of the others are. */
  readonly isLastCheckpointing: boolean;
}

/** Shorter than in life by as much as pings are. */
const SESSION_TIMEOUT_MS = 4_000;

export class SimulatedCluster {
  readonly masters: readonly SimulatedMaster[];
  readonly masterHosts: readonly SimulatedHost[];
  readonly agents: readonly ProcessHandle<unknown>[];
  readonly frameworks: readonly ProcessHandle<SimulatedFramework>[];
  readonly agentHosts: readonly SimulatedHost[];
  /** Undefined for a single master. */
  readonly ensemble: SimulatedEnsemble | undefined;
  readonly #operator: ProcessHandle<void>;
  readonly #writer: RegistryWriter | undefined;
  readonly #resources: ResourceOperator;
  /** Drains agents and brings them back. */
  readonly agentOperator: AgentOperator;

  constructor(simulation: Simulation, size: ClusterSize, ledger: Ledger) {
    const count = size.masters ?? 1;
    const ensemble = count > 1 ? simulation.ensemble({ sessionTimeoutMs: SESSION_TIMEOUT_MS }) : undefined;
    this.ensemble = ensemble;
    this.masterHosts = Array.from({ length: count }, (_, index) =>
      simulation.host(index === 0 ? 'master' : `master-${index + 1}`, { address: `10.0.0.${index + 1}` }),
    );
    const [firstHost] = this.masterHosts;
    if (firstHost === undefined) throw new Error('a cluster has a master');
    this.masters = this.masterHosts.map(
      (host) =>
        new SimulatedMaster(host, { frameworkRemoved: (info) => ledger.removed(info.id?.value ?? '') }, [], ensemble),
    );
    const masterUrl = `http://${firstHost.address}:${MASTER_PORT}`;
    this.#operator = firstHost.start('operator', async () => undefined);
    this.agentHosts = Array.from({ length: size.agents }, (_, index) =>
      simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` }),
    );
    this.agents = this.agentHosts.map((host) => startSimulatedAgent(host, ensemble ?? firstHost.address));
    this.frameworks = Array.from({ length: size.frameworks }, (_, index) => {
      const host = simulation.host(frameworkName(index), { address: `10.0.2.${index + 1}` });
      return host.start('framework', (world, context) =>
        SimulatedFramework.start(world, {
          name: frameworkName(index),
          masters: ensemble === undefined ? [masterUrl] : followLeader(world, context, ensemble),
          isPartitionAware: index % 2 === 0,
          contentType: index % 2 === 0 ? 'application/json' : 'application/x-protobuf',
          isCheckpointing: index < size.frameworks - 1 || size.isLastCheckpointing,
          failoverTimeoutSeconds: size.failoverTimeoutSeconds,
          goal: size.tasksPerFramework,
          ledger,
        }),
      );
    });
    const roles = Array.from({ length: size.frameworks }, (_, index) => frameworkName(index));
    if (ensemble !== undefined) this.#writer = new RegistryWriter(simulation, ensemble, roles);
    this.#resources = new ResourceOperator(simulation, (world, context) =>
      ensemble === undefined ? [masterUrl] : followLeader(world, context, ensemble),
    );
    this.agentOperator = new AgentOperator(
      simulation,
      (world, context) => (ensemble === undefined ? [masterUrl] : followLeader(world, context, ensemble)),
      () => this.core,
    );
    simulation.onLaunch((run, host) => ledger.launched(run, host));
  }

  /** Removes a framework, as an operator would. Asked once, come what may: ask again when it is still there. */
  teardown(frameworkId: string): void {
    this.#operator.restart();
    const { net, log } = this.#operator.world;
    const body = JSON.stringify({ type: 'TEARDOWN', teardown: { framework_id: { value: frameworkId } } });
    const headers = { 'content-type': 'application/json' };
    const address = this.#leader?.address ?? this.masterHosts[0]?.address;
    net
      .request({ method: 'POST', url: `http://${address}:${MASTER_PORT}/api/v1`, headers, body })
      .then((answer) => log.info('asked for a teardown', { frameworkId, status: answer.status }))
      .catch((error) => log.info('asked for a teardown in vain', { frameworkId, error }));
  }

  /** Nobody asks for anything new. */
  rest(): void {
    this.#resources.rest();
  }

  /** What master and agents have of resources that operations made, where they differ: empty at rest. */
  resourceDifferences(): string[] {
    return this.core === undefined ? [] : this.#resources.differences(this.core, this.agentHosts);
  }

  /** Operations on resources that the master accepted. */
  get acceptedOperations(): number {
    return this.#resources.accepted;
  }

  /** Undefined while no master leads. */
  get core(): MasterCore | undefined {
    return this.#leader?.core;
  }

  get processes(): readonly ProcessHandle<unknown>[] {
    return [...this.masters.map((master) => master.process), ...this.agents, ...this.frameworks];
  }

  /** Promises about who leads and what is in the registry that are broken now. Cheap: looked at after every event. */
  checkLeadership(): string[] {
    const acting = this.masters.filter((master) => master.mayAct);
    const broken = acting.length > 1 ? [`${acting.map(({ address }) => address).join(' and ')} lead at a time`] : [];
    const core = acting[0]?.core;
    return core === undefined || this.#writer === undefined ? broken : [...broken, ...this.#writer.lostIn(core)];
  }

  /** What the registry and the books of the leader say differently: empty at rest, or somebody else has written. */
  registryDifferences(): string[] {
    const { core, ensemble } = this;
    if (core === undefined || ensemble === undefined) return [];
    const registry = readRegistry(ensemble.store(REGISTRY_PATH).read('registry/'));
    const { agents, weights, quotas } = core.state;
    return [
      ...differences('agents', [...registry.agents.keys()], [...agents.registered.keys(), ...agents.recovered.keys()]),
      ...differences('unreachable agents', [...registry.unreachable.keys()], [...agents.unreachable.keys()]),
      ...differences(
        'deactivated agents',
        deactivationTexts(registry.deactivated),
        deactivationTexts(agents.deactivated),
      ),
      ...differences('weights', [...registry.weights.keys()], [...weights.keys()]),
      ...differences('quotas', [...registry.quotas.keys()], [...quotas.keys()]),
    ];
  }

  get acknowledgedWrites(): number {
    return this.#writer?.acknowledged ?? 0;
  }

  /** That which may act, if any; else one that led last. */
  get #leader(): SimulatedMaster | undefined {
    return this.masters.find((master) => master.mayAct) ?? this.masters.find(({ core }) => core !== undefined);
  }
}

/** Its host and its role are called so too. */
const frameworkName = (index: number): string => `framework-${index + 1}`;

/** What operators decided about agents, comparable. */
function deactivationTexts(deactivated: ReadonlyMap<string, object>): string[] {
  return [...deactivated].map(([agentId, decided]) => `${agentId} ${JSON.stringify(decided)}`);
}

function differences(what: string, durable: readonly string[], known: readonly string[]): string[] {
  const onlyDurable = durable.filter((key) => !known.includes(key));
  const onlyKnown = known.filter((key) => !durable.includes(key));
  return [
    ...onlyDurable.map((key) => `${what}: ${key} is in the registry, but not in the books of the leader`),
    ...onlyKnown.map((key) => `${what}: ${key} is in the books of the leader, but not in the registry`),
  ];
}
