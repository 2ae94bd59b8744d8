// The daemons that every scenario has: masters and agents on simulated machines, with times that fit a short run.
import { LeadingMaster } from '../../cluster/leading-master.ts';
import { parseAgentOptions } from '../../daemon/agent/flags.ts';
import { startAgent } from '../../daemon/agent/index.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { MasterObserver } from '../../daemon/master/events.ts';
import { parseMasterOptions } from '../../daemon/master/flags.ts';
import { type RunningMaster, startMaster } from '../../daemon/master/index.ts';
import type { World } from '../../world/world.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessContext, ProcessHandle } from '../process-handle.ts';
import type { SimulatedEnsemble } from '../state/simulated-ensemble.ts';

export const MASTER_PORT = 5050;
/** Quick pings: what takes minutes in life takes seconds here, in the same proportions. */
const MASTER_FLAGS = [
  '--work_dir=/var/lib/master',
  `--port=${MASTER_PORT}`,
  '--insecure_no_auth',
  '--agent_ping_timeout=3secs',
  '--max_agent_ping_timeouts=3',
];
/** Of agents. */
export const WORK_DIR = '/var/lib/agent';
const AGENT_FLAGS = [
  `--work_dir=${WORK_DIR}`,
  '--runtime_dir=/var/run/mesos',
  '--insecure_no_auth',
  '--registration_backoff_factor=500ms',
  '--resources=cpus:4;mem:1024;disk:4096;ports:[31000-31099]',
];

const nothing = (): undefined => undefined;
const IGNORED_EVENTS: MasterObserver = {
  taskAdded: nothing,
  taskUpdated: nothing,
  agentAdded: nothing,
  agentRemoved: nothing,
  frameworkAdded: nothing,
  frameworkUpdated: nothing,
  frameworkRemoved: nothing,
};

/** Where the masters' registry is on an ensemble. */
export const REGISTRY_PATH = '/mesos/mctl-state';

/** A master over all its lives. */
export class SimulatedMaster {
  readonly process: ProcessHandle<RunningMaster>;
  readonly address: string;
  #core: MasterCore | undefined;

  /**
   * `observer` hears of every life; what it leaves out is ignored. `flags` come after the usual ones, and win. With an
   * ensemble it is one of several candidates.
   */
  constructor(
    host: SimulatedHost,
    observer: Partial<MasterObserver>,
    flags: readonly string[] = [],
    ensemble?: SimulatedEnsemble,
  ) {
    this.address = host.address;
    this.process = host.start('master', async (world, context) => {
      this.#core = undefined;
      const args = [...MASTER_FLAGS, `--ip=${host.address}`, ...flags];
      const shared = ensemble && context.join(ensemble);
      return await startMaster(world, parseMasterOptions({ args }), {
        store: shared?.openStore(REGISTRY_PATH) ?? context.openStore('/var/lib/master'),
        election: shared?.election ?? context.openElection('/var/lib/master'),
        onCore: (core) => {
          this.#core = core;
          core.events.observe({ ...IGNORED_EVENTS, ...observer });
        },
      });
    });
  }

  /** Books of its present life; undefined while it does not lead. */
  get core(): MasterCore | undefined {
    return this.process.value?.isLeading === true ? this.#core : undefined;
  }

  /** It would act now if something called for it. */
  get mayAct(): boolean {
    return this.process.value?.mayAct === true;
  }
}

/** Follows the election of masters, as the command line lets agents and frameworks do. */
export function followLeader(world: World, context: ProcessContext, ensemble: SimulatedEnsemble): LeadingMaster {
  const { election } = context.join(ensemble);
  return new LeadingMaster({ world, election, where: 'zk://ensemble/mesos' });
}

/** `master`: its address, or the ensemble that says who leads. `flags` come after the usual ones, and win. */
export function startSimulatedAgent(
  host: SimulatedHost,
  master: string | SimulatedEnsemble,
  flags: readonly string[] = [],
): ProcessHandle<unknown> {
  return host.start('agent', async (world, context) => {
    const place = typeof master === 'string' ? `${master}:${MASTER_PORT}` : 'zk://ensemble/mesos';
    const own = [`--master=${place}`, `--ip=${host.address}`];
    const options = parseAgentOptions({ args: [...AGENT_FLAGS, ...own, ...flags] });
    if (typeof master === 'string') return await startAgent(world, options);
    return await startAgent(world, options, { detector: followLeader(world, context, master) });
  });
}
