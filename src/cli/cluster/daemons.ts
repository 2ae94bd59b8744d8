// From the plan to the command lines of the daemons.
import { join } from 'node:path';
import { daemonCommand, moduleCommand } from '../program.ts';
import { waysOf } from './chaos/ways.ts';
import { type ClusterPaths, daemonDirectory } from './layout.ts';
import {
  type AgentPlan,
  agentName,
  type ClusterPlan,
  type Endpoint,
  electionUrl,
  ensembleUrl,
  memberName,
  zooKeeperName,
} from './plan.ts';
import type { MemberKind } from './running.ts';
import { zooKeeperCommand } from './zookeeper/files.ts';

/**
 * Here a leader that is lost must be noticed soon, and nobody's network is slow; the daemons' own default is 10 s. Between
 * 2 and 20 ticks of the ensemble (zookeeper/files.ts).
 */
export const SESSION_TIMEOUT_MS = 4000;

/** How one daemon is started. */
export interface DaemonSpec {
  /** `master`, `agent-1`, …: names its work dir and its logs. */
  readonly name: string;
  readonly kind: MemberKind;
  readonly url: string;
  readonly argv: readonly [string, ...string[]];
  /** More environment variables. */
  readonly env: Readonly<Record<string, string>>;
}

/** What the others need first, then masters, agents in the order of the plan, and what runs on them. */
export function daemonSpecs(paths: ClusterPaths, plan: ClusterPlan): DaemonSpec[] {
  const { masters, agents, marathons, chronoses = [], zookeepers, switchboard } = plan;
  return [
    ...(switchboard === null ? [] : [switchboardSpec(paths)]),
    ...zookeepers.map((server, index) => ({
      name: zooKeeperName(index),
      kind: 'zookeeper' as const,
      url: ensembleUrl([server]),
      argv: zooKeeperCommand(paths, index),
      env: {},
    })),
    ...masters.map((master, index) => masterSpec(paths, plan, memberName('master', index, masters.length), master)),
    ...agents.map((agent) => agentSpec(paths, plan, agent)),
    ...marathons.map((marathon, index) =>
      frameworkSpec(paths, plan, 'marathon', memberName('marathon', index, marathons.length), marathon),
    ),
    ...chronoses.map((chronos, index) =>
      frameworkSpec(paths, plan, 'chronos', memberName('chronos', index, chronoses.length), chronos),
    ),
  ];
}

function switchboardSpec(paths: ClusterPaths): DaemonSpec {
  const { plan, cuts, control } = paths.switchboard;
  return {
    name: 'switchboard',
    kind: 'switchboard',
    url: `unix:${control}`,
    argv: moduleCommand('cluster/chaos/switchboard-main', [plan, cuts, control]),
    env: {},
  };
}

function masterSpec(paths: ClusterPaths, plan: ClusterPlan, name: string, { ip, port }: Endpoint): DaemonSpec {
  const zk = electionUrl(plan, 'masters', waysOf(plan).zookeepers(name));
  return {
    name,
    kind: 'master',
    url: `http://${ip}:${port}`,
    argv: daemonCommand([
      'master',
      `--ip=${ip}`,
      `--port=${port}`,
      `--hostname=${ip}`,
      `--cluster=${plan.name}`,
      `--work-dir=${daemonDirectory(paths, name)}`,
      ...(zk === undefined ? [] : [`--zk=${zk}`, sessionTimeout('ms')]),
      `--log-dir=${join(paths.logs, name)}`,
      '--quiet',
      ...plan.masterFlags.map(asFlag),
    ]),
    env: wayOut(plan, name),
  };
}

function agentSpec(paths: ClusterPaths, plan: ClusterPlan, agent: AgentPlan): DaemonSpec {
  const name = agentName(agent);
  const directory = daemonDirectory(paths, name);
  const [firstPort, lastPort] = agent.taskPorts;
  return {
    name,
    kind: 'agent',
    url: `http://${agent.ip}:${agent.port}`,
    argv: daemonCommand([
      'agent',
      ...masterFlags(plan, name, 'ms'),
      `--ip=${agent.ip}`,
      `--port=${agent.port}`,
      `--hostname=${agent.ip}`,
      `--work-dir=${directory}`,
      `--runtime-dir=${join(directory, 'run')}`,
      `--fetcher-cache-dir=${join(directory, 'fetch')}`,
      `--cgroups-root=${agent.cgroupsRoot}`,
      `--resources=cpus:${agent.cpus};mem:${agent.memMb};disk:${agent.diskMb};ports:[${firstPort}-${lastPort}]`,
      // The spread that keeps thousands of agents from registering at once is only a delay here.
      '--registration-backoff-factor=100ms',
      `--log-dir=${join(paths.logs, name)}`,
      '--quiet',
      ...plan.agentFlags.map(asFlag),
    ]),
    env: wayOut(plan, name),
  };
}

function frameworkSpec(
  paths: ClusterPaths,
  plan: ClusterPlan,
  kind: 'marathon' | 'chronos',
  name: string,
  { ip, port }: Endpoint,
): DaemonSpec {
  const zk = electionUrl(plan, kind === 'marathon' ? 'marathons' : 'chronoses', waysOf(plan).zookeepers(name));
  const flags = kind === 'marathon' ? plan.marathonFlags : (plan.chronosFlags ?? []);
  return {
    name,
    kind,
    url: `http://${ip}:${port}`,
    argv: daemonCommand([
      kind,
      ...masterFlags(plan, name, ''),
      ...(zk === undefined ? [] : [`--zk=${zk}`, `--hostname=${ip}`]),
      `--http-address=${ip}`,
      `--http-port=${port}`,
      `--work-dir=${daemonDirectory(paths, name)}`,
      `--log-dir=${join(paths.logs, name)}`,
      '--quiet',
      ...flags.map(asFlag),
    ]),
    env: wayOut(plan, name),
  };
}

/** Where the master is. `unit`: as this daemon writes durations. */
function masterFlags(plan: ClusterPlan, name: string, unit: 'ms' | ''): string[] {
  const election = electionUrl(plan, 'masters', waysOf(plan).zookeepers(name));
  if (election !== undefined) return [`--master=${election}`, sessionTimeout(unit)];
  const masters = plan.masters.map(({ ip, port }) => `${ip}:${port}`);
  return [`--master=${masters.join(',')}`];
}

/** Durations of Marathon and Chronos are numbers. */
const sessionTimeout = (unit: 'ms' | ''): string => `--zk-session-timeout=${SESSION_TIMEOUT_MS}${unit}`;

/** As world/real/net/egress.ts reads it. */
function wayOut(plan: ClusterPlan, name: string): Record<string, string> {
  const egress = waysOf(plan).egress(name);
  return egress === undefined ? {} : { MCTL_EGRESS: `${egress.ip}:${egress.port}` };
}

/** `cgroups_enable_cfs`, `isolation=…` or either with dashes before. */
function asFlag(text: string): string {
  return text.startsWith('--') ? text : `--${text}`;
}
