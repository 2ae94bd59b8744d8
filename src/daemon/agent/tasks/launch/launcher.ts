// Makes a queued run a running one: sandbox, environment, container, and what a later agent must know of it. One launch of
// one run; how many go on at a time is the queue's business.
import type { CommandInfo, ContainerInfo, Resource } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import { linkVolumes } from '../../containers/confinement/persistent-volumes.ts';
import {
  type ContainerCheckpoint,
  type ContainerCommand,
  type ContainerConfig,
  ContainerError,
  type Containerizer,
  type LaunchedContainer,
  type PersistentVolume,
} from '../../containers/containerizer.ts';
import type { ExecutorRecord } from '../../executors/executor.ts';
import type { AgentOptions } from '../../flags.ts';
import type { AgentAddress } from '../../identity.ts';
import type { AgentResources } from '../../resources/agent-resources.ts';
import { allocationRole } from '../command-executor.ts';
import type { TaskRun } from '../task-run.ts';
import { EnvironmentError, taskEnvironment } from './environment.ts';
import { hasImage } from './refusals.ts';
import type { Sandboxes } from './sandbox.ts';
import { inherited, persistentVolumes } from './task-volumes.ts';

/** The memory of the original's executor process, which shares the task's limit. */
const OVERHEAD_MEM_MB = 32;

export interface LauncherOptions {
  readonly world: World;
  readonly options: AgentOptions;
  readonly address: AgentAddress;
  readonly bootId: string;
  /** Of executors and command tasks that have none. */
  readonly defaultContainer: ContainerInfo | undefined;
  readonly containerizer: Containerizer;
  readonly sandboxes: Sandboxes;
  readonly resources: Pick<AgentResources, 'settled' | 'directoryOf'>;
}

/** Has no state of its own. */
export class Launcher {
  readonly #options: LauncherOptions;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  /** Resolves when the command runs. Throws ContainerError; then there is no container. */
  async launch(run: TaskRun): Promise<void> {
    const { containerizer, sandboxes, bootId } = this.#options;
    try {
      if (run.host === undefined) {
        await sandboxes.create(run);
        sandboxes.attach(run);
      } else {
        await sandboxes.createNested(run.host, run.directory, run.taskId);
      }
      const config = await this.#withVolumes(run);
      const launched: LaunchedContainer = await containerizer.launch(config);
      run.container = {
        containerId: run.containerId,
        process: launched.process,
        sandbox: run.directory,
        runtimeDirectory: run.runtimeDirectory,
        bootId,
        resources: config.resources,
        ...(config.sharesLimits && { sharesLimits: true }),
        ...networkInfosOf(launched),
      };
    } catch (error) {
      throw asContainerError(error);
    }
  }

  #config(run: TaskRun): ContainerConfig {
    const { defaultContainer } = this.#options;
    const command = run.info.command ?? {};
    const own = Resources.of(run.info.resources);
    const resources = run.host === undefined ? own.plus(Resources.of(run.executor.resources)) : own;
    return {
      containerId: run.containerId,
      sandbox: run.directory,
      runtimeDirectory: run.runtimeDirectory,
      user: this.#user(run),
      command: commandOf(command),
      environment: this.environment(run),
      uris: command.uris ?? [],
      resources: resources.toMessages(),
      limits: this.#limits(run),
      ...(run.host && { sharesLimits: run.info.container?.linux_info?.share_cgroups ?? true }),
      ...infoOf(run.info.container ?? (run.host === undefined ? defaultContainer : undefined)),
    };
  }

  /** A custom executor with what its tasks need, or the container of a task group. Throws as `launch` does. */
  async launchExecutor(executor: ExecutorRecord): Promise<void> {
    const { containerizer, sandboxes, bootId, defaultContainer } = this.#options;
    const { containerId, directory: sandbox, runtimeDirectory } = executor;
    try {
      await sandboxes.create(executor);
      sandboxes.attach(executor);
      const { command } = executor.info;
      for (const taskId of executor.tasks.keys()) executor.hasVolumesOf.add(taskId);
      const config: ContainerConfig = {
        containerId,
        sandbox,
        runtimeDirectory,
        user: this.#user(executor),
        command: executor.kind === 'custom' ? commandOf(command) : undefined,
        environment: executor.kind === 'custom' ? this.#executorEnvironment(executor) : {},
        uris: command?.uris ?? [],
        ...this.wants(executor),
        ...infoOf(executor.info.container ?? defaultContainer),
        // Those of tasks that come later are linked when they do; a mount can only be made now.
        persistentVolumes: await this.#volumes(executor.kind === 'custom' ? executor.wanted : executor.info.resources),
      };
      const launched = await containerizer.launch(config);
      const { process } = launched;
      const { resources } = config;
      executor.container = {
        containerId,
        ...(process && { process }),
        sandbox,
        runtimeDirectory,
        bootId,
        resources,
        ...networkInfosOf(launched),
      };
    } catch (error) {
      throw asContainerError(error);
    }
  }

  /** Shows a custom executor that runs the volumes of a task that it is given. Throws ContainerError. */
  async linkVolumes(executor: ExecutorRecord, run: TaskRun): Promise<void> {
    const { world } = this.#options;
    if (executor.hasVolumesOf.has(run.taskId)) return;
    const volumes = await this.#volumes(run.info.resources);
    if (volumes.length === 0) return;
    if (hasImage(executor.info.container)) {
      const why = 'a volume cannot be mounted in a container with an image that runs already';
      throw new ContainerError('launch', `Failed to launch container: ${why}`);
    }
    try {
      const name = this.#user(executor);
      await linkVolumes(world, volumes, {
        sandbox: executor.directory,
        user: name === undefined ? undefined : await world.host.user(name),
      });
    } catch (error) {
      throw asContainerError(error);
    }
  }

  async #withVolumes(run: TaskRun): Promise<ContainerConfig> {
    const config = this.#config(run);
    const own = await this.#volumes(run.info.resources);
    const ofExecutor = run.host === undefined ? [] : await this.#volumes(run.host.info.resources);
    const { container, volumes } = inherited(config.info, ofExecutor);
    return { ...config, ...infoOf(container), persistentVolumes: [...own, ...volumes] };
  }

  #volumes(resources: readonly Resource[] | undefined): Promise<readonly PersistentVolume[]> {
    return persistentVolumes(this.#options.resources, resources);
  }

  /** What an executor and its live tasks may use together. */
  wants(executor: ExecutorRecord): Pick<ContainerConfig, 'resources' | 'limits'> {
    const resources = Resources.of(executor.wanted);
    const cpus = this.#options.options.cgroupsEnableCfs ? resources.scalar('cpus') : undefined;
    return { resources: resources.toMessages(), limits: cpus === undefined ? {} : { cpus } };
  }

  #executorEnvironment(executor: ExecutorRecord): Record<string, string> {
    return taskEnvironment({
      ...this.#place(executor),
      sandbox: executor.directory,
      shutdownGracePeriodMs: executor.shutdownGraceMs ?? this.#options.options.executorShutdownGracePeriodMs,
      variables: executor.info.command?.environment?.variables ?? [],
    });
  }

  #place(whose: Pick<ExecutorRecord, 'frameworkId' | 'executorId' | 'agentId' | 'isCheckpointed'>) {
    const { options, address } = this.#options;
    return {
      frameworkId: whose.frameworkId,
      executorId: whose.executorId,
      agentId: whose.agentId,
      agentIp: address.ip,
      agentPort: address.port,
      hasFixedIp: address.hasFixedIp,
      isCheckpointed: whose.isCheckpointed,
      recoveryTimeoutMs: options.recoveryTimeoutMs,
      reregistrationTimeoutMs: options.executorReregistrationTimeoutMs,
      configured: options.executorEnvironmentVariables?.value,
    };
  }

  /** Only root can become somebody else; for others the wish is passed on when it is one, and fails there. */
  #user(run: { readonly user: string }): string | undefined {
    const { options, world } = this.#options;
    return options.switchUser && run.user !== world.host.currentUser ? run.user : undefined;
  }

  /** What the task's command sees; with those of a probe's command over it. Throws EnvironmentError. */
  environment(run: TaskRun, probe: CommandInfo = {}): Record<string, string> {
    const { options, address } = this.#options;
    return taskEnvironment({
      ...this.#place(run),
      sandbox: run.directory,
      allocationRole: allocationRole(run.info),
      ...(run.host && { containerIp: ownAddress(run.host.container) ?? address.ip }),
      shutdownGracePeriodMs: options.executorShutdownGracePeriodMs,
      variables: [...(run.info.command?.environment?.variables ?? []), ...(probe.environment?.variables ?? [])],
    });
  }

  /** Explicit limits of the task; with --cgroups_enable_cfs its cpu request is one too. */
  #limits(run: TaskRun): ContainerConfig['limits'] {
    const { cpus, mem } = run.info.limits ?? {};
    const requested = this.#options.options.cgroupsEnableCfs
      ? Resources.of(run.info.resources).scalar('cpus')
      : undefined;
    const cpusLimit = cpus?.value ?? requested;
    return {
      ...(cpusLimit !== undefined && { cpus: cpusLimit }),
      ...(mem !== undefined && { memMb: mem.value + (run.host === undefined ? OVERHEAD_MEM_MB : 0) }),
    };
  }
}

/** Undefined in the agent's network. */
function ownAddress(container: ContainerCheckpoint | undefined): string | undefined {
  const addresses = container?.networkInfos?.flatMap(({ ip_addresses = [] }) => ip_addresses);
  return addresses?.find(({ ip_address }) => ip_address !== undefined)?.ip_address;
}

function networkInfosOf({ networkInfos }: LaunchedContainer): Pick<ContainerCheckpoint, 'networkInfos'> {
  return networkInfos === undefined ? {} : { networkInfos };
}

const infoOf = (info: ContainerInfo | undefined) => info && { info };

function commandOf(command: CommandInfo = {}): ContainerCommand {
  return { shell: command.shell ?? true, value: command.value ?? '', arguments: command.arguments ?? [] };
}

/** Expected failures become reasons for a status; anything else is thrown on as it is. */
function asContainerError(error: unknown): unknown {
  if (error instanceof DiskError || error instanceof EnvironmentError) {
    return new ContainerError('launch', `Failed to launch container: ${error.message}`, { cause: error });
  }
  return error;
}
