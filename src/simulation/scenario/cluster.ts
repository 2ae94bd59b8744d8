// A cluster in the simulator: one master, agents, frameworks, each on a machine of its own. The daemons are the real
// ones; only the World below them is not.

import { parseAgentOptions } from '../../daemon/agent/flags.ts';
import { startAgent } from '../../daemon/agent/index.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { MasterObserver } from '../../daemon/master/events.ts';
import { parseMasterOptions } from '../../daemon/master/flags.ts';
import { startMaster } from '../../daemon/master/index.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessHandle } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';
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

const MASTER_PORT = 5050;
/** Quick pings: what takes minutes in life takes seconds here, in the same proportions. */
const MASTER_FLAGS = [
  '--work_dir=/var/lib/master',
  `--port=${MASTER_PORT}`,
  '--insecure_no_auth',
  '--agent_ping_timeout=3secs',
  '--max_agent_ping_timeouts=3',
];
const AGENT_FLAGS = [
  '--work_dir=/var/lib/agent',
  '--runtime_dir=/var/run/mesos',
  '--insecure_no_auth',
  '--registration_backoff_factor=500ms',
  '--resources=cpus:4;mem:1024;disk:4096;ports:[31000-31099]',
];

const nothing = (): undefined => undefined;
const IGNORED_EVENTS: Omit<MasterObserver, 'frameworkRemoved'> = {
  taskAdded: nothing,
  taskUpdated: nothing,
  agentAdded: nothing,
  agentRemoved: nothing,
  frameworkAdded: nothing,
  frameworkUpdated: nothing,
};

export class SimulatedCluster {
  readonly master: ProcessHandle<unknown>;
  readonly agents: readonly ProcessHandle<unknown>[];
  readonly frameworks: readonly ProcessHandle<SimulatedFramework>[];
  readonly masterHost: SimulatedHost;
  readonly agentHosts: readonly SimulatedHost[];
  readonly #operator: ProcessHandle<void>;
  /** Books of the master's present life. */
  #core: MasterCore | undefined;

  constructor(simulation: Simulation, size: ClusterSize, ledger: Ledger) {
    const masterHost = simulation.host('master', { address: '10.0.0.1' });
    const masterUrl = `http://${masterHost.address}:${MASTER_PORT}`;
    this.masterHost = masterHost;
    this.master = masterHost.start('master', async (world, context) => {
      this.#core = undefined;
      const options = parseMasterOptions({ args: [...MASTER_FLAGS, `--ip=${masterHost.address}`] });
      return await startMaster(world, options, {
        store: context.openStore('/var/lib/master'),
        election: context.openElection('/var/lib/master'),
        onCore: (core) => {
          this.#core = core;
          core.events.observe({
            ...IGNORED_EVENTS,
            frameworkRemoved: (info) => ledger.removed(info.id?.value ?? ''),
          });
        },
      });
    });
    this.#operator = masterHost.start('operator', async () => undefined);
    this.agentHosts = Array.from({ length: size.agents }, (_, index) =>
      simulation.host(`agent-${index + 1}`, { address: `10.0.1.${index + 1}` }),
    );
    this.agents = this.agentHosts.map((host) =>
      host.start('agent', async (world) => {
        const flags = [`--master=${masterHost.address}:${MASTER_PORT}`, `--ip=${host.address}`];
        return await startAgent(world, parseAgentOptions({ args: [...AGENT_FLAGS, ...flags] }));
      }),
    );
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
    return this.master.state === 'running' ? this.#core : undefined;
  }

  get processes(): readonly ProcessHandle<unknown>[] {
    return [this.master, ...this.agents, ...this.frameworks];
  }
}
