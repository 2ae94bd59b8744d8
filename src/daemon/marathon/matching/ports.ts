// Host ports of an instance: which it needs, and which it gets (marathon.md 13.5).
import { type Item, rangesItem } from '../../../mesos/resources/item.ts';
import { coalesce, containsRanges, countRanges, type Ranges, subtractRanges } from '../../../mesos/resources/ranges.ts';
import type { Random } from '../../../world/world.ts';
import type { App } from '../model/app.ts';
import type { Shortfall } from './shortfall.ts';

/** One entry a port definition or mapping: that very port, any, or none on the host. */
export type WantedPort = number | 'any' | 'none';

/** What the app wants on the host, in order of definition. A service port that is not assigned yet stands for any. */
export function wantedPorts({
  portDefinitions,
  requirePorts,
  container,
}: Pick<App, 'portDefinitions' | 'requirePorts' | 'container'>): WantedPort[] {
  if (portDefinitions !== undefined)
    return portDefinitions.map(({ port }) => (requirePorts && port !== 0 ? port : 'any'));
  return (container?.portMappings ?? []).map(({ hostPort }) =>
    hostPort === undefined ? 'none' : hostPort === 0 ? 'any' : hostPort,
  );
}

/** There was enough. */
export interface PortsTaken {
  readonly kind: 'taken';
  /** One entry a wanted port; undefined for 'none'. */
  readonly ports: readonly (number | undefined)[];
  /** Of the resources they came from. */
  readonly items: readonly Item[];
}

/**
 * `items`: what may be taken from; of a port that several have, the first is used. Ports for 'any' differ from each other
 * and from all that are asked for by number; one that is asked for twice by number (tcp and udp) is taken once.
 */
export function takePorts(
  wanted: readonly WantedPort[],
  items: readonly Item[],
  random: Pick<Random, 'integer'>,
): PortsTaken | Extract<Shortfall, { reason: 'InsufficientPorts' }> {
  const needed = wanted.filter((each) => each !== 'none').length;
  if (needed === 0) return { kind: 'taken', ports: wanted.map(() => undefined), items: [] };
  const offered = items.filter(({ identity: { name, kind } }) => name === 'ports' && kind === 'RANGES');
  const fixed = [...new Set(wanted.filter((each) => typeof each === 'number'))];
  const missing = fixed.filter((port) => !offered.some((item) => containsRanges(item.ranges, [port, port])));
  const anyCount = wanted.filter((each) => each === 'any').length;
  const free = anyCount === 0 ? [] : freePorts(offered, fixed);
  if (missing.length > 0 || anyCount > countRanges(free)) {
    const available = offered.reduce((sum, item) => sum + countRanges(item.ranges), 0);
    return { reason: 'InsufficientPorts', needed, available, missing };
  }
  const chosen = choosePorts(free, anyCount, random);
  let next = 0;
  const ports = wanted.map((each) => (each === 'none' ? undefined : each === 'any' ? chosen[next++] : each));
  return { kind: 'taken', ports, items: consumed(offered, [...fixed, ...chosen]) };
}

/** Ranges one after the other as offered, without the ports in `fixed`; a port that two have is there once. */
function freePorts(offered: readonly Item[], fixed: readonly number[]): Ranges {
  let seen: Ranges = coalesce(fixed.map((port) => [port, port] as const));
  const free: number[] = [];
  for (const { ranges } of offered) {
    free.push(...subtractRanges(ranges, seen));
    if (offered.length > 1) seen = coalesce(pairs([...seen, ...ranges]));
  }
  return free;
}

function pairs(flat: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < flat.length; i += 2) found.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
  return found;
}

/** From a random port of a random range on, range after range in random order, and round to the beginning of the first. */
function choosePorts(free: Ranges, count: number, random: Pick<Random, 'integer'>): number[] {
  if (count === 0) return [];
  const ranges = pairs(free);
  for (let last = ranges.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const range = ranges[last];
    const swapped = ranges[other];
    if (range === undefined || swapped === undefined) continue;
    ranges[last] = swapped;
    ranges[other] = range;
  }
  const [first = [0, 0], ...others] = ranges;
  const start = first[0] + random.integer(first[1] - first[0] + 1);
  const chosen: number[] = [];
  for (const [begin, end] of [[start, first[1]], ...others, [first[0], start - 1]] as const) {
    for (let port = begin; port <= end && chosen.length < count; port++) chosen.push(port);
    if (chosen.length === count) break;
  }
  return chosen;
}

function consumed(offered: readonly Item[], ports: readonly number[]): Item[] {
  let left = coalesce(ports.map((port) => [port, port] as const));
  const items: Item[] = [];
  for (const item of offered) {
    if (left.length === 0) break;
    const rest = subtractRanges(left, item.ranges);
    const part = subtractRanges(left, rest);
    if (part.length > 0) items.push(rangesItem(item.identity, part));
    left = rest;
  }
  return items;
}
