// Which certificates the labels name, so that the caller can resolve links before the model is built (haproxy.md 17.2).
import type { Discovery } from '../discovery/discovered.ts';

const LABEL = /^HAPROXY_\d+_SSL_CERT$/;

/** Paths as written in SSL_CERT labels, each once, sorted; the keys that `ModelContext.realPaths` needs, beside the directory. */
export function certificatePaths(discovery: Discovery): readonly string[] {
  const paths = new Set<string>();
  for (const app of discovery.apps) {
    for (const label in app.labels) if (LABEL.test(label)) paths.add((app.labels[label] ?? '').trim());
  }
  return [...paths].sort();
}
