// Names of containers inside the agent: the v1 ContainerID with its parents as one text, outermost first, joined by dots
// (no id may contain one, mesos-api.md 7). So `a.b` is the nested container b of a, as key of maps and part of paths.
import type { ContainerID } from '../../../mesos/generated/v1.ts';

/** `value` of the ContainerID `id` and of all its parents, outermost first. */
export function containerKey(id: ContainerID): string {
  return id.parent === undefined ? id.value : `${containerKey(id.parent)}.${id.value}`;
}

/** The ContainerID of a key. */
export function containerIdOf(key: string): ContainerID {
  const parent = parentKey(key);
  return { value: lastPart(key), ...(parent !== undefined && { parent: containerIdOf(parent) }) };
}

/** Key of the container that this one is nested in; undefined for one that stands alone. */
export function parentKey(key: string): string | undefined {
  const dot = key.lastIndexOf('.');
  return dot < 0 ? undefined : key.slice(0, dot);
}

/** Key of the outermost container. */
export function rootKey(key: string): string {
  return key.split('.', 1)[0] ?? key;
}

/** The container's own `value`. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

/** Key of the container `value` nested in `parent`. */
export function nestedKey(parent: string, value: string): string {
  return `${parent}.${value}`;
}
