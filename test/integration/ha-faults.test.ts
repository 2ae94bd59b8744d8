// High availability with real processes: three ZooKeepers, three masters, two agents and two Marathons, of which one after
// another dies, sleeps or is cut off while clients write. One acts at a time, nothing that was acknowledged is lost, no task
// is run twice or disturbed, and everything comes back to rest. The long form is `npm run soak:faults`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';
import {
  cutAgent,
  cutAgentShortly,
  isolateLeader,
  killEnsembleLeader,
  killLeader,
  killMarathonWithinDeployment,
  pauseLeader,
  pauseTwoServers,
} from './ha/faults.ts';
import { Trial } from './ha/trial.ts';

describe.skipIf(MISSING !== undefined)('a cluster of candidates survives', () => {
  let trial: Trial;

  beforeAll(async () => {
    trial = await Trial.start({ masters: 3, agents: 2, marathons: 2, sessionTimeoutMs: 3_000 });
  });

  afterAll(async () => {
    try {
      console.info(trial?.table());
    } finally {
      // Whatever went wrong, no process stays behind.
      await trial?.stop();
    }
  });

  test.each([
    killLeader('masters'),
    pauseLeader('masters'),
    isolateLeader('marathons'),
    killMarathonWithinDeployment([1, 3]),
    killEnsembleLeader,
    pauseTwoServers,
    cutAgentShortly,
    cutAgent,
  ])(
    '$name',
    async (fault) => {
      const before = trial.figures.length;
      await trial.suffer(fault);
      expect(trial.figures).toHaveLength(before + 1);
    },
    120_000,
  );
});
