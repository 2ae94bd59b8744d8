// The daemons that every scenario has: masters and agents on simulated machines, with times that fit a short run.
import { parseAgentOptions } from '../../daemon/agent/flags.ts';
import { startAgent } from '../../daemon/agent/index.ts';
import type { MasterCore } from '../../daemon/master/core.ts';
import type { MasterObserver } from '../../daemon/master/events.ts';
import { parseMasterOptions } from '../../daemon/master/flags.ts';
import { startMaster } from '../../daemon/master/index.ts';
import type { SimulatedHost } from '../host.ts';
import type { ProcessHandle } from '../process-handle.ts';

export const MASTER_PORT = 5050;
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
const IGNORED_EVENTS: MasterObserver = {
  taskAdded: nothing,
  taskUpdated: nothing,
  agentAdded: nothing,
  agentRemoved: nothing,
  frameworkAdded: nothing,
  frameworkUpdated: nothing,
  frameworkRemoved: nothing,
};

/** A master over all its lives. */
export class SimulatedMaster {
  readonly process: ProcessHandle<unknown>;
  #core: MasterCore | undefined;

  /** `observer` hears of every life; what it leaves out is ignored. `flags` come after the usual ones, and win. */
  constructor(host: SimulatedHost, observer: Partial<MasterObserver>, flags: readonly string[] = []) {
    this.process = host.start('master', async (world, context) => {
      this.#core = undefined;
      const args = [...MASTER_FLAGS, `--ip=${host.address}`, ...flags];
      return await startMaster(world, parseMasterOptions({ args }), {
        store: context.openStore('/var/lib/master'),
        election: context.openElection('/var/lib/master'),
        onCore: (core) => {
          this.#core = core;
          core.events.observe({ ...IGNORED_EVENTS, ...observer });
        },
      });
    });
  }

  /** Books of its present life; undefined while it does not lead. */
  get core(): MasterCore | undefined {
    return this.process.state === 'running' ? this.#core : undefined;
  }
}

/** `flags` come after the usual ones, and win. */
export function startSimulatedAgent(
  host: SimulatedHost,
  masterAddress: string,
  flags: readonly string[] = [],
): ProcessHandle<unknown> {
  return host.start('agent', async (world) => {
    const own = [`--master=${masterAddress}:${MASTER_PORT}`, `--ip=${host.address}`];
    return await startAgent(world, parseAgentOptions({ args: [...AGENT_FLAGS, ...own, ...flags] }));
  });
}
