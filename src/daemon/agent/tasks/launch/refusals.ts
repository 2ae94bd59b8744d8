// What a task may ask for that this agent cannot do (yet). Such a task is refused with a terminal status that says so;
// nothing that changes what a task may do or see is silently left out.
import type { ContainerInfo, TaskInfo } from '../../../../mesos/generated/v1.ts';

/** Why the task cannot be run here; undefined when it can. */
export function refusalOf(task: TaskInfo): string | undefined {
  if (task.command === undefined) return 'The task has no command';
  const needsNoValue = hasImage(task.container) && task.command.shell === false;
  if (task.command.value === undefined && !needsNoValue) return 'The command of the task has no value';
  return task.container && containerRefusal(task.container);
}

/** What the task asks for that has no effect on this agent, worth a warning. */
export function withoutEffect(task: TaskInfo): readonly string[] {
  return [...(task.container?.hostname !== undefined ? ['container.hostname'] : [])];
}

/**
 * Why no such container can be made here; undefined as far as that can be told before it is tried: what it takes of this
 * machine and of the agent's flags, the containerizer knows.
 */
export function containerRefusal(container: ContainerInfo): string | undefined {
  const { network = 'HOST', port_mappings = [] } = container.docker ?? {};
  const asked: [string, boolean][] = [
    ['a named network', (container.network_infos ?? []).some((network) => network.name !== undefined)],
    ['port mappings', (container.network_infos ?? []).some((network) => (network.port_mappings ?? []).length > 0)],
    [`the network mode ${network}`, network !== 'HOST'],
    ['port mappings of Docker', port_mappings.length > 0],
  ];
  const unsupported = asked.filter(([, isAsked]) => isAsked).map(([what]) => what);
  if (unsupported.length === 0) return undefined;
  return `The container asks for ${unsupported.join(', ')}, which this agent does not support yet`;
}

/** Whether the container has a root of its own, made of an image. */
export function hasImage(container: ContainerInfo | undefined): boolean {
  return container?.type === 'DOCKER' || container?.mesos?.image !== undefined;
}
