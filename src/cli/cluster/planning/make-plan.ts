// From what was asked for and what there was to the plan of a local cluster.
import { createHash } from 'node:crypto';
import { waysOf } from '../chaos/ways.ts';
import { type AgentPlan, type ClusterPlan, type Endpoint, PLAN_VERSION, type ZooKeeperPlan } from '../plan.ts';
import { Ports } from './ports.ts';
import { type SizeWishes, sizesOf } from './sizes.ts';

/** Where all but the agents listen. */
const LOOPBACK = '127.0.0.1';

/** What there is to share out. */
export interface Machine {
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
}

/** What was asked for, beside what the machine has. */
export interface PlanQuestion extends SizeWishes {
  readonly name: string;
  /** Tells clusters of one name in different places apart. */
  readonly directory: string;
  readonly existing: ClusterPlan | undefined;
  readonly portBase: number | undefined;
  readonly masterFlags: readonly string[] | undefined;
  readonly agentFlags: readonly string[] | undefined;
  readonly marathonFlags: readonly string[] | undefined;
  readonly chronosFlags: readonly string[] | undefined;
  readonly machine: Machine;
  readonly isFree: (endpoint: Endpoint) => Promise<boolean>;
  /** Port ranges that other clusters of this machine give to their tasks. */
  readonly taskPortsInUse: readonly (readonly [number, number])[];
}

/** Throws Problem: `usage` for impossible wishes, `conflict` when a demanded port is taken, and as `sizesOf`. */
export async function makePlan(question: PlanQuestion): Promise<ClusterPlan> {
  const { existing } = question;
  const sizes = sizesOf(question.name, question, existing);
  const portBase = question.portBase ?? existing?.portBase;
  const ports = new Ports(portBase, question.isFree, { isNew: question.portBase !== undefined });
  const plan = {
    version: PLAN_VERSION,
    name: question.name,
    masters: await candidates(ports, 'master', sizes.masters, existing?.masters),
    agents: await planAgents(question, ports, sizes.agents),
    marathons: await candidates(ports, 'marathon', sizes.marathons, existing?.marathons),
    chronoses: await candidates(ports, 'chronos', sizes.chronoses, existing?.chronoses),
    zookeepers: await planZooKeepers(ports, sizes.zookeepers, existing?.zookeepers),
    switchboard: null,
    ...(portBase !== undefined && { portBase }),
    masterFlags: question.masterFlags ?? existing?.masterFlags ?? [],
    agentFlags: question.agentFlags ?? existing?.agentFlags ?? [],
    marathonFlags: question.marathonFlags ?? existing?.marathonFlags ?? [],
    chronosFlags: question.chronosFlags ?? existing?.chronosFlags ?? [],
  };
  if (!sizes.chaos) return plan;
  const endpoints = (firstPort: number): readonly Endpoint[] =>
    waysOf({ ...plan, switchboard: { firstPort } }).endpoints;
  const firstPort = await ports.switchboard(endpoints, existing?.switchboard?.firstPort);
  return { ...plan, switchboard: { firstPort } };
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

async function candidates(
  ports: Ports,
  kind: 'master' | 'marathon' | 'chronos',
  count: number,
  before: readonly Endpoint[] = [],
): Promise<Endpoint[]> {
  const planned: Endpoint[] = [];
  for (let number = 1; number <= count; number += 1) {
    planned.push({ ip: LOOPBACK, port: await ports.next(kind, LOOPBACK, number, before[number - 1]?.port) });
  }
  return planned;
}

async function planZooKeepers(
  ports: Ports,
  count: number,
  before: readonly ZooKeeperPlan[] = [],
): Promise<ZooKeeperPlan[]> {
  const planned: ZooKeeperPlan[] = [];
  for (let number = 1; number <= count; number += 1) {
    const was = before[number - 1];
    planned.push({
      ip: LOOPBACK,
      port: await ports.next('zookeeper', LOOPBACK, number, was?.port),
      peerPort: await ports.next('zookeeperPeer', LOOPBACK, number, was?.peerPort),
      electionPort: await ports.next('zookeeperElection', LOOPBACK, number, was?.electionPort),
    });
  }
  return planned;
}

async function planAgents(question: PlanQuestion, ports: Ports, count: number): Promise<AgentPlan[]> {
  const { existing, machine } = question;
  const kept = (existing?.agents ?? []).slice(0, count);
  const agents: AgentPlan[] = [];
  for (const agent of kept) {
    agents.push({ ...agent, port: await ports.next('agent', agent.ip, agent.number, agent.port) });
  }
  const width = Math.max(10, Math.min(100, Math.floor(1600 / Math.max(1, count))));
  let nextTaskPort = (kept.at(-1)?.taskPorts[1] ?? ports.firstTaskPort(question.taskPortsInUse, width * count) - 1) + 1;
  for (let number = kept.length + 1; number <= count; number += 1) {
    const ip = `127.0.0.${1 + number}`;
    agents.push({
      number,
      ip,
      port: await ports.next('agent', ip, number),
      cpus: Math.floor((machine.cpus / count) * 1000) / 1000,
      memMb: Math.floor(machine.memMb / count),
      diskMb: Math.floor(machine.diskMb / count),
      taskPorts: [nextTaskPort, nextTaskPort + width - 1],
      cgroupsRoot: `mctl-${shortHash(question.directory)}-agent-${number}`,
    });
    nextTaskPort += width;
  }
  return agents;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
