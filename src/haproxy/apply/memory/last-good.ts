// A service whose labels went bad goes on with those it had when they were good, and with the tasks it has now
// (haproxy.md 10.3). Kept as labels and not as text, so that no server of old stands in a file. Pure.
import type { DiscoveredApp, Discovery } from '../../discovery/discovered.ts';
import type { BalancerModel, Problem } from '../../model/model.ts';
import type { LabelMemory } from './state-file.ts';

/** One port of an app, or the app as a whole. */
export interface Place {
  readonly appId: string;
  readonly portIndex?: number | undefined;
}

const APP_WIDE = 'app';
const INDEXED = /^HAPROXY_(\d+)_/;

/** Key of a place in sets and maps. */
export function placeKey({ appId, portIndex }: Place): string {
  return `${appId}#${portIndex ?? APP_WIDE}`;
}

/** HAPROXY_ labels by port index, the others under `app`. */
function labelsByPort(app: DiscoveredApp): Record<string, Record<string, string>> {
  const byPort: Record<string, Record<string, string>> = {};
  for (const [name, value] of Object.entries(app.labels)) {
    if (!name.startsWith('HAPROXY_')) continue;
    const port = INDEXED.exec(name)?.[1] ?? APP_WIDE;
    byPort[port] = { ...byPort[port], [name]: value };
  }
  return byPort;
}

/** Whether there is something else to go on with than what the app says now. */
export function hasLastGood(discovery: Discovery, labels: LabelMemory, place: Place): boolean {
  const good = labels[place.appId];
  const app = discovery.apps.find((one) => one.id === place.appId);
  if (good === undefined || app === undefined) return false;
  const now = labelsByPort(app);
  const isWhole = place.portIndex === undefined;
  // What never was good is nothing to go back to.
  const needed = isWhole ? APP_WIDE : String(place.portIndex);
  if (good[needed] === undefined || Object.keys(good).length < (isWhole ? 2 : 1)) return false;
  const ports = isWhole ? Object.keys({ ...good, ...now }) : [needed];
  return ports.some((port) => JSON.stringify(sorted(good[port])) !== JSON.stringify(sorted(now[port])));
}

const sorted = (labels: Readonly<Record<string, string>> = {}): [string, string][] => Object.entries(labels).sort();

/** The same answer with good labels put back at these places. */
export function withLastGood(discovery: Discovery, labels: LabelMemory, places: readonly Place[]): Discovery {
  if (places.length === 0) return discovery;
  const byApp = Map.groupBy(places, (place) => place.appId);
  const apps = discovery.apps.map((app) => {
    const good = labels[app.id];
    const wanted = byApp.get(app.id);
    return good === undefined || wanted === undefined ? app : { ...app, labels: patched(app, good, wanted) };
  });
  return { ...discovery, apps };
}

function patched(
  app: DiscoveredApp,
  good: Readonly<Record<string, Readonly<Record<string, string>>>>,
  places: readonly Place[],
): Record<string, string> {
  const isWhole = places.some((place) => place.portIndex === undefined);
  const ports = new Set(places.map((place) => String(place.portIndex)));
  const isReplaced = (port: string): boolean => isWhole || ports.has(port);
  const labels = Object.entries(app.labels).filter(
    ([name]) => !name.startsWith('HAPROXY_') || !isReplaced(INDEXED.exec(name)?.[1] ?? APP_WIDE),
  );
  const back = Object.entries(good).flatMap(([port, group]) => (isReplaced(port) ? Object.entries(group) : []));
  return Object.fromEntries([...labels, ...back]);
}

/** Labels to remember: of every service that is served with what its app says now; of others what was good before. */
export function goodLabels(
  discovery: Discovery,
  served: BalancerModel['services'],
  bad: ReadonlySet<string>,
  before: LabelMemory,
): LabelMemory {
  const servedPorts = Map.groupBy(served, (service) => service.appId);
  const faulty = new Set([...bad].map((key) => key.slice(0, key.lastIndexOf('#'))));
  const after: Record<string, Record<string, Record<string, string>>> = {};
  for (const app of discovery.apps) {
    const services = servedPorts.get(app.id) ?? [];
    const isFaulty = faulty.has(app.id);
    if (services.length === 0 && !isFaulty) continue;
    const now = labelsByPort(app);
    const good: Record<string, Record<string, string>> = isFaulty ? { ...before[app.id] } : {};
    if (services.length > 0 && !bad.has(placeKey({ appId: app.id }))) good[APP_WIDE] = now[APP_WIDE] ?? {};
    for (const { portIndex } of services) {
      if (!bad.has(placeKey({ appId: app.id, portIndex }))) good[portIndex] = now[portIndex] ?? {};
    }
    after[app.id] = good;
  }
  return after;
}

/** Places that the model or the rendering left out. */
export function leftOut(problems: readonly Problem[]): Place[] {
  return problems
    .filter((problem) => problem.effect === 'left-out')
    .map(({ appId, portIndex }) => ({ appId, portIndex }));
}
