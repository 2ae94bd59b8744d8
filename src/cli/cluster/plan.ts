// The plan of a local cluster: which daemon listens where and with which share of the machine. Made once and kept: an agent
// that comes back with other resources or another address would not be the same agent (mesos-semantics.md 8.7).
import { createHash } from 'node:crypto';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { hasMembers, readWhole, writeVersioned } from '../versioned-file.ts';

const VERSION = 1;

/** The original's; another one is taken when it is in use. */
export const DEFAULT_MASTER_PORT = 5050;
const DEFAULT_MARATHON_PORT = 8080;
const DEFAULT_TASK_PORTS = 31_000;
const MAX_AGENTS = 100;

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

/** As kept in the cluster's directory; `version` is the file's format. */
export interface ClusterPlan {
  readonly version: number;
  readonly name: string;
  readonly master: Endpoint;
  readonly agents: readonly AgentPlan[];
  /** null: the cluster has none; absent in plans of the time before there was one. */
  readonly marathon?: Endpoint | null;
  /** More flags for the daemons, as given. */
  readonly masterFlags: readonly string[];
  readonly agentFlags: readonly string[];
  readonly marathonFlags?: readonly string[];
}

/** What there is to share out. */
export interface Machine {
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
}

/** What was asked for, beside what the machine has. */
export interface PlanQuestion {
  readonly name: string;
  /** Tells clusters of one name in different places apart. */
  readonly directory: string;
  readonly existing: ClusterPlan | undefined;
  /** Undefined: as many as there were, 2 at first. */
  readonly agents: number | undefined;
  readonly portBase: number | undefined;
  /** Undefined: as it was, with Marathon at first. */
  readonly marathon: boolean | undefined;
  readonly masterFlags: readonly string[] | undefined;
  readonly agentFlags: readonly string[] | undefined;
  readonly marathonFlags: readonly string[] | undefined;
  readonly machine: Machine;
  readonly isFree: (endpoint: Endpoint) => Promise<boolean>;
  /** Port ranges that other clusters of this machine give to their tasks. */
  readonly taskPortsInUse: readonly (readonly [number, number])[];
}

/** Throws Problem: `usage` for impossible wishes, `conflict` when a demanded port is taken. */
export async function makePlan(question: PlanQuestion): Promise<ClusterPlan> {
  const { existing, portBase, machine } = question;
  const count = question.agents ?? existing?.agents.length ?? 2;
  if (!Number.isInteger(count) || count < 0 || count > MAX_AGENTS) {
    throw new Problem(EXIT.usage, { what: `A local cluster has 0 to ${MAX_AGENTS} agents, not ${count}.` });
  }
  const master = await planMaster(question);
  const firstAgentPort = (portBase ?? DEFAULT_MASTER_PORT) + 1;
  const kept = (existing?.agents ?? []).slice(0, count);
  const agents: AgentPlan[] = [];
  for (const agent of kept) {
    const port = await freePort(question, agent.ip, portBase === undefined ? agent.port : firstAgentPort);
    agents.push({ ...agent, port });
  }
  const width = Math.max(10, Math.min(100, Math.floor(1600 / Math.max(1, count))));
  let nextTaskPort = (kept.at(-1)?.taskPorts[1] ?? firstTaskPort(question, width * count) - 1) + 1;
  for (let number = kept.length + 1; number <= count; number += 1) {
    const ip = `127.0.0.${1 + number}`;
    agents.push({
      number,
      ip,
      port: await freePort(question, ip, firstAgentPort),
      cpus: Math.floor((machine.cpus / count) * 1000) / 1000,
      memMb: Math.floor(machine.memMb / count),
      diskMb: Math.floor(machine.diskMb / count),
      taskPorts: [nextTaskPort, nextTaskPort + width - 1],
      cgroupsRoot: `mctl-${shortHash(question.directory)}-agent-${number}`,
    });
    nextTaskPort += width;
  }
  return {
    version: VERSION,
    name: question.name,
    master,
    agents,
    marathon: await planMarathon(question),
    masterFlags: question.masterFlags ?? existing?.masterFlags ?? [],
    agentFlags: question.agentFlags ?? existing?.agentFlags ?? [],
    marathonFlags: question.marathonFlags ?? existing?.marathonFlags ?? [],
  };
}

/** What the agents share: the original's own rule of what an agent takes of its machine (mesos-api.md 13). */
export function machineShare(cpus: number, memoryBytes: number, diskBytes: number): Machine {
  const memMb = memoryBytes / 1024 ** 2;
  const diskMb = diskBytes / 1024 ** 2;
  return {
    cpus,
    memMb: Math.floor(memMb >= 2048 ? memMb - 1024 : memMb / 2),
    diskMb: Math.floor(diskMb >= 10_240 ? diskMb - 5120 : diskMb / 2),
  };
}

/** Undefined when there is none. Throws Problem when a newer mctl wrote it or it cannot be read. */
export function readPlan(path: string): ClusterPlan | undefined {
  return readWhole(path, VERSION, isPlan);
}

function isPlan(content: object): content is ClusterPlan {
  return (
    hasMembers(content, {
      name: 'string',
      master: 'object',
      agents: 'array',
      masterFlags: 'array',
      agentFlags: 'array',
    }) &&
    (!('marathon' in content) || content.marathon === null || isEndpoint(content.marathon)) &&
    (!('marathonFlags' in content) || Array.isArray(content.marathonFlags)) &&
    isEndpoint(content.master) &&
    Array.isArray(content.agents) &&
    content.agents.every(isAgentPlan)
  );
}

const isEndpoint = (value: unknown): boolean => hasMembers(value, { ip: 'string', port: 'number' });

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

/** Replaces the file as a whole. */
export function writePlan(path: string, plan: ClusterPlan): void {
  writeVersioned(path, plan);
}

async function planMaster(question: PlanQuestion): Promise<Endpoint> {
  const { existing, portBase, isFree } = question;
  const ip = '127.0.0.1';
  if (portBase !== undefined) {
    if (!Number.isInteger(portBase) || portBase < 1 || portBase > 65_000) {
      throw new Problem(EXIT.usage, { what: `--port-base ${portBase} is no port.`, why: 'From 1 to 65000.' });
    }
    if (await isFree({ ip, port: portBase })) return { ip, port: portBase };
    throw new Problem(EXIT.conflict, {
      what: `Port ${portBase} of ${ip} is taken.`,
      why: 'Another program listens there.',
      next: 'Choose another --port-base, or leave it out to have one chosen.',
    });
  }
  return { ip, port: await freePort(question, ip, existing?.master.port ?? DEFAULT_MASTER_PORT, 10) };
}

async function planMarathon(question: PlanQuestion): Promise<Endpoint | null> {
  const { existing, portBase } = question;
  const isWanted = question.marathon ?? existing?.marathon !== null;
  if (!isWanted) return null;
  const ip = '127.0.0.1';
  const first = portBase === undefined ? (existing?.marathon?.port ?? DEFAULT_MARATHON_PORT) : portBase + 2;
  return { ip, port: await freePort(question, ip, first, portBase === undefined ? 10 : 1) };
}

async function freePort(question: PlanQuestion, ip: string, first: number, step = 1): Promise<number> {
  for (let port = first; port < first + 100 * step && port <= 65_535; port += step) {
    if (await question.isFree({ ip, port })) return port;
  }
  throw new Problem(EXIT.conflict, { what: `No port of ${ip} from ${first} on is free.`, next: 'Give a --port-base.' });
}

/** Where the tasks' ports begin: after the port base, or the original's 31000, or lower when a cluster beside has that. */
function firstTaskPort({ portBase, taskPortsInUse }: PlanQuestion, size: number): number {
  if (portBase !== undefined) return portBase + 100;
  for (let first = DEFAULT_TASK_PORTS; first > 10_000; first -= 2000) {
    if (taskPortsInUse.every(([from, to]) => first > to || first + size - 1 < from)) return first;
  }
  throw new Problem(EXIT.conflict, { what: 'No range of ports is left for tasks.', next: 'Give a --port-base.' });
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
