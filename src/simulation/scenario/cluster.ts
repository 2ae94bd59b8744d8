// A cluster in the simulator: one master, agents, frameworks, each on a machine of its own. The daemons are the real
// ones; only the World below them is not.

import type { MasterCore } from '../../daemon/master/core.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessHandle } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';
import { MASTER_PORT, SimulatedMaster, startSimulatedAgent } from './daemons.ts';
import { SimulatedFramework } from './framework.ts';
import type { Ledger } from './ledger.ts';

/** How large a cluster to run. */
export interface ClusterSize {
  readonly agents: number;
  readonly frameworks: number;
  /** Tasks each framework wants to launch. */
  readonly tasksPerFramework: number;
  /** Frameworks that are away for longer are removed. */
  readonly failoverTimeoutSeconds: number;
  /** Whether the tasks of the last framework are to survive an agent's restart; those of the others are. */
  readonly isLastCheckpointing: boolean;
}

export class SimulatedCluster {
  readonly master: ProcessHandle<unknown>;
  readonly agents: readonly ProcessHandle<unknown>[];
  readonly frameworks: readonly ProcessHandle<SimulatedFramework>[];
  readonly masterHost: SimulatedHost;
  readonly agentHosts: readonly SimulatedHost[];
  readonly #operator: ProcessHandle<void>;
  readonly #master: SimulatedMaster;

  constructor(simulation: Simulation, size: ClusterSize, ledger: Ledger) {
    const masterHost = simulation.host('master', { address: '10.0.0.1' });
    const masterUrl = `http://${masterHost.address}:${MASTER_PORT}`;
    this.masterHost = masterHost;
    this.#master = new SimulatedMaster(masterHost, {
      frameworkRemoved: (info) => ledger.removed(info.id?.value ?? ''),
    });
    this.master = this.#master.process;
    this.#operator = masterHost.start('operator', async () => undefined);
    this.agentHosts = Array.from({ length: size.agents }, (_, index) =>
      simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` }),
    );
    this.agents = this.agentHosts.map((host) => startSimulatedAgent(host, masterHost.address));
    this.frameworks = Array.from({ length: size.frameworks }, (_, index) => {
      const host = simulation.host(`framework-${index + 1}`, { address: `10.0.2.${index + 1}` });
      return host.start('framework', (world) =>
        SimulatedFramework.start(world, {
          name: `framework-${index + 1}`,
          masters: [masterUrl],
          isPartitionAware: index % 2 === 0,
          contentType: index % 2 === 0 ? 'application/json' : 'application/x-protobuf',
          isCheckpointing: index < size.frameworks - 1 || size.isLastCheckpointing,
          failoverTimeoutSeconds: size.failoverTimeoutSeconds,
          goal: size.tasksPerFramework,
          ledger,
        }),
      );
    });
    simulation.onLaunch((run, host) => ledger.launched(run, host));
  }

  /** Removes a framework, as an operator would. Asked once, come what may: ask again when it is still there. */
  teardown(frameworkId: string): void {
    this.#operator.restart();
    const { net, log } = this.#operator.world;
    const body = JSON.stringify({ type: 'TEARDOWN', teardown: { framework_id: { value: frameworkId } } });
    const headers = { 'content-type': 'application/json' };
    net
      .request({ method: 'POST', url: `http://${this.masterHost.address}:${MASTER_PORT}/api/v1`, headers, body })
      .then((answer) => log.info('asked for a teardown', { frameworkId, status: answer.status }))
      .catch((error) => log.info('asked for a teardown in vain', { frameworkId, error }));
  }

  /** Undefined while no master leads. */
  get core(): MasterCore | undefined {
    return this.#master.core;
  }

  get processes(): readonly ProcessHandle<unknown>[] {
    return [this.master, ...this.agents, ...this.frameworks];
  }
}
