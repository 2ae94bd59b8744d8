// What a cluster's daemons are and do, for people and as the JSON that scripts read (`cluster up|status --json`).
import type { View } from '../output/view.ts';
import type { ClusterPaths } from './layout.ts';
import type { Observation } from './observe.ts';
import { ensembleUrl } from './plan.ts';
import { isAlive } from './process-identity.ts';
import { isSupervised, type MemberKind, type Running, type RunningDaemon, survivors } from './running.ts';
import type { ZooKeeperMode } from './zookeeper/ask.ts';

/** What every row says; null where nothing is known or runs. */
export interface MemberReport {
  readonly name: string;
  readonly url: string;
  readonly pid: number | null;
  /** By `mctl cluster chaos pause`, or by whoever sent it SIGSTOP. */
  readonly paused: boolean;
  /** Members that it and they cannot reach each other, by `mctl cluster chaos partition`. */
  readonly cutFrom: readonly string[];
}

/** The JSON of `cluster up|status`. */
export interface ClusterReport {
  readonly name: string;
  /** `abandoned`: the supervisor was killed, and its daemons go on without one. */
  readonly state: 'running' | 'starting' | 'degraded' | 'abandoned' | 'stopped';
  readonly masters: readonly (MemberReport & { readonly leader: boolean })[];
  readonly agents: readonly (MemberReport & { readonly id: string | null })[];
  readonly marathon: readonly (MemberReport & { readonly leader: boolean })[];
  readonly chronos: readonly (MemberReport & { readonly leader: boolean })[];
  /** `zk://host:port,…` of all ZooKeepers; null without. */
  readonly zookeeper: string | null;
  readonly stateDir: string;
  readonly zookeepers: readonly (MemberReport & { readonly mode: ZooKeeperMode | null })[];
}

/** `running` is the supervisor's record, `seen` what the members said. */
export function reportCluster(paths: ClusterPaths, running: Running | undefined, seen: Observation): ClusterReport {
  const isAbandoned = !isSupervised(running) && survivors(running).length > 0;
  const daemons = running !== undefined && (isAbandoned || isSupervised(running)) ? running.daemons : [];
  const ofKind = (wanted: MemberKind): RunningDaemon[] => daemons.filter(({ kind }) => kind === wanted);
  const member = ({ name, url, process }: RunningDaemon): MemberReport => ({
    name,
    url,
    pid: process !== undefined && isAlive(process) ? process.pid : null,
    paused: seen.paused.has(name),
    cutFrom: seen.cuts.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : [])),
  });
  const masters = ofKind('master').map((daemon) => ({
    ...member(daemon),
    leader: seen.masters.get(daemon.name) === true && seen.registered !== undefined,
  }));
  const agents = ofKind('agent').map((daemon) => ({
    ...member(daemon),
    id: seen.registered?.get(new URL(daemon.url).host) ?? null,
  }));
  const marathon = ofKind('marathon').map((daemon) => ({
    ...member(daemon),
    leader: seen.marathons.get(daemon.name) === new URL(daemon.url).host,
  }));
  const chronos = ofKind('chronos').map((daemon) => ({
    ...member(daemon),
    leader: seen.chronoses.get(daemon.name) === new URL(daemon.url).host,
  }));
  const zookeepers = ofKind('zookeeper').map((daemon) => ({
    ...member(daemon),
    mode: seen.zookeepers.get(daemon.name) ?? null,
  }));
  const isReady =
    masters.some(({ leader }) => leader) &&
    masters.every(({ name }) => seen.masters.has(name)) &&
    agents.every(({ id }) => id !== null) &&
    marathon.every(({ name }) => seen.marathons.has(name)) &&
    chronos.every(({ name }) => seen.chronoses.has(name)) &&
    zookeepers.every(({ mode }) => mode !== null);
  const hadTrouble =
    seen.paused.size > 0 ||
    seen.cuts.length > 0 ||
    daemons.some(({ restarts, process, lastEnd }) => restarts > 0 || (process === undefined && lastEnd !== undefined));
  const state = stateOf();
  function stateOf(): ClusterReport['state'] {
    if (daemons.length === 0) return 'stopped';
    if (isAbandoned) return 'abandoned';
    return isReady ? 'running' : hadTrouble ? 'degraded' : 'starting';
  }
  return {
    name: paths.name,
    state,
    masters,
    agents,
    marathon,
    chronos,
    zookeeper: zookeepers.length === 0 ? null : ensembleUrl(zookeepers.map(({ url }) => endpoint(url))),
    stateDir: paths.directory,
    zookeepers,
  };
}

/** A row for each daemon. */
export function clusterView(report: ClusterReport): View {
  const { masters, agents, marathon, chronos, zookeepers } = report;
  const leads = (isLeader: boolean): string => (isLeader ? 'leading' : '-');
  const rows = [
    ...masters.map((member) => row(member, leads(member.leader))),
    ...agents.map((member) => row(member, member.id ?? '-')),
    ...marathon.map((member) => row(member, leads(member.leader))),
    ...chronos.map((member) => row(member, leads(member.leader))),
    ...zookeepers.map((member) => row(member, member.mode ?? '-')),
  ];
  const hasTrouble = [...masters, ...agents, ...marathon, ...chronos, ...zookeepers].some(
    (member) => trouble(member) !== '',
  );
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
            : [report.state, ...lacking(report)].join(': '),
        ],
        ['ZooKeeper', report.zookeeper ?? undefined],
        ['State dir', report.stateDir],
      ],
      sections: [
        {
          title: 'Daemons',
          table: {
            kind: 'table',
            columns: [
              { title: 'NAME' },
              { title: 'URL' },
              { title: 'PID', align: 'right' },
              { title: 'ID' },
              ...(hasTrouble ? [{ title: 'TROUBLE' }] : []),
            ],
            rows: hasTrouble ? rows : rows.map((cells) => cells.slice(0, -1)),
          },
        },
      ],
    },
  };
}

/** What keeps a cluster that is up from being of use: at most one, the one that the others follow from. */
function lacking({ state, masters, marathon, chronos, zookeepers }: ClusterReport): string[] {
  if (state !== 'degraded') return [];
  const serving = zookeepers.filter(({ mode }) => mode !== null).length;
  if (zookeepers.length > 0 && serving <= zookeepers.length / 2) {
    return [`${serving} of ${zookeepers.length} ZooKeepers serve, which is no quorum: nobody can be elected`];
  }
  if (!masters.some(({ leader }) => leader)) return ['no master leads now'];
  if (marathon.length > 0 && !marathon.some(({ leader }) => leader)) return ['no Marathon leads now'];
  if (chronos.length > 0 && !chronos.some(({ leader }) => leader)) return ['no Chronos leads now'];
  return [];
}

function row(member: MemberReport, id: string): string[] {
  return [member.name, member.url, String(member.pid ?? '-'), id, trouble(member)];
}

function trouble({ paused, cutFrom }: MemberReport): string {
  return [...(paused ? ['paused'] : []), ...(cutFrom.length > 0 ? [`cut off from ${cutFrom.join(', ')}`] : [])].join(
    ', ',
  );
}

function endpoint(url: string): { readonly ip: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { ip: hostname, port: Number(port) };
}
