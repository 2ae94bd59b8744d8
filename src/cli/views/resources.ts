// Resources of messages as amounts for people.
import type { Resource } from '../../mesos/generated/v1.ts';
import { coalesce, toPairs } from '../../mesos/resources/ranges.ts';

/** Scalars summed by name; ranges count their values. */
export function amounts(resources: readonly Resource[] | undefined): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { name, scalar, ranges } of resources ?? []) {
    const amount = scalar?.value ?? (ranges?.range ?? []).reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
    // Thousandths, as Mesos itself counts.
    sums[name] = Math.round(((sums[name] ?? 0) + amount) * 1000) / 1000;
  }
  return sums;
}

/** As `amounts`, with revocable ones apart as `cpus_revocable`, which is no capacity of its own. */
export function amountsApart(resources: readonly Resource[] | undefined): Readonly<Record<string, number>> {
  return amounts(
    resources?.map((resource) =>
      resource.revocable === undefined ? resource : { ...resource, name: `${resource.name}_revocable` },
    ),
  );
}

/** `31000-31099, 31200`, whoever they are reserved to. */
export function portsText(resources: readonly Resource[] | undefined): string {
  const ranges = (resources ?? []).filter(({ name }) => name === 'ports').flatMap((one) => one.ranges?.range ?? []);
  return toPairs(coalesce(ranges.map(({ begin, end }) => [begin, end] as const)))
    .map(([begin, end]) => (begin === end ? String(begin) : `${begin}-${end}`))
    .join(', ');
}
