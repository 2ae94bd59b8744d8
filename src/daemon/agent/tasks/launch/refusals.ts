// What a task may ask for that this agent cannot do (yet). Such a task is refused with a terminal status that says so;
// nothing that changes what a task may do or see is silently left out. What its container cannot have, the containerizer
// knows and refuses at the launch.
import type { ContainerInfo, TaskInfo } from '../../../../mesos/generated/v1.ts';

/** Why the task cannot be run here; undefined when it can. */
export function refusalOf(task: TaskInfo): string | undefined {
  if (task.command === undefined) return 'The task has no command';
  const needsNoValue = hasImage(task.container) && task.command.shell === false;
  if (task.command.value === undefined && !needsNoValue) return 'The command of the task has no value';
  return undefined;
}

/** What the task asks for that has no effect on this agent, worth a warning. */
export function withoutEffect(task: TaskInfo): readonly string[] {
  const { hostname, docker, network_infos = [] } = task.container ?? {};
  const mayHaveItsOwn = (docker?.network ?? 'HOST') !== 'HOST' || network_infos.some(({ name }) => name !== undefined);
  return hostname === undefined || mayHaveItsOwn ? [] : ['container.hostname'];
}

/** Whether the container has a root of its own, made of an image. */
export function hasImage(container: ContainerInfo | undefined): boolean {
  return container?.type === 'DOCKER' || container?.mesos?.image !== undefined;
}
