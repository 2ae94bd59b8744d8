// What `mctl cluster status` says of a cluster that is up and of no use.
import { expect, test } from 'vitest';
import { type ClusterReport, clusterView } from '../../../src/cli/cluster/report.ts';

const member = (name: string) => ({ name, url: 'http://127.0.0.1:1', pid: 1, paused: false, cutFrom: [] });

function stateOf(change: Partial<ClusterReport>): string {
  const { body } = clusterView({
    name: 'local',
    state: 'degraded',
    masters: [{ ...member('master'), leader: true }],
    agents: [],
    marathon: [{ ...member('marathon'), leader: true }],
    chronos: [],
    zookeeper: null,
    stateDir: '/s',
    zookeepers: [],
    ...change,
  });
  return body.kind === 'details' ? String(body.items.find(([name]) => name === 'State')?.[1]) : '';
}

const zookeepers = (serving: number): ClusterReport['zookeepers'] =>
  [1, 2, 3].map((k) => ({ ...member(`zookeeper-${k}`), mode: k <= serving ? 'follower' : null }));

const noMaster = [{ ...member('master'), leader: false }];

test.each<readonly [string, Partial<ClusterReport>]>([
  ['degraded', {}],
  ['degraded', { zookeepers: zookeepers(2), marathon: [] }],
  [
    'degraded: 1 of 3 ZooKeepers serve, which is no quorum: nobody can be elected',
    { zookeepers: zookeepers(1), masters: noMaster },
  ],
  ['degraded: no master leads now', { masters: noMaster }],
  ['degraded: no Marathon leads now', { marathon: [{ ...member('marathon'), leader: false }] }],
  ['starting', { state: 'starting', masters: noMaster }],
])('%s', (said, change) => {
  expect(stateOf(change)).toBe(said);
});
