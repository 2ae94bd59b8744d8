// What happens between being elected and leading (marathon.md 21, on_elected_prepare_timeout).
import { expect, test } from 'vitest';
import type { Store } from '../../../src/cluster/store.ts';
import { parseMarathonOptions, startMarathon } from '../../../src/daemon/marathon/index.ts';
import type { LeadershipEnd } from '../../../src/daemon/serving/leadership/leadership.ts';
import { Simulation } from '../../../src/simulation/index.ts';

const STORE: Store = {
  read: () => new Promise(() => undefined),
  commit: async () => undefined,
  close: async () => undefined,
};

test('who cannot load the state in time gives up, so that another may', async () => {
  const simulation = new Simulation({ seed: 1 });
  const ended = Promise.withResolvers<LeadershipEnd>();
  simulation.host('m').start('marathon', async (world, context) => {
    const args = ['--master=10.0.0.1:5050', '--on_elected_prepare_timeout=7000'];
    const election = context.openElection('/var/lib/marathon');
    const running = await startMarathon(world, parseMarathonOptions({ args }), { store: STORE, election });
    void running.ended.then(ended.resolve);
    return running;
  });
  expect(await simulation.settle(ended.promise)).toEqual({
    code: 1,
    reason: 'the state was not loaded within 7000 ms',
  });
});
