// Recorded lives of frameworks, lived again on ours.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Exchange, loadExchanges } from '../exchange.ts';
import { LiveCluster } from './live-cluster.ts';
import { play } from './scenario.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  await cluster.addAgent();
});
afterAll(async () => {
  await cluster?.stop();
});

const isDue = ({ needs }: Exchange): boolean => needs === undefined;
const SCENARIOS = [
  'scheduler/lifecycle',
  'scheduler/tasks',
  ...new Set(
    loadExchanges()
      .filter((one) => isDue(one) && one.dir.startsWith('scheduler/subscribe-'))
      .map(({ dir }) => dir),
  ),
];

it.each(SCENARIOS)('%s', { timeout: 60_000 }, async (scenario) => {
  expect((await play(cluster, scenario)).unexpected).toEqual([]);
});
