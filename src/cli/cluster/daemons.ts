// From the plan to the command lines of the daemons.
import { join } from 'node:path';
import type { DaemonKind } from '../daemon/run-daemon.ts';
import { type ClusterPaths, daemonDirectory } from './layout.ts';
import type { AgentPlan, ClusterPlan, Endpoint } from './plan.ts';

/** How one daemon is started. */
export interface DaemonSpec {
  /** `master`, `agent-1`, …: names its work dir and its logs. */
  readonly name: string;
  readonly kind: DaemonKind;
  readonly url: string;
  /** After `mctl`. */
  readonly args: readonly string[];
}

/** The master first, then the agents in the order of the plan, then what runs on them. */
export function daemonSpecs(paths: ClusterPaths, plan: ClusterPlan): DaemonSpec[] {
  return [
    masterSpec(paths, plan),
    ...plan.agents.map((agent) => agentSpec(paths, plan, agent)),
    ...(plan.marathon ? [marathonSpec(paths, plan, plan.marathon)] : []),
  ];
}

function masterSpec(paths: ClusterPaths, plan: ClusterPlan): DaemonSpec {
  const { ip, port } = plan.master;
  return {
    name: 'master',
    kind: 'master',
    url: `http://${ip}:${port}`,
    args: [
      'master',
      `--ip=${ip}`,
      `--port=${port}`,
      `--hostname=${ip}`,
      `--cluster=${plan.name}`,
      `--work-dir=${daemonDirectory(paths, 'master')}`,
      `--log-dir=${join(paths.logs, 'master')}`,
      '--quiet',
      ...plan.masterFlags.map(asFlag),
    ],
  };
}

function agentSpec(paths: ClusterPaths, plan: ClusterPlan, agent: AgentPlan): DaemonSpec {
  const name = `agent-${agent.number}`;
  const directory = daemonDirectory(paths, name);
  const [firstPort, lastPort] = agent.taskPorts;
  return {
    name,
    kind: 'agent',
    url: `http://${agent.ip}:${agent.port}`,
    args: [
      'agent',
      `--master=${plan.master.ip}:${plan.master.port}`,
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
    ],
  };
}

function marathonSpec(paths: ClusterPaths, plan: ClusterPlan, { ip, port }: Endpoint): DaemonSpec {
  return {
    name: 'marathon',
    kind: 'marathon',
    url: `http://${ip}:${port}`,
    args: [
      'marathon',
      `--master=${plan.master.ip}:${plan.master.port}`,
      `--http-address=${ip}`,
      `--http-port=${port}`,
      `--work-dir=${daemonDirectory(paths, 'marathon')}`,
      `--log-dir=${join(paths.logs, 'marathon')}`,
      '--quiet',
      ...(plan.marathonFlags ?? []).map(asFlag),
    ],
  };
}

/** `cgroups_enable_cfs`, `isolation=…` or either with dashes before. */
function asFlag(text: string): string {
  return text.startsWith('--') ? text : `--${text}`;
}
