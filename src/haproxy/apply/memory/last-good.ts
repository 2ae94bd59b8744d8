// A service whose labels went bad goes on with those it had when they were good, and with the tasks it has now
// (haproxy.md 10.3). Kept as labels and not as text, so that no server of old stands in a file. Colours that are one service
// have one memory for its ports, by the id of their group: the labels of the app that led when they were good go to the one
// that leads now. Pure.
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

type Groups = BalancerModel['groups'];

/** HAPROXY_ labels by port index, the others under `app`. */
function labelsByPort(app: DiscoveredApp): Record<string, Record<string, string>> {
  const byPort: Record<string, Record<string, string>> = {};
  for (const name in app.labels) {
    if (!name.startsWith('HAPROXY_')) continue;
    const port = INDEXED.exec(name)?.[1] ?? APP_WIDE;
    let group = byPort[port];
    if (group === undefined) {
      group = {};
      byPort[port] = group;
    }
    group[name] = app.labels[name] ?? '';
  }
  return byPort;
}

/** Whether there is something else to go on with than what the app says now. */
export function hasLastGood(discovery: Discovery, labels: LabelMemory, place: Place, groups?: Groups): boolean {
  const good = labels[place.appId];
  const lead = groups?.get(place.appId)?.[0];
  const app = discovery.apps.find((one) => one.id === (lead ?? place.appId));
  if (good === undefined || app === undefined) return false;
  const now = labelsByPort(app);
  const isWhole = place.portIndex === undefined;
  // Which colour it is stands in the labels of the whole app.
  if (isWhole && lead !== undefined) return false;
  // What never was good is nothing to go back to.
  const needed = isWhole ? APP_WIDE : String(place.portIndex);
  if (good[needed] === undefined || Object.keys(good).length < (isWhole ? 2 : 1)) return false;
  const ports = isWhole ? Object.keys({ ...good, ...now }) : [needed];
  return ports.some((port) => JSON.stringify(sorted(good[port])) !== JSON.stringify(sorted(now[port])));
}

const sorted = (labels: Readonly<Record<string, string>> = {}): [string, string][] => Object.entries(labels).sort();

/** The same answer with good labels put back at these places. */
export function withLastGood(
  discovery: Discovery,
  labels: LabelMemory,
  places: readonly Place[],
  groups?: Groups,
): Discovery {
  if (places.length === 0) return discovery;
  const byApp = Map.groupBy(places, (place) => groups?.get(place.appId)?.[0] ?? place.appId);
  const apps = discovery.apps.map((app) => {
    const wanted = Map.groupBy(byApp.get(app.id) ?? [], (place) => place.appId);
    let now = app;
    for (const [id, its] of wanted) {
      const good = labels[id];
      if (good !== undefined) now = { ...now, labels: patched(now, good, its) };
    }
    return now;
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
  { services: served, groups }: Pick<BalancerModel, 'services' | 'groups'>,
  bad: ReadonlySet<string>,
  before: LabelMemory,
): LabelMemory {
  const servedPorts = new Map<string, Set<number>>();
  for (const { appId, portIndex } of served) {
    const ports = servedPorts.get(appId);
    if (ports === undefined) servedPorts.set(appId, new Set([portIndex]));
    else ports.add(portIndex);
  }
  const faulty = new Set([...bad].map((key) => key.slice(0, key.lastIndexOf('#'))));
  const after: Record<string, Record<string, Record<string, string>>> = {};
  const keep = (id: string, app: DiscoveredApp, ports: ReadonlySet<number>): void => {
    const isFaulty = faulty.has(id);
    if (ports.size === 0 && !isFaulty) return;
    const now = labelsByPort(app);
    const good: Record<string, Record<string, string>> = isFaulty ? { ...before[id] } : {};
    if (ports.size > 0 && !(isFaulty && bad.has(placeKey({ appId: id })))) good[APP_WIDE] = now[APP_WIDE] ?? {};
    for (const portIndex of ports) {
      if (!(isFaulty && bad.has(placeKey({ appId: id, portIndex })))) good[portIndex] = now[portIndex] ?? {};
    }
    after[id] = good;
  };
  const groupOf = new Map<string, string>();
  for (const [group, members] of groups ?? []) for (const member of members) groupOf.set(member, group);
  for (const app of discovery.apps) {
    const group = groupOf.get(app.id);
    const ports = servedPorts.get(group ?? app.id) ?? NO_PORTS;
    const leads = group !== undefined && groups?.get(group)?.[0] === app.id;
    if (leads) keep(group, app, ports);
    if (group === undefined || group === app.id) keep(app.id, app, ports);
    // A colour by itself: what it says of the deployment counts though it may not lead.
    else if (faulty.has(app.id)) after[app.id] = before[app.id] ?? {};
    else if (ports.size > 0) {
      const now = labelsByPort(app);
      const isAsked = leads && faulty.has(group);
      after[app.id] = isAsked ? { ...before[app.id], [APP_WIDE]: now[APP_WIDE] ?? {} } : now;
    }
  }
  return after;
}

const NO_PORTS: ReadonlySet<number> = new Set();

/** Places that the model or the rendering left out. */
export function leftOut(problems: readonly Problem[]): Place[] {
  return problems
    .filter((problem) => problem.effect === 'left-out')
    .map(({ appId, portIndex }) => ({ appId, portIndex }));
}
