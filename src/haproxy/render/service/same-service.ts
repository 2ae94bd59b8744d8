// Whether a service of this turn is rendered as one of the last turn was. Cheaper by far than rendering it, since models are
// made anew each turn.
import type { Server, Service } from '../../model/model.ts';

/** Everything that rendering looks at; ids of tasks are not among it. */
export function isRenderedAlike(a: Service, b: Service): boolean {
  if (a === b) return true;
  if (a.servers.length !== b.servers.length) return false;
  if (!a.servers.every((server, index) => isSameServer(server, b.servers[index] as Server))) return false;
  for (const key in a) if (key !== 'servers' && !isSame(a[key as keyof Service], b[key as keyof Service])) return false;
  for (const key in b) if (!(key in a)) return false;
  return true;
}

function isSameServer(a: Server, b: Server): boolean {
  return (
    a.name === b.name &&
    a.port === b.port &&
    a.address === b.address &&
    a.id === b.id &&
    a.host === b.host &&
    a.cookie === b.cookie &&
    a.isDraining === b.isDraining &&
    a.checkPort === b.checkPort &&
    a.isUnchecked === b.isUnchecked &&
    a.weight === b.weight
  );
}

/** Values of the model: plain objects, arrays, maps of texts and what is no object. Order of members does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  }
  if (a instanceof Map) {
    return b instanceof Map && a.size === b.size && [...a].every(([key, value]) => isSame(value, b.get(key)));
  }
  const [one, other] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  for (const key in one) if (!isSame(one[key], other[key])) return false;
  for (const key in other) if (!(key in one)) return false;
  return true;
}
