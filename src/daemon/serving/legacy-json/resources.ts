// Resources and attributes as the original's JSON endpoints flatten them: one number or text a name, whatever role it is
// reserved to (mesos-api.md 8.1).

import type { Attribute, Resource, Value_Ranges } from '../../../mesos/generated/v1.ts';
import { Resources } from '../../../mesos/resources.ts';
import { remembering } from '../remembering.ts';

/** Name → number for scalars, text for everything else. */
export type Flattened = Record<string, number | string>;

/** `{"disk":…,"mem":…,"gpus":…,"cpus":…,"ports":"[31000-32000]"}` as text. Resources never change, so it is made once. */
export const flattenedText = remembering((resources: Resources): string =>
  JSON.stringify(flattened(resources.toMessages())),
);

/** The four well-known scalars always, the others when there are any; revocable amounts under `<name>_revocable`. */
export function flattened(messages: readonly Resource[]): Flattened {
  const result: Flattened = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
  const ranges = new Map<string, Resource[]>();
  const items = new Map<string, Set<string>>();
  for (const message of messages) {
    const key = message.revocable === undefined ? message.name : `${message.name}_revocable`;
    if (message.type === 'SCALAR') result[key] = sum(Number(result[key] ?? 0), message.scalar?.value ?? 0);
    else if (message.type === 'RANGES') listOf(ranges, key).push(message);
    else if (message.type === 'SET') setOf(items, key, message.set?.item ?? []);
  }
  for (const [key, parts] of ranges)
    result[key] = rangesText(Resources.of(parts.map(plain)).ranges(parts[0]?.name ?? ''));
  for (const [key, set] of items) result[key] = `{${[...set].join(', ')}}`;
  return result;
}

/** Role → what is reserved to it, flattened, as the text of an object. */
export function reservedText(resources: Resources): string {
  const parts: string[] = [];
  for (const [role, reserved] of resources.reservations())
    parts.push(`${JSON.stringify(role)}:${flattenedText(reserved)}`);
  return `{${parts.join(',')}}`;
}

/** `{"rack":"r1","level":2,"ports":"[1-2]"}`. */
export function attributesObject(attributes: readonly Attribute[] | undefined): Flattened {
  const result: Flattened = {};
  for (const attribute of attributes ?? []) result[attribute.name] = attributeValue(attribute);
  return result;
}

function attributeValue(attribute: Attribute): number | string {
  switch (attribute.type) {
    case 'SCALAR':
      return attribute.scalar?.value ?? 0;
    case 'TEXT':
      return attribute.text?.value ?? '';
    case 'RANGES':
      return rangesText(pairs(attribute.ranges));
    case 'SET':
      return `{${(attribute.set?.item ?? []).join(', ')}}`;
  }
}

/** `[31000-31001, 31005-31005]`: single values too are written as a range. */
function rangesText(ranges: readonly (readonly [number, number])[]): string {
  return `[${ranges.map(([begin, end]) => `${begin}-${end}`).join(', ')}]`;
}

function pairs(ranges: Value_Ranges | undefined): [number, number][] {
  return (ranges?.range ?? []).map(({ begin, end }) => [begin, end]);
}

/** The same amount without anything that keeps it apart from others of its name. */
function plain(resource: Resource): Resource {
  return { name: resource.name, type: resource.type, ...(resource.ranges && { ranges: resource.ranges }) };
}

/** Three decimals, as the arithmetic of resources has. */
function sum(a: number, b: number): number {
  return Math.round((a + b) * 1000) / 1000;
}

function listOf(lists: Map<string, Resource[]>, key: string): Resource[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list: Resource[] = [];
  lists.set(key, list);
  return list;
}

function setOf(sets: Map<string, Set<string>>, key: string, items: readonly string[]): void {
  const set = sets.get(key) ?? new Set<string>();
  for (const item of items) set.add(item);
  sets.set(key, set);
}
