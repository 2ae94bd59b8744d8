// The plan of a local cluster: which daemon listens where and with which share of the machine. Made once (planning/) and
// kept: an agent that comes back with other resources or another address would not be the same agent
// (mesos-semantics.md 8.7). Here: its shape, its file, and the names and addresses that follow from it.
import { hasMembers, readWhole, writeVersioned } from '../versioned-file.ts';

/** 1 had one master and at most one Marathon. */
export const PLAN_VERSION = 2;

/** Where a daemon listens. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** One agent: its address and its share of the machine. */
export interface AgentPlan extends Endpoint {
  /** 1, 2, …; listens on 127.0.0.(1 + number). */
  readonly number: number;
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
  /** First and last port for its tasks. */
  readonly taskPorts: readonly [number, number];
  /** Top directory in each cgroup hierarchy. */
  readonly cgroupsRoot: string;
}

/** One ZooKeeper; `port` is for clients. Of one alone the others are not used. */
export interface ZooKeeperPlan extends Endpoint {
  readonly peerPort: number;
  readonly electionPort: number;
}

/** Addresses and first port of the switchboard's ways (chaos/ways.ts). */
export interface SwitchboardPorts {
  readonly firstPort: number;
}

/** As kept in the cluster's directory; `version` is the file's format. */
export interface ClusterPlan {
  readonly version: number;
  readonly name: string;
  readonly masters: readonly Endpoint[];
  readonly agents: readonly AgentPlan[];
  readonly marathons: readonly Endpoint[];
  /** Absent: of the time before there was any; it gets one. */
  readonly chronoses?: readonly Endpoint[] | undefined;
  /** Empty: one master and one Marathon on state of their own. */
  readonly zookeepers: readonly ZooKeeperPlan[];
  /** null: members cannot be cut off from each other. */
  readonly switchboard: SwitchboardPorts | null;
  /** The last --port-base: members that are added later get ports after it, too. */
  readonly portBase?: number | undefined;
  /** More flags for the daemons, as given. */
  readonly masterFlags: readonly string[];
  readonly agentFlags: readonly string[];
  readonly marathonFlags: readonly string[];
  readonly chronosFlags?: readonly string[] | undefined;
}

/** `master` when it is the only one, else `master-1`, …: names of masters and frameworks, from 0. */
export function memberName(kind: 'master' | 'marathon' | 'chronos', index: number, count: number): string {
  return count === 1 ? kind : `${kind}-${index + 1}`;
}

/** `agent-1` */
export const agentName = ({ number }: Pick<AgentPlan, 'number'>): string => `agent-${number}`;

/** `zookeeper-1`, from 0. */
export const zooKeeperName = (index: number): string => `zookeeper-${index + 1}`;

/** A member as others reach it. */
export interface PlannedMember {
  readonly name: string;
  readonly endpoint: Endpoint;
}

/** Everybody that can be killed, paused and cut off, in the order of `mctl cluster status`. */
export function plannedMembers(plan: ClusterPlan): PlannedMember[] {
  const { masters, agents, marathons, zookeepers, chronoses = [] } = plan;
  return [
    ...masters.map((endpoint, index) => ({ name: memberName('master', index, masters.length), endpoint })),
    ...marathons.map((endpoint, index) => ({ name: memberName('marathon', index, marathons.length), endpoint })),
    ...zookeepers.map((endpoint, index) => ({ name: zooKeeperName(index), endpoint })),
    ...agents.map((endpoint) => ({ name: agentName(endpoint), endpoint })),
    ...chronoses.map((endpoint, index) => ({ name: memberName('chronos', index, chronoses.length), endpoint })),
  ];
}

/** Below which paths masters and frameworks are elected. */
const ELECTION_PATHS = { masters: '/mesos', marathons: '/marathon', chronoses: '/chronos' } as const;

/**
 * `zk://…/mesos`, `zk://…/marathon` or `zk://…/chronos`, by `servers` or as anybody reaches them; undefined for a cluster without ZooKeeper.
 */
export function electionUrl(
  plan: ClusterPlan,
  whose: keyof typeof ELECTION_PATHS,
  servers: readonly Endpoint[] = plan.zookeepers,
): string | undefined {
  return servers.length === 0 ? undefined : `${ensembleUrl(servers)}${ELECTION_PATHS[whose]}`;
}

/** `zk://host:port,…` */
export function ensembleUrl(servers: readonly Endpoint[]): string {
  return `zk://${servers.map(({ ip, port }) => `${ip}:${port}`).join(',')}`;
}

/** Undefined when there is none. Throws Problem when a newer mctl wrote it or it cannot be read. */
export function readPlan(path: string): ClusterPlan | undefined {
  const content = readWhole<ClusterPlan | FirstPlan>(path, PLAN_VERSION, isPlan);
  return content === undefined || isCurrent(content) ? content : fromFirst(content);
}

/** Replaces the file as a whole. */
export function writePlan(path: string, plan: ClusterPlan): void {
  writeVersioned(path, plan);
}

/** Version 1. */
interface FirstPlan extends Pick<ClusterPlan, 'name' | 'agents' | 'masterFlags' | 'agentFlags'> {
  readonly version: 1;
  readonly master: Endpoint;
  /** null: the cluster has none; absent in plans of the time before there was one, which get one. */
  readonly marathon?: Endpoint | null;
  readonly marathonFlags?: readonly string[];
}

function fromFirst({ name, master, agents, marathon, masterFlags, agentFlags, marathonFlags }: FirstPlan): ClusterPlan {
  return {
    version: PLAN_VERSION,
    name,
    masters: [master],
    agents,
    marathons: marathon === null ? [] : [marathon ?? { ip: '127.0.0.1', port: 8080 }],
    zookeepers: [],
    switchboard: null,
    masterFlags,
    agentFlags,
    marathonFlags: marathonFlags ?? [],
  };
}

function isCurrent(plan: ClusterPlan | FirstPlan): plan is ClusterPlan {
  return plan.version === PLAN_VERSION;
}

function isPlan(content: object): content is ClusterPlan | FirstPlan {
  const isWhole =
    hasMembers(content, { name: 'string', agents: 'array', masterFlags: 'array', agentFlags: 'array' }) &&
    all(content.agents, isAgentPlan);
  if (!isWhole) return false;
  return content.version === 1 ? isFirst(content) : isSecond(content);
}

function isFirst(content: object): boolean {
  return (
    hasMembers(content, { master: 'object' }) &&
    isEndpoint(content.master) &&
    (!('marathon' in content) || content.marathon === null || isEndpoint(content.marathon)) &&
    (!('marathonFlags' in content) || Array.isArray(content.marathonFlags))
  );
}

function isSecond(content: object): boolean {
  return (
    hasMembers(content, { masters: 'array', marathons: 'array', zookeepers: 'array', marathonFlags: 'array' }) &&
    all(content.masters, isEndpoint) &&
    all(content.marathons, isEndpoint) &&
    (!('chronoses' in content) || all(content.chronoses, isEndpoint)) &&
    (!('chronosFlags' in content) || Array.isArray(content.chronosFlags)) &&
    all(content.zookeepers, isZooKeeperPlan) &&
    (!('portBase' in content) || typeof content.portBase === 'number') &&
    'switchboard' in content &&
    (content.switchboard === null || hasMembers(content.switchboard, { firstPort: 'number' }))
  );
}

const all = (values: unknown, holds: (value: unknown) => boolean): boolean =>
  Array.isArray(values) && values.every(holds);

const isEndpoint = (value: unknown): boolean => hasMembers(value, { ip: 'string', port: 'number' });

const isZooKeeperPlan = (value: unknown): boolean =>
  isEndpoint(value) && hasMembers(value, { peerPort: 'number', electionPort: 'number' });

const isAgentPlan = (value: unknown): boolean =>
  isEndpoint(value) &&
  hasMembers(value, {
    number: 'number',
    cpus: 'number',
    memMb: 'number',
    diskMb: 'number',
    taskPorts: 'array',
    cgroupsRoot: 'string',
  });
