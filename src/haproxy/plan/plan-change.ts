// What it takes to bring the running HAProxy to a new file: nothing, a few commands, or a reload (haproxy.md 11.1 to 11.5,
// 11.9). Pure. Files are compared as text, so it holds for every template, and what runs is compared with what is wanted, so
// that changes by other hands and commands that were missed heal as well.
import { canBeNamed, isPlainWord, type RuntimeCommand } from '../runtime/command-text.ts';
import type { RunningServer } from '../runtime/servers-state.ts';
import { addressOf, readConfig, type Section, type ServerLine, wordsOf } from './config-text.ts';
import { whatDiffers } from './what-differs.ts';

/** A file and what it reads at start. */
export interface Files {
  readonly config: string;
  readonly maps: Readonly<Record<string, string>>;
}

/** A server that is in no file any more and waits for its connections to end. */
export interface Leftover {
  readonly backend: string;
  readonly server: string;
}

/** `leftovers` may be deleted whenever they let go. */
export type Plan =
  | { readonly kind: 'nothing'; readonly leftovers: readonly Leftover[] }
  | { readonly kind: 'runtime'; readonly commands: readonly RuntimeCommand[]; readonly leftovers: readonly Leftover[] }
  | { readonly kind: 'reload'; readonly why: string };

/** Above this a reload is cheaper, each command being a connection of its own. */
const MAX_COMMANDS = 500;

/**
 * @param previous what the running process has loaded (or was brought to); undefined when that is not known
 * @param running servers of the running process; undefined when it cannot be asked
 */
export function planChange(
  previous: Files | undefined,
  next: Files,
  running: readonly RunningServer[] | undefined,
): Plan {
  if (previous === undefined) return reload('it is not known what the running HAProxy has loaded');
  const before = readConfig(previous.config);
  const after = previous.config === next.config ? before : readConfig(next.config);
  const difference = whatDiffers(before, after) ?? mapDifference(previous, next);
  if (difference !== undefined) return reload(difference);
  if (running === undefined) {
    return previous.config === next.config
      ? { kind: 'nothing', leftovers: [] }
      : reload('the running HAProxy cannot be changed while it runs');
  }
  return planServers(before, after, running);
}

const reload = (why: string): Plan => ({ kind: 'reload', why });

function mapDifference(previous: Files, next: Files): string | undefined {
  const names = new Set([...Object.keys(previous.maps), ...Object.keys(next.maps)]);
  const changed = [...names].find((name) => (previous.maps[name] ?? '') !== (next.maps[name] ?? ''));
  return changed === undefined ? undefined : `${changed} has changed`;
}

/** Commands by the order in which they are sent: what serves comes before what goes. */
interface Steps {
  readonly replacements: RuntimeCommand[];
  readonly arrivals: RuntimeCommand[];
  readonly departures: RuntimeCommand[];
  readonly leftovers: Leftover[];
}

/** Same skeletons: the sections of both files are the same ones in the same order. */
function planServers(before: readonly Section[], after: readonly Section[], running: readonly RunningServer[]): Plan {
  const steps: Steps = { replacements: [], arrivals: [], departures: [], leftovers: [] };
  const runningByBackend = byBackend(running);
  const inheritsOptions = after.some((section) => section.kind === 'defaults' && hasDefaultServer(section));
  const known = new Set(after.map((section) => section.name));
  for (const backend of runningByBackend.keys()) {
    if (!known.has(backend)) return reload(`the running HAProxy has a backend ${backend}, the file has not`);
  }
  for (const [index, section] of after.entries()) {
    if (section.kind !== 'backend' || section.lines.some((line) => line.startsWith('server-template '))) continue;
    const actual = runningByBackend.get(section.name) ?? NO_SERVERS;
    const why = planBackend(before[index]?.servers ?? new Map(), section, actual, inheritsOptions, steps);
    if (why !== undefined) return reload(why);
  }
  const commands = [...steps.replacements, ...steps.arrivals, ...steps.departures];
  if (commands.length > MAX_COMMANDS) return reload(`${commands.length} servers differ`);
  const { leftovers } = steps;
  return commands.length === 0 ? { kind: 'nothing', leftovers } : { kind: 'runtime', commands, leftovers };
}

const NO_SERVERS: ReadonlyMap<string, RunningServer> = new Map();

/** Those of a backend follow each other in HAProxy's answer. */
function byBackend(running: readonly RunningServer[]): Map<string, Map<string, RunningServer>> {
  const found = new Map<string, Map<string, RunningServer>>();
  let backend: string | undefined;
  let servers = new Map<string, RunningServer>();
  for (const server of running) {
    if (server.backend !== backend) {
      backend = server.backend;
      servers = found.get(backend) ?? new Map();
      found.set(backend, servers);
    }
    servers.set(server.name, server);
  }
  return found;
}

/** Fills `steps`; says why it takes a reload when it does. */
function planBackend(
  before: ReadonlyMap<string, ServerLine>,
  section: Section,
  actual: ReadonlyMap<string, RunningServer>,
  inheritsOptions: boolean,
  steps: Steps,
): string | undefined {
  const backend = section.name;
  for (const wanted of section.servers.values()) {
    const server = wanted.name;
    const what = (): string => `server ${server} of backend ${backend}`;
    const was = before.get(server);
    if (was !== undefined && was.rest !== wanted.rest) return `${what()} has other options`;
    const now = actual.get(server);
    if (now !== undefined && was !== undefined) {
      const why = bringTo(wanted, now, backend, steps);
      if (why !== undefined) return `${what()} ${why}`;
      continue;
    }
    const obstacle = inheritsOptions ? 'defaults have options for servers' : obstacleToAdding(section, wanted);
    if (obstacle !== undefined) return `${what()} cannot be added while HAProxy runs: ${obstacle}`;
    const { isDisabled } = wanted;
    const add: RuntimeCommand = { kind: 'add', backend, server, words: wordsOf(wanted), isDisabled };
    // What is left of an earlier server of this name may have other options.
    if (now === undefined) steps.arrivals.push(add);
    else steps.replacements.push({ kind: 'remove', backend, server }, add);
  }
  for (const server of actual.values()) {
    if (section.servers.has(server.name)) continue;
    if (!canBeNamed(backend, server.name)) return `server ${server.name} of backend ${backend} cannot be named`;
    if (before.has(server.name) || !server.isInMaintenance) {
      steps.departures.push({ kind: 'remove', backend, server: server.name });
    } else {
      steps.leftovers.push({ backend, server: server.name });
    }
  }
  return undefined;
}

function bringTo(wanted: ServerLine, now: RunningServer, backend: string, steps: Steps): string | undefined {
  const isPlainlyThere = wanted.rest.startsWith(`${now.address}:${now.port} `);
  const place = isPlainlyThere ? undefined : addressOf(wanted);
  if (place !== undefined && (now.port !== place.port || !isSameAddress(now.address, place.address))) {
    return `runs with another address, ${now.address}:${now.port}`;
  }
  const server = wanted.name;
  const isWronglyDown = !wanted.isDisabled && (now.isInMaintenance || now.isDrained);
  const isWronglyUp = wanted.isDisabled && !now.isInMaintenance;
  const hasOtherWeight = now.weight !== now.initialWeight;
  if (!(isWronglyDown || isWronglyUp || hasOtherWeight)) return undefined;
  if (!canBeNamed(backend, server)) return 'differs and cannot be named in a command';
  if (isWronglyDown) steps.arrivals.push({ kind: 'ready', backend, server });
  if (isWronglyUp) steps.departures.push({ kind: 'maint', backend, server });
  if (hasOtherWeight) steps.arrivals.push({ kind: 'weight', backend, server, weight: now.initialWeight });
  return undefined;
}

/** IPv6 has many spellings; IPv4 one. */
function isSameAddress(one: string, other: string): boolean {
  return one === other || (one.includes(':') && other.includes(':'));
}

const STATIC_BALANCE = /^balance\s+(static-rr|source|uri|url_param|hdr|rdp-cookie|hash)/;

/** Why a server cannot be added while HAProxy runs (haproxy.md 11.4). */
export function obstacleToAdding(section: Section, server: ServerLine): string | undefined {
  const words = wordsOf(server);
  if (words.includes('cookie')) return 'it has a cookie';
  if (hasDefaultServer(section)) return 'the backend has options for servers';
  if (section.lines.some((line) => STATIC_BALANCE.test(line)) && !section.lines.includes('hash-type consistent')) {
    return 'the balance algorithm is not a dynamic one';
  }
  if (addressOf(server) === undefined) return 'its address is no IP address with a port';
  if (!canBeNamed(section.name, server.name)) return 'it cannot be named in a command';
  const odd = words.find((word) => !isPlainWord(word));
  return odd === undefined ? undefined : `${odd} cannot be said in a command`;
}

/** Options of a section that servers of the file take over, and servers that are added later do not. */
export const hasDefaultServer = (section: Section): boolean =>
  section.lines.some((line) => line.startsWith('default-server '));
