// What the members of a local cluster say about themselves when asked, each for itself: who leads, who is registered, who
// serves. Members that are paused are not asked: they would only be waited for.
import { ApiError, MasterClient } from '../../client/operator.ts';
import { type Net, NetError } from '../../world/net.ts';
import { type Cut, Cuts } from './chaos/cuts.ts';
import type { ClusterPaths } from './layout.ts';
import { stateOf } from './process-identity.ts';
import { isSupervised, type Running, type RunningDaemon, survivors } from './running.ts';
import { askMode, type ZooKeeperMode } from './zookeeper/ask.ts';

/** What a leading master says about its agents: `host:port` → id of those registered and active. */
export type RegisteredAgents = ReadonlyMap<string, string>;

/** All by the names of the members; who did not answer is missing. */
export interface Observation {
  /** Whether each leads. */
  readonly masters: ReadonlyMap<string, boolean>;
  /** Undefined while no leading master answers. */
  readonly registered: RegisteredAgents | undefined;
  /** Those that serve, themselves or through the leader, and the `host:port` that each takes for the leader. */
  readonly marathons: ReadonlyMap<string, string | undefined>;
  /** As `marathons`. */
  readonly chronoses: ReadonlyMap<string, string | undefined>;
  readonly zookeepers: ReadonlyMap<string, ZooKeeperMode>;
  readonly paused: ReadonlySet<string>;
  readonly cuts: readonly Cut[];
}

/** Of the daemons that the record says run, whether or not they have a supervisor. */
export async function observe(
  net: Net,
  paths: ClusterPaths,
  running: Running | undefined,
  timeoutMs: number,
): Promise<Observation> {
  const isThere = running !== undefined && (isSupervised(running) || survivors(running).length > 0);
  const daemons = isThere ? running.daemons : [];
  const paused = new Set(daemons.filter(({ process }) => process && stateOf(process) === 'paused').map(nameOf));
  const awake = daemons.filter(({ name, process }) => process !== undefined && !paused.has(name));
  const ofKind = (kind: RunningDaemon['kind']): RunningDaemon[] => awake.filter((daemon) => daemon.kind === kind);
  const [{ masters, registered }, marathons, chronoses, zookeepers] = await Promise.all([
    observeMasters(net, ofKind('master'), timeoutMs),
    answersOf(ofKind('marathon'), ({ url }) => leaderByMarathon(net, url, timeoutMs)),
    answersOf(ofKind('chronos'), ({ url }) => leaderByChronos(net, url, timeoutMs)),
    answersOf(ofKind('zookeeper'), ({ url }) => askMode(endpointOf(url), timeoutMs)),
  ]);
  return {
    masters,
    registered,
    marathons: new Map([...marathons].map(([name, { leader }]) => [name, leader])),
    chronoses: new Map([...chronoses].map(([name, { leader }]) => [name, leader])),
    zookeepers,
    paused,
    cuts: isThere ? new Cuts(paths.switchboard.cuts).all : [],
  };
}

async function observeMasters(
  net: Net,
  masters: readonly RunningDaemon[],
  timeoutMs: number,
): Promise<Pick<Observation, 'masters' | 'registered'>> {
  const claims = await answersOf(masters, ({ url }) => claimsToLead(net, url, timeoutMs));
  for (const { name, url } of masters) {
    if (claims.get(name) !== true) continue;
    const registered = await registeredAgents(new MasterClient({ net, addresses: [url], timeoutMs }));
    if (registered !== undefined) return { masters: claims, registered };
  }
  return { masters: claims, registered: undefined };
}

/** Undefined when it does not answer. A standby knows of no agents, so the gauge alone says whether it leads. */
async function claimsToLead(net: Pick<Net, 'request'>, url: string, timeoutMs: number): Promise<boolean | undefined> {
  const metrics = await getObject(net, `${url}/metrics/snapshot`, timeoutMs);
  return metrics && metrics['master/elected'] === 1;
}

async function registeredAgents(master: MasterClient): Promise<RegisteredAgents | undefined> {
  try {
    const { agents = [] } = await master.getAgents();
    return new Map(
      agents
        .filter((agent) => agent.active)
        .map((agent) => [
          `${agent.agent_info.hostname}:${agent.agent_info.port ?? 5051}`,
          agent.agent_info.id?.value ?? '',
        ]),
    );
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Undefined while it does not serve, or its leader has not registered with the master. */
async function leaderByMarathon(
  net: Pick<Net, 'request'>,
  url: string,
  timeoutMs: number,
): Promise<{ readonly leader: string | undefined } | undefined> {
  const info = await getObject(net, `${url}/v2/info`, timeoutMs);
  if (info === undefined || typeof info.frameworkId !== 'string') return undefined;
  return { leader: typeof info.leader === 'string' ? info.leader : undefined };
}

/** As `leaderByMarathon`. */
async function leaderByChronos(
  net: Pick<Net, 'request'>,
  url: string,
  timeoutMs: number,
): Promise<{ readonly leader: string | undefined } | undefined> {
  const health = await getObject(net, `${url}/v1/scheduler/health`, timeoutMs);
  if (health === undefined || health.healthy !== true) return undefined;
  return { leader: typeof health.leader === 'string' ? health.leader : undefined };
}

async function getObject(
  net: Pick<Net, 'request'>,
  url: string,
  timeoutMs: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { status, body } = await net.request({ method: 'GET', url, timeoutMs });
    if (status !== 200) return undefined;
    const content: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof content === 'object' && content !== null ? { ...content } : undefined;
  } catch (error) {
    if (error instanceof NetError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function answersOf<T>(
  daemons: readonly RunningDaemon[],
  ask: (daemon: RunningDaemon) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const answers = await Promise.all(daemons.map(ask));
  return new Map(
    daemons.flatMap(({ name }, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : [[name, answer] as const];
    }),
  );
}

/** Of `zk://host:port`. */
function endpointOf(url: string): { readonly ip: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { ip: hostname, port: Number(port) };
}

const nameOf = ({ name }: RunningDaemon): string => name;
