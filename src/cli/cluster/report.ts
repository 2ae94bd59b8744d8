// What a cluster's daemons are and do, for people and as the JSON that scripts read (`cluster up|status --json`).
import type { MasterClient } from '../../client/operator.ts';
import { ApiError } from '../../client/operator.ts';
import { type Net, NetError } from '../../world/net.ts';
import type { View } from '../output/view.ts';
import type { ClusterPaths } from './layout.ts';
import { isAlive } from './process-identity.ts';
import { isSupervised, type Running, type RunningDaemon, survivors } from './running.ts';

/** The JSON of `cluster up|status`; null where nothing is known or runs. */
export interface ClusterReport {
  readonly name: string;
  /** `abandoned`: the supervisor was killed, and its daemons go on without one. */
  readonly state: 'running' | 'starting' | 'degraded' | 'abandoned' | 'stopped';
  readonly masters: readonly { readonly url: string; readonly pid: number | null; readonly leader: boolean }[];
  readonly agents: readonly { readonly url: string; readonly pid: number | null; readonly id: string | null }[];
  readonly marathon: readonly { readonly url: string; readonly pid: number | null }[];
  readonly chronos: readonly { readonly url: string; readonly pid: number }[];
  readonly zookeeper: string | null;
  readonly stateDir: string;
}

/** What the master says about its agents: `host:port` → id of those registered and active. */
export type RegisteredAgents = ReadonlyMap<string, string>;

/** Undefined while no master answers. */
export async function registeredAgents(master: MasterClient): Promise<RegisteredAgents | undefined> {
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

/** URLs of the cluster's Marathons that are registered with the master and serve. */
export async function answeringMarathons(
  net: Pick<Net, 'request'>,
  running: Running | undefined,
): Promise<ReadonlySet<string>> {
  const urls = (running?.daemons ?? []).filter(({ kind }) => kind === 'marathon').map(({ url }) => url);
  const serving = await Promise.all(urls.map((url) => isServing(net, url)));
  return new Set(urls.filter((_, index) => serving[index]));
}

async function isServing(net: Pick<Net, 'request'>, url: string): Promise<boolean> {
  try {
    const { status, body } = await net.request({ method: 'GET', url: `${url}/v2/info`, timeoutMs: 1000 });
    if (status !== 200) return false;
    const info: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof info === 'object' && info !== null && 'frameworkId' in info && info.frameworkId !== null;
  } catch (error) {
    if (error instanceof NetError || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** `serving`: URLs as `answeringMarathons` tells them. `registered`: agent ids by host and port, as the master tells them; undefined when it does not answer. */
export function reportCluster(
  paths: ClusterPaths,
  running: Running | undefined,
  registered: RegisteredAgents | undefined,
  serving: ReadonlySet<string>,
): ClusterReport {
  const isAbandoned = !isSupervised(running) && survivors(running).length > 0;
  const daemons = running !== undefined && (isAbandoned || isSupervised(running)) ? running.daemons : [];
  const pid = (daemon: RunningDaemon): number | null =>
    daemon.process !== undefined && isAlive(daemon.process) ? daemon.process.pid : null;
  const idOf = (url: string): string | null => registered?.get(new URL(url).host) ?? null;
  const masters = daemons
    .filter(({ kind }) => kind === 'master')
    .map((daemon) => ({ url: daemon.url, pid: pid(daemon), leader: registered !== undefined }));
  const agents = daemons
    .filter(({ kind }) => kind === 'agent')
    .map((daemon) => ({ url: daemon.url, pid: pid(daemon), id: idOf(daemon.url) }));
  const marathon = daemons
    .filter(({ kind }) => kind === 'marathon')
    .map((daemon) => ({ url: daemon.url, pid: pid(daemon) }));
  const ready =
    registered !== undefined && agents.every(({ id }) => id !== null) && marathon.every(({ url }) => serving.has(url));
  const restarted = daemons.some(({ restarts, process }) => restarts > 0 || process === undefined);
  const state = stateOf();
  function stateOf(): ClusterReport['state'] {
    if (daemons.length === 0) return 'stopped';
    if (isAbandoned) return 'abandoned';
    return ready ? 'running' : restarted ? 'degraded' : 'starting';
  }
  return {
    name: paths.name,
    state,
    masters,
    agents,
    marathon,
    chronos: [],
    zookeeper: null,
    stateDir: paths.directory,
  };
}

/** A row for each daemon. */
export function clusterView(report: ClusterReport): View {
  const daemons = [
    ...report.masters.map(({ url, pid, leader }) => ['master', url, String(pid ?? '-'), leader ? 'leading' : '-']),
    ...report.agents.map(({ url, pid, id }, index) => [`agent-${index + 1}`, url, String(pid ?? '-'), id ?? '-']),
    ...report.marathon.map(({ url, pid }) => ['marathon', url, String(pid ?? '-'), '-']),
  ];
  return {
    data: report,
    names: [report.name],
    body: {
      kind: 'details',
      items: [
        ['Cluster', report.name],
        [
          'State',
          report.state === 'abandoned'
            ? `abandoned: the supervisor was killed ('mctl cluster up' starts one again, 'mctl cluster down' stops the rest)`
            : report.state,
        ],
        ['State dir', report.stateDir],
      ],
      sections: [
        {
          title: 'Daemons',
          table: {
            kind: 'table',
            columns: [{ title: 'NAME' }, { title: 'URL' }, { title: 'PID', align: 'right' }, { title: 'ID' }],
            rows: daemons,
          },
        },
      ],
    },
  };
}
