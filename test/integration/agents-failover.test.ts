// A fail-over of masters with simulated agents over the real protocol: the benchmark of 2,000 (`npm run bench -- failover`), in
// small. That nothing is lost, doubled or stopped is checked by failOver itself.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { failOver } from '../../bench/failover/fail-over.ts';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/commands', import.meta.url)));

test.skipIf(MISSING !== undefined || !isBuilt)(
  'agents come back to the next leader with all of their tasks, while it answers (needs ZooKeeper and `npm run build`)',
  async () => {
    const figures = await failOver({
      agents: 50,
      tasksPerAgent: 10,
      backOffFactorMs: 300,
      sessionTimeoutMs: 2_000,
      patienceMs: 60_000,
    });
    const { detectedAfter, registeredAfter, answers } = figures;
    process.stdout.write(
      `50 agents with 10 tasks each: ${detectedAfter} ms to the next leader, ${registeredAfter} ms to all of them\n`,
    );
    expect(answers['/health']?.count).toBeGreaterThan(0);
    // Whatever is asked meanwhile is answered, if only by "not yet".
    for (const [path, { others }] of Object.entries(answers)) expect([path, others[0] ?? 0]).toEqual([path, 0]);
  },
  120_000,
);
