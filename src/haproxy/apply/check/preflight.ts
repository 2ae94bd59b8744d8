// What `haproxy -c` does not see and a reload would stumble over, with every listener paused meanwhile (haproxy.md 10.6, 23.1,
// 23.2): ports bound twice, ports that others hold, addresses that are not here, too few descriptors, maps that lead nowhere.
import { NetError } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { readConfig } from '../../plan/config-text.ts';
import type { Rendered } from '../../render/rendered.ts';
import { type Bind, bindKey, readBinds } from './binds.ts';
import { configuredMaxConnections, descriptorLimit, neededDescriptors } from './descriptors.ts';
import { listeningInodes, processesNamed, socketInodes } from './holders.ts';
import { remedyFor } from './remedies.ts';

/** Ports below need a privilege that we may lack and HAProxy may have. */
const FIRST_FREE_PORT = 1024;

/** `faults` by service; `refusal`: nobody's fault but of the whole. */
export interface PreflightResult {
  readonly faults: ReadonlyMap<string, string>;
  readonly refusal?: string;
  readonly warnings: readonly string[];
}

/** What runs already. */
export interface Owned {
  /** There is no HAProxy: whatever is taken is somebody else's. */
  readonly isDown: boolean;
  /** Processes of the running HAProxy. */
  readonly pids: readonly number[];
  /** Binds of the config that it is believed to run with, by `bindKey`. */
  readonly binds: ReadonlySet<string>;
  /** It is known to run with that config, so these are all. */
  readonly isComplete: boolean;
}

/** Looks; changes nothing but for listening on new ports for a moment, unless `triesPorts` is false. */
export async function preflight(
  world: Pick<World, 'net' | 'disk' | 'host'>,
  rendered: Rendered,
  owned: Owned,
  triesPorts = true,
): Promise<PreflightResult> {
  const binds = readBinds(rendered.config);
  const faults = new Map<string, string>();
  const strangers: string[] = [];
  const blame = ({ line }: Bind, what: string): void => {
    const service = rendered.ranges.find(({ from, to }) => from <= line && line <= to)?.service;
    if (service === undefined) strangers.push(`${what}; ${remedyFor(rendered.config, line)}`);
    else if (!faults.has(service)) faults.set(service, what);
  };
  const seen = new Set<string>();
  const fresh: Bind[] = [];
  for (const bind of binds) {
    const key = bindKey(bind);
    if (seen.has(key)) blame(bind, `${key} is bound twice: connections would go to either at random`);
    else if (!owned.binds.has(key)) fresh.push(bind);
    seen.add(key);
  }
  for (const [bind, what] of triesPorts ? await unbindable(world, fresh, owned) : []) blame(bind, what);
  const refusal = strangers[0] ?? (await tooFewDescriptors(world, rendered, owned, binds.length));
  return { faults, ...(refusal !== undefined && { refusal }), warnings: mapWarnings(rendered) };
}

async function unbindable(
  world: Pick<World, 'net' | 'disk' | 'host'>,
  binds: readonly Bind[],
  owned: Owned,
): Promise<[Bind, string][]> {
  const found: [Bind, string][] = [];
  const taken: Bind[] = [];
  for (const bind of binds) {
    const error = await tryToBind(world, bind);
    if (error === undefined) continue;
    if (error.code === 'in-use') taken.push(bind);
    else if (error.code === 'unresolved') found.push([bind, `${bindKey(bind)} cannot be bound: ${error.message}`]);
    else if (error.code === 'forbidden' && (world.host.isRoot || bind.port >= FIRST_FREE_PORT)) {
      found.push([bind, `${bind.address} is no address of this machine: ${bindKey(bind)} cannot be bound`]);
    }
  }
  const ports = new Set([...owned.binds].map(portOf));
  // To look through the sockets of a HAProxy with thousands of listeners takes its time.
  const [others, unclear] = owned.isComplete && !owned.isDown ? split(taken, ports) : [[], taken];
  found.push(...others.map((bind): [Bind, string] => [bind, heldByOther(bind)]));
  if (unclear.length === 0) return found;
  const pids = owned.pids.length > 0 || owned.isDown ? owned.pids : await processesNamed(world, 'haproxy');
  const [listening, own] = [await listeningInodes(world), await socketInodes(world, pids)];
  // It may well be HAProxy itself; nobody is left out on a guess.
  if (own === undefined && !owned.isDown) return found;
  for (const bind of unclear) {
    const holders = listening.get(bind.port) ?? new Set();
    if ([...holders].some((inode) => own?.has(inode) === true)) continue;
    found.push([bind, heldByOther(bind)]);
  }
  return found;
}

const heldByOther = (bind: Bind): string => `${bindKey(bind)} is held by another process than HAProxy`;

const portOf = (key: string): number => Number(key.slice(key.lastIndexOf(':') + 1));

/** Those that HAProxy has no port for, and those whose port it may have at another address. */
function split(taken: readonly Bind[], ports: ReadonlySet<number>): [others: Bind[], unclear: Bind[]] {
  return [taken.filter(({ port }) => !ports.has(port)), taken.filter(({ port }) => ports.has(port))];
}

async function tryToBind(world: Pick<World, 'net'>, { address, port }: Bind): Promise<NetError | undefined> {
  try {
    const host = address === '*' ? '0.0.0.0' : address;
    const listener = await world.net.listen({ host, port, handler: () => ({ status: 503 }) });
    await listener.close();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof NetError)) throw cause;
    return cause;
  }
}

async function tooFewDescriptors(
  world: Pick<World, 'disk'>,
  { config }: Rendered,
  { pids }: Owned,
  listeners: number,
): Promise<string | undefined> {
  const sections = readConfig(config);
  const maxConnections = configuredMaxConnections(sections);
  if (maxConnections === undefined) return undefined;
  const limit = await descriptorLimit(world, pids[0]);
  const needed = neededDescriptors(maxConnections, listeners, sections);
  if (limit === undefined || needed <= limit) return undefined;
  return `HAProxy needs ${needed} descriptors for maxconn ${maxConnections} and may have ${limit}: raise the limit (LimitNOFILE, ulimit -n) or lower maxconn`;
}

function mapWarnings({ config, maps }: Rendered): string[] {
  const found = Object.entries(maps).filter(([file]) => file.endsWith('.map'));
  const lines = found.flatMap(([file, text]) => text.split('\n').map((line) => ({ file, line })));
  const entries = lines.filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  if (entries.length === 0) return [];
  const backends = new Set(
    readConfig(config).flatMap(({ kind, name }) => (kind === 'backend' || kind === 'listen' ? [name] : [])),
  );
  return entries.flatMap(({ file, line }) => {
    const [key, backend = ''] = line.trim().split(/\s+/);
    return backends.has(backend)
      ? []
      : [`${file}: ${key} leads to ${backend}, which is no backend: it will answer 503`];
  });
}
