// Labels in the form of Mesos.
import type { Labels } from '../../../../mesos/generated/v1.ts';

/** Undefined for none, so that the member is left out. */
export function labelsOf(labels: Readonly<Record<string, string>>): Labels | undefined {
  const entries = Object.entries(labels);
  return entries.length === 0 ? undefined : { labels: entries.map(([key, value]) => ({ key, value })) };
}
