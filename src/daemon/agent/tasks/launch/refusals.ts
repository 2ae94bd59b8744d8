// What a task may ask for that this agent cannot do (yet). Such a task is refused with a terminal status that says so;
// nothing that changes what a task may do or see is silently left out.
import type { ContainerInfo, TaskInfo } from '../../../../mesos/generated/v1.ts';
import { isSandboxVolume } from '../../executors/sandbox-volumes.ts';

/** Why the task cannot be run here; undefined when it can. `isInGroup`: it shares its executor's sandbox and cgroups. */
export function refusalOf(task: TaskInfo, isInGroup = false): string | undefined {
  if (task.command === undefined) return 'The task has no command';
  if (task.command.value === undefined) return 'The command of the task has no value';
  return task.container && containerRefusal(task.container, isInGroup);
}

/** What the task asks for that has no effect on this agent, worth a warning. */
export function withoutEffect(task: TaskInfo): readonly string[] {
  return [...(task.container?.hostname !== undefined ? ['container.hostname'] : [])];
}

/** Why no such container can be made here; undefined when it can. */
export function containerRefusal(container: ContainerInfo, isInGroup: boolean): string | undefined {
  if (container.type === 'DOCKER') {
    return "No container: containerizers that support the 'DOCKER' type are not enabled on this agent";
  }
  const asked: [string, boolean][] = [
    ['an image', container.mesos?.image !== undefined],
    ['volumes', (container.volumes ?? []).some((volume) => !isInGroup || !isSandboxVolume(volume))],
    ['a named network', (container.network_infos ?? []).some((network) => network.name !== undefined)],
    ['port mappings', (container.network_infos ?? []).some((network) => (network.port_mappings ?? []).length > 0)],
    ['linux_info', Object.keys(container.linux_info ?? {}).some((name) => name !== 'share_cgroups')],
    ['resource limits (rlimit_info)', (container.rlimit_info?.rlimits ?? []).length > 0],
    ['a terminal (tty_info)', container.tty_info !== undefined],
  ];
  const unsupported = asked.filter(([, isAsked]) => isAsked).map(([what]) => what);
  if (unsupported.length === 0) return undefined;
  return `The container asks for ${unsupported.join(', ')}, which this agent does not support yet`;
}
