// `bluegreen` before anything is asked of anybody: what is missing is told in its own words.
import { expect, test } from 'vitest';
import { carryOutBluegreen, type GivenBluegreen } from '../../../src/cli/haproxy/bluegreen/carry-out.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'silent' } });

function carriedOut(changes: Partial<GivenBluegreen>): ReturnType<typeof carryOutBluegreen> {
  return carryOutBluegreen({
    world,
    places: () => Promise.reject(new Error('not asked')),
    group: 'cart',
    file: undefined,
    balancers: ['http://127.0.0.1:1'],
    balancerAuthFile: undefined,
    pidsPort: 9092,
    wish: 'deploy',
    pace: { initialInstances: 1, maxWaitMs: 1_000 },
    newInstances: undefined,
    stepDelayMs: 1,
    timeoutMs: undefined,
    rollsBack: false,
    isDryRun: false,
    hook: undefined,
    confirm: async () => undefined,
    say: () => undefined,
    progress: () => undefined,
    interrupted: () => ({ happened: new Promise(() => undefined), dispose: () => undefined }),
    ...changes,
  });
}

test('a group alone says what can be done with it, and that --dry-run is no deed', async () => {
  await expect(carriedOut({ isDryRun: true })).rejects.toMatchObject({
    exitCode: 2,
    text: { what: 'What is to be done with /cart?', why: expect.stringContaining('--dry-run') },
  });
});

test('without a balancer it says why one is needed, and how it is named', async () => {
  await expect(carriedOut({ wish: 'abort', balancers: [] })).rejects.toMatchObject({
    exitCode: 2,
    text: { what: '--balancer is missing.', next: expect.stringContaining('-l http://') },
  });
});

test('a port that is none is told with its flag', async () => {
  await expect(carriedOut({ wish: 'abort', pidsPort: 70_000 })).rejects.toMatchObject({
    exitCode: 2,
    text: { what: '--pids-port: 70000 is no port.' },
  });
});
