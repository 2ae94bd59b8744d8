// `mctl cluster status`.
import { existsSync } from 'node:fs';
import type { Net } from '../../world/net.ts';
import type { View } from '../output/view.ts';
import { type ClusterPaths, listClusters, noCluster } from './layout.ts';
import { observe } from './observe.ts';
import { type ClusterReport, clusterView, reportCluster } from './report.ts';
import { readRunning } from './running.ts';

const ANSWER_TIMEOUT_MS = 3000;

/** Throws Problem `notFound` when there is no such cluster. */
export async function clusterStatusView(net: Net, paths: ClusterPaths): Promise<View> {
  if (!existsSync(paths.plan)) throw noCluster(paths);
  return clusterView(await clusterReport(net, paths));
}

/** Every local cluster, running or not. */
export async function clusterListView(net: Net, clustersDirectory: string): Promise<View> {
  const reports = await Promise.all(listClusters(clustersDirectory).map((paths) => clusterReport(net, paths)));
  return {
    data: reports,
    names: reports.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [
        { title: 'NAME' },
        { title: 'STATE', state: true },
        { title: 'MASTER' },
        { title: 'AGENTS', align: 'right' },
        { title: 'STATE DIR' },
      ],
      rows: reports.map(({ name, state, masters, agents, stateDir }) => [
        name,
        state,
        (masters.find(({ leader }) => leader) ?? masters[0])?.url ?? '-',
        String(agents.length),
        stateDir,
      ]),
    },
    empty: 'No local clusters. (mctl cluster up starts one.)',
  };
}

async function clusterReport(net: Net, paths: ClusterPaths): Promise<ClusterReport> {
  const running = readRunning(paths);
  return reportCluster(paths, running, await observe(net, paths, running, ANSWER_TIMEOUT_MS));
}
