// Makes a queued run a running one: sandbox, environment, container, and what a later agent must know of it. One launch of
// one run; how many go on at a time is the queue's business.
import type { CommandInfo } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import {
  type ContainerConfig,
  ContainerError,
  type Containerizer,
  type LaunchedContainer,
} from '../../containers/containerizer.ts';
import type { AgentOptions } from '../../flags.ts';
import type { AgentAddress } from '../../identity.ts';
import { allocationRole } from '../command-executor.ts';
import type { TaskRun } from '../task-run.ts';
import { EnvironmentError, taskEnvironment } from './environment.ts';
import type { Sandboxes } from './sandbox.ts';

/** The memory of the original's executor process, which shares the task's limit. */
const OVERHEAD_MEM_MB = 32;

export interface LauncherOptions {
  readonly world: World;
  readonly options: AgentOptions;
  readonly address: AgentAddress;
  readonly bootId: string;
  readonly containerizer: Containerizer;
  readonly sandboxes: Sandboxes;
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
      await sandboxes.create(run);
      sandboxes.attach(run);
      const config = this.#config(run);
      const launched: LaunchedContainer = await containerizer.launch(config);
      run.container = {
        containerId: run.containerId,
        process: launched.process,
        sandbox: run.directory,
        runtimeDirectory: run.runtimeDirectory,
        bootId,
        resources: config.resources,
      };
    } catch (error) {
      throw asContainerError(error);
    }
  }

  #config(run: TaskRun): ContainerConfig {
    const command = run.info.command ?? {};
    const resources = Resources.of(run.info.resources).plus(Resources.of(run.executor.resources));
    return {
      containerId: run.containerId,
      sandbox: run.directory,
      runtimeDirectory: run.runtimeDirectory,
      user: this.#user(run),
      command: {
        shell: command.shell ?? true,
        value: command.value ?? '',
        arguments: command.arguments ?? [],
      },
      environment: this.environment(run),
      uris: command.uris ?? [],
      resources: resources.toMessages(),
      limits: this.#limits(run),
    };
  }

  /** Only root can become somebody else; for others the wish is passed on when it is one, and fails there. */
  #user(run: TaskRun): string | undefined {
    const { options, world } = this.#options;
    return options.switchUser && run.user !== world.host.currentUser ? run.user : undefined;
  }

  /** What the task's command sees; with those of a probe's command over it. Throws EnvironmentError. */
  environment(run: TaskRun, probe: CommandInfo = {}): Record<string, string> {
    const { options, address } = this.#options;
    return taskEnvironment({
      frameworkId: run.frameworkId,
      executorId: run.executor.executor_id.value,
      agentId: run.agentId,
      agentIp: address.ip,
      agentPort: address.port,
      hasFixedIp: address.hasFixedIp,
      sandbox: run.directory,
      allocationRole: allocationRole(run.info),
      isCheckpointed: run.isCheckpointed,
      recoveryTimeoutMs: options.recoveryTimeoutMs,
      reregistrationTimeoutMs: options.executorReregistrationTimeoutMs,
      shutdownGracePeriodMs: options.executorShutdownGracePeriodMs,
      configured: options.executorEnvironmentVariables?.value,
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
      ...(mem !== undefined && { memMb: mem.value + OVERHEAD_MEM_MB }),
    };
  }
}

/** Expected failures become reasons for a status; anything else is thrown on as it is. */
function asContainerError(error: unknown): unknown {
  if (error instanceof DiskError || error instanceof EnvironmentError) {
    return new ContainerError('launch', `Failed to launch container: ${error.message}`, { cause: error });
  }
  return error;
}
