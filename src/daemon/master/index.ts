// Starts a master: listens, stands for election, and acts while it leads. Wiring only.
import type { Election } from '../../cluster/election.ts';
import type { Store } from '../../cluster/store.ts';
import type { MasterInfo } from '../../mesos/generated/v1.ts';
import type { HttpHandler } from '../../world/net.ts';
import type { World } from '../../world/world.ts';
import { AttachedFiles } from '../serving/files/attached-files.ts';
import { FlagError } from '../serving/flags.ts';
import { serviceUnavailable } from '../serving/http/responses.ts';
import { Router } from '../serving/http/router.ts';
import { createService } from '../serving/http/service.ts';
import { MetricRegistry } from '../serving/metrics/metric-registry.ts';
import { readFaultDomain } from '../serving/process/fault-domain.ts';
import { LoggingLevel } from '../serving/process/logging-level.ts';
import { announcedAddress, isLoopback, listenAddress } from './address.ts';
import { agentRoute } from './agent-link/endpoint.ts';
import { deactivateAgent, drainAgent, reactivateAgent } from './agents/deactivation/decisions.ts';
import { markAgentGone } from './agents/removal.ts';
import type { MasterCore } from './core.ts';
import { refuseUnsupported } from './flags/unsupported.ts';
import type { MasterOptions } from './flags.ts';
import { removeFramework } from './frameworks/removal.ts';
import { Leadership, type LeadershipEvents } from './leadership.ts';
import { startMaintenance, stopMaintenance } from './maintenance/modes.ts';
import { updateSchedule } from './maintenance/schedule.ts';
import { Master } from './master.ts';
import { masterInfo } from './master-info.ts';
import { operateAsOperator } from './operations/by-operator.ts';
import { QuotaUpdates } from './quota/updates.ts';
import { schedulerRoute } from './scheduler/endpoint.ts';
import { killRoute } from './scheduler/kill-route.ts';
import { createViews, type MasterControl, type ViewContext, type Views } from './views/index.ts';
import { recoveredLeaderGuard } from './views/leading.ts';
import { liveRoute } from './views/live/route.ts';
import { LiveStreams } from './views/live/streams.ts';
import { whyRoute } from './views/why/route.ts';
import { updateWeights } from './weights.ts';

export { type MasterOptions, parseMasterOptions } from './flags.ts';

/** What a master needs beside its World. Closing store and election is the caller's. */
export interface MasterDependencies {
  /** Holds the registry; the caller closes it after the master ended. */
  readonly store: Store;
  readonly election: Election;
  /** Makes the log more or less talkative: level 1 and above shows debug lines. */
  readonly setVerbosity?: (level: number) => void;
  /** Told the books once there are any: for simulations that check them. */
  readonly onCore?: (core: MasterCore) => void;
}

/** Why a master is over: code 0 when it was stopped, 1 when it could not go on (its supervisor starts another). */
export interface MasterEnd {
  readonly code: number;
  readonly reason: string;
}

/** A master that listens. It may be waiting for the lead: `isLeading` tells. */
export interface RunningMaster {
  /** `http://ip:port`. */
  readonly url: string;
  readonly port: number;
  readonly info: MasterInfo;
  readonly isLeading: boolean;
  /** It leads, and is certain at this moment that nobody else can. */
  readonly mayAct: boolean;
  stop(): Promise<void>;
  /** Resolves when the master has ended, by `stop` or by itself. */
  readonly ended: Promise<MasterEnd>;
}

/**
 * Resolves when it listens and stands for election; until it leads and has read the registry it answers 307 or 503.
 * Throws FlagError, NetError (`in-use`, `forbidden`, `unresolved`) and ElectionError (`locked`).
 */
export async function startMaster(
  world: World,
  options: MasterOptions,
  dependencies: MasterDependencies,
): Promise<RunningMaster> {
  refuseUnsupported(options);
  const ip = await listenAddress(world, options);
  if (!isLoopback(ip) && !options.insecureNoAuth) throw notLoopback(ip);
  const domain = await readFaultDomain(world, options.domain);

  let handler: HttpHandler = () => serviceUnavailable('Master is starting');
  const listener = await world.net.listen({ host: ip, port: options.port, handler: (request) => handler(request) });
  const address = announcedAddress(world, options, { ip, port: listener.port });
  const info = masterInfo({ id: world.random.uuid(), ...address, domain });

  const { end, ended } = endedOnce(async () => {
    master.stop();
    views.close();
    live.close();
    // The next leader need not wait for our clients.
    await Promise.all([leadership.stop(), listener.close()]);
  });
  const leadership = new Leadership(dependencies.election, info, world);
  const master = new Master({
    world,
    options,
    info,
    store: dependencies.store,
    mayAct: () => leadership.mayAct(),
    fail: (reason) => void end({ code: 1, reason }),
  });
  const { views, live, service } = createHttp(world, master, leadership, dependencies);
  handler = service;

  try {
    await leadership.start(candidacyOf(master));
  } catch (error) {
    await end({ code: 1, reason: 'not a candidate' });
    throw error;
  }
  dependencies.onCore?.(master.core);
  return {
    url: `http://${ip}:${listener.port}`,
    port: listener.port,
    info,
    get isLeading() {
      return leadership.isLeading;
    },
    get mayAct() {
      return leadership.mayAct();
    },
    stop: () => end({ code: 0, reason: 'stopped' }),
    ended,
  };
}

/** Closes everything once, whatever comes first: `ended` tells what that was. */
function endedOnce(close: () => Promise<void>): {
  readonly end: (how: MasterEnd) => Promise<void>;
  readonly ended: Promise<MasterEnd>;
} {
  const ending = Promise.withResolvers<MasterEnd>();
  let closing: Promise<void> | undefined;
  const closeAll = async (how: MasterEnd): Promise<void> => {
    await close();
    ending.resolve(how);
  };
  const end = (how: MasterEnd): Promise<void> => {
    closing ??= closeAll(how);
    return closing;
  };
  return { end, ended: ending.promise };
}

/** What becomes of the master as it is elected, or is not any more. */
function candidacyOf(master: Master): LeadershipEvents {
  return {
    elected: (epoch) => void master.start(epoch),
    resumed: () => master.resume(),
    lost: (reason) => master.core.fail(`Lost leadership: ${reason}`),
    mismatched: (reason) => master.core.fail(reason),
  };
}

function createHttp(
  world: World,
  master: Master,
  leadership: Leadership,
  dependencies: MasterDependencies,
): { readonly views: Views; readonly live: LiveStreams; readonly service: HttpHandler } {
  const { core } = master;
  const files = new AttachedFiles(world.disk);
  const { logDir, externalLogFile = logDir && `${logDir}/mctl-master.log` } = core.options;
  if (externalLogFile !== undefined) files.attach('/master/log', externalLogFile);
  const context: ViewContext = {
    world,
    state: core.state,
    events: core.events,
    control: controlOf(core),
    metrics: metricsOf(master),
    files,
    logging: new LoggingLevel(world.clock, dependencies.setVerbosity ?? (() => undefined)),
    leader: () => leadership.leader,
    isLeading: () => leadership.isLeading,
    mayAct: () => leadership.mayAct(),
  };
  const views = createViews({ ...context, allocator: core.allocator });
  const guard = recoveredLeaderGuard(context);
  const live = new LiveStreams(world, core);
  const router = new Router(['master']).add(
    ...views.routes,
    schedulerRoute(core, guard),
    agentRoute(core, guard, world.clock),
    killRoute(core, guard),
    liveRoute(live, guard),
    whyRoute({ state: core.state, allocator: core.allocator, slices: views.slices }, guard),
  );
  return { views, live, service: createService(world, router) };
}

function metricsOf({ core: { registrar }, allocations }: Master): MetricRegistry {
  return new MetricRegistry()
    .addTimers(allocations.runTime, allocations.latency, registrar.storeTime, registrar.fetchTime)
    .gauge('registrar/queued_operations', () => registrar.queuedOperations)
    .gauge('registrar/registry_size_bytes', () => registrar.size.bytes);
}

function controlOf(core: MasterCore): MasterControl {
  return {
    teardown: (frameworkId) => {
      const framework = core.state.frameworks.get(frameworkId);
      if (framework === undefined) return false;
      removeFramework(core, framework);
      return true;
    },
    updateWeights: (weights) => updateWeights(core, weights),
    quota: new QuotaUpdates(core),
    markAgentGone: (agentId) => markAgentGone(core, agentId),
    operate: (agentId, operation) => operateAsOperator(core, agentId, operation),
    drainAgent: (agentId, config) => drainAgent(core, agentId, config),
    deactivateAgent: (agentId) => deactivateAgent(core, agentId),
    reactivateAgent: (agentId) => reactivateAgent(core, agentId),
    maintenance: {
      updateSchedule: (schedule) => updateSchedule(core, schedule),
      start: (machines) => startMaintenance(core, machines),
      stop: (machines) => stopMaintenance(core, machines),
      inverseOfferStatuses: (agentId) => core.allocator.inverseOfferStatuses(agentId),
    },
  };
}

function notLoopback(ip: string): FlagError {
  return new FlagError(
    'invalid-value',
    'ip',
    `Listening on ${ip} would let everybody who reaches it run commands here, there is no authentication yet: ` +
      'listen on a loopback address, or add --insecure_no_auth if the network is trusted',
  );
}
