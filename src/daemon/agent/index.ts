// Starts an agent: listens, takes over from the one before, looks for the master. Wiring only.

import { DiskError, type DiskLock } from '../../world/disk.ts';
import type { World } from '../../world/world.ts';
import { AttachedFiles } from '../serving/files/attached-files.ts';
import { readFaultDomain } from '../serving/process/fault-domain.ts';
import { LoggingLevel } from '../serving/process/logging-level.ts';
import { Agent, type AgentEnd } from './agent.ts';
import { Background } from './background.ts';
import { agentCapacity } from './capacity.ts';
import { WorkLayout } from './checkpoint/layout.ts';
import { containerizerOptions } from './container-options.ts';
import type { Containerizer } from './containers/containerizer.ts';
import { createContainerizer } from './containers/index.ts';
import type { AgentContext } from './context.ts';
import { Draining } from './draining/draining.ts';
import { parseContainerInfo } from './flags/confinement.ts';
import { contentOf } from './flags/inline-or-file.ts';
import type { AgentOptions } from './flags.ts';
import { Collector } from './gc/collector.ts';
import { agentService, streamsBody } from './http/agent-service.ts';
import { LateHandler } from './http/late-handler.ts';
import { agentAddress, agentInfo, isLoopback, listenAddress } from './identity.ts';
import { agentMetrics } from './metrics/agent-metrics.ts';
import { AgentCounters } from './metrics/counters.ts';
import { OperatorContainers } from './operator/operator-containers.ts';
import { resourceEstimator } from './oversubscription/estimator.ts';
import { parseModules } from './oversubscription/modules.ts';
import { Oversubscription } from './oversubscription/oversubscription.ts';
import { qosController } from './oversubscription/qos-controller.ts';
import { AgentStartError } from './recovery.ts';
import { type MasterDetector, openDetector } from './registration/detector.ts';
import { AgentResources } from './resources/agent-resources.ts';
import { Books } from './tasks/books.ts';

export { type AgentOptions, parseAgentOptions } from './flags.ts';

/** An agent that listens; it may still be recovering or looking for its master: `state` tells. */
export interface RunningAgent {
  /** `http://ip:port`. */
  readonly url: string;
  readonly port: number;
  /** Undefined until it is registered for the first time. */
  readonly agentId: string | undefined;
  readonly state: Agent['state'];
  /** Stops the agent and nothing else: tasks go on, and a later agent takes them over. */
  stop(): Promise<void>;
  /** Leaves the cluster: its tasks are lost and stopped, and the agent ends (SIGUSR1). */
  unregister(): void;
  /** Resolves when the agent has ended, by `stop` or by itself. */
  readonly ended: Promise<AgentEnd>;
}

/** What a caller may put in place of the agent's own; all have defaults. */
export interface AgentDependencies {
  /** Default: the containerizer of this machine. */
  readonly createContainerizer?: (world: World, options: AgentOptions, layout: WorkLayout) => Promise<Containerizer>;
  /** Instead of what --master says: an election that is followed. */
  readonly detector?: MasterDetector;
  /** Makes the log more or less talkative. */
  readonly setVerbosity?: (level: number) => void;
}

/**
 * Resolves when it listens and has taken over what an earlier agent left; it registers by itself.
 * Throws AgentStartError, CheckpointError, MasterAddressError, NetError (`in-use`), DiskError and errors of the texts of
 * --resources and --attributes.
 */
export async function startAgent(
  world: World,
  options: AgentOptions,
  dependencies: AgentDependencies = {},
): Promise<RunningAgent> {
  const startedMs = world.clock.monotonicMs();
  const layout = new WorkLayout(options.workDir, runtimeDirectory(world, options));
  const ip = await listenAddress(world, options);
  if (!isLoopback(ip) && !options.insecureNoAuth) throw notLoopback(ip);
  const detector = dependencies.detector ?? (await openDetector(world, options.master));
  await world.disk.makeDirectory(layout.metaDirectory);
  await world.disk.makeDirectory(layout.runtimeContainers);
  const lock = await lockWorkDirectory(world, layout);
  const handler = new LateHandler();
  const listener = await world.net.listen({ host: ip, port: options.port, handler: handler.handle, streamsBody });
  const address = agentAddress(world, options, { ip, port: listener.port });
  const capacity = await agentCapacity(world, options);
  const counters = new AgentCounters();
  const ending = Promise.withResolvers<AgentEnd>();
  const background = new Background(world.log, (what) => end({ code: 1, reason: `unexpected failure (${what})` }));

  const modules = (await contentOf(world, 'modules', options.modules, parseModules)) ?? new Map();
  const books = new Books(options.maxCompletedExecutorsPerFramework);
  const resources = new AgentResources({ world, layout, background, configured: capacity.resources });
  const oversubscription = new Oversubscription({
    world,
    books,
    resources,
    estimator: resourceEstimator(options.resourceEstimator, modules),
    controller: qosController(options.qosController, modules, () => world.host.loadAverage()),
    estimateIntervalMs: options.oversubscribedResourcesIntervalMs,
    correctionIntervalMs: options.qosCorrectionIntervalMinMs,
  });

  const context: AgentContext = {
    world,
    options,
    layout,
    address,
    info: agentInfo(address, capacity, await readFaultDomain(world, options.domain), undefined),
    defaultContainer: await contentOf(
      world,
      'default_container_info',
      options.defaultContainerInfo,
      parseContainerInfo,
    ),
    bootId: await world.host.bootId(),
    startedMs,
    containerizer: await (dependencies.createContainerizer?.(world, options, layout) ??
      createContainerizer(world, await containerizerOptions(world, options, layout, counters, ip))),
    books,
    files: new AttachedFiles(world.disk),
    counters,
    background,
    draining: new Draining({ world, layout, background }),
    resources,
    oversubscription,
    collector: new Collector({
      world,
      workDirectory: options.workDir,
      delayMs: options.gcDelayMs,
      headroom: options.gcDiskHeadroom,
      watchIntervalMs: options.diskWatchIntervalMs,
      counters,
      background,
    }),
  };
  const operators = new OperatorContainers(context);
  const agent = new Agent(context, operators, detector, end);
  const logging = new LoggingLevel(world.clock, dependencies.setVerbosity ?? (() => undefined));
  handler.set(agentService({ context, agent, metrics: agentMetrics(context, agent), logging, operators }));
  const { logDir, externalLogFile = logDir && `${logDir}/mctl-agent.log` } = options;
  if (externalLogFile !== undefined) context.files.attach('/slave/log', externalLogFile);
  world.log.info('isolation of tasks', { isolation: context.containerizer.isolation });

  let how: AgentEnd = { code: 0, reason: 'stopped' };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= closeAll();
    return stopping;
  };
  const closeAll = async (): Promise<void> => {
    await agent.stop();
    await listener.close();
    await lock.release();
    ending.resolve(how);
  };
  function end(why: AgentEnd): void {
    if (stopping !== undefined) return;
    how = why;
    background.run('end', stop);
  }

  try {
    await agent.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://${ip}:${listener.port}`,
    port: listener.port,
    get agentId() {
      return agent.agentId;
    },
    get state() {
      return agent.state;
    },
    stop,
    unregister: () => agent.unregister(),
    ended: ending.promise,
  };
}

/** Facts of running containers; for others than root the usual place is not writable. */
function runtimeDirectory(world: World, options: AgentOptions): string {
  return options.runtimeDir ?? (world.host.isRoot ? '/var/run/mesos' : `${options.workDir}/run`);
}

async function lockWorkDirectory(world: World, layout: WorkLayout): Promise<DiskLock> {
  try {
    return await world.disk.lock(layout.lockFile);
  } catch (cause) {
    if (!(cause instanceof DiskError) || cause.code !== 'locked') throw cause;
    throw new AgentStartError(
      'work-dir-in-use',
      `Another agent is running on ${layout.workDirectory}: stop it, or give this one a --work_dir of its own`,
      { cause },
    );
  }
}

function notLoopback(ip: string): AgentStartError {
  return new AgentStartError(
    'not-loopback',
    `Nobody would be asked who they are at ${ip}: listen on 127.0.0.1, or add --insecure-no-auth to do it all the same`,
  );
}
