// `mctl cluster status`.
import { existsSync } from 'node:fs';
import { MasterClient } from '../../client/operator.ts';
import type { Net } from '../../world/net.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { type ClusterPaths, listClusters } from './layout.ts';
import { answeringMarathons, type ClusterReport, clusterView, registeredAgents, reportCluster } from './report.ts';
import { isSupervised, readRunning, survivors } from './running.ts';

/** Throws Problem `notFound` when there is no such cluster. */
export async function clusterStatusView(net: Net, paths: ClusterPaths): Promise<View> {
  if (!existsSync(paths.plan)) {
    throw new Problem(EXIT.notFound, {
      what: `There is no cluster '${paths.name}'.`,
      why: `Nothing in ${paths.directory}.`,
      next: ['mctl cluster up', 'mctl cluster status --all'],
    });
  }
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
        masters[0]?.url ?? '-',
        String(agents.length),
        stateDir,
      ]),
    },
    empty: 'No local clusters. (mctl cluster up starts one.)',
  };
}

async function clusterReport(net: Net, paths: ClusterPaths): Promise<ClusterReport> {
  const running = readRunning(paths);
  const isThere = isSupervised(running) || survivors(running).length > 0;
  const master = isThere ? running?.daemons.find(({ kind }) => kind === 'master') : undefined;
  const client = master && new MasterClient({ net, addresses: [master.url], timeoutMs: 3000 });
  const registered = client && (await registeredAgents(client));
  return reportCluster(paths, running, registered, await answeringMarathons(net, isThere ? running : undefined));
}
