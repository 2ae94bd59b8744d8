// Whether something fits somewhere, by amounts and by attributes.
import type { AgentGroup, Amounts } from './workload.ts';

export function fits(wanted: Amounts, there: Amounts): boolean {
  return Object.entries(wanted).every(([name, amount]) => amount <= (there[name] ?? 0));
}

/** Attributes of the agent at this place of its group. */
export function attributesOf(
  { attributes, racks }: Pick<AgentGroup, 'attributes' | 'racks'>,
  index: number,
): Readonly<Record<string, string>> {
  return racks === undefined ? attributes : { rack: `rack${(index % racks) + 1}`, ...attributes };
}

/** Of at least one agent of the group. */
export function hasAttributes(
  group: {
    readonly attributes: Readonly<Record<string, string>>;
    readonly racks?: number | undefined;
    readonly count: number;
  },
  wanted: Readonly<Record<string, string>>,
): boolean {
  const different = Math.min(group.count, group.racks ?? 1);
  for (let index = 0; index < different; index++) {
    if (matches(attributesOf({ attributes: group.attributes, racks: group.racks }, index), wanted)) return true;
  }
  return false;
}

export function matches(
  attributes: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) => attributes[name] === value);
}
