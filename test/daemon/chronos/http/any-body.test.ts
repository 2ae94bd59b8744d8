// Whatever is posted is taken or refused with a reason; the daemon never stumbles over it, nor over showing what it took.
import { expect, test } from 'vitest';
import fc from '../../../fast-check.ts';
import { FakeChronos } from './support/fake-core.ts';

const start = fc.oneof(
  fc.constantFrom('', '2026-02-30T00:00:00Z', '2026-02-01', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:59Z', '12:00'),
  fc.date({ noInvalidDate: true, min: new Date(-1e14), max: new Date(8.6e15) }).map((date) => date.toISOString()),
);
const period = fc.constantFrom('P', 'PT', 'P1D', 'PT0.5S', 'P1Y2M3W4DT5H6M7S', 'P9999Y', 'P99999Y', 'PT-1S', 'P1M');
const schedule = fc.oneof(
  fc
    .tuple(fc.constantFrom('R', 'R0', 'R1', 'R5', 'R99999999999999999999', 'r', ''), start, period)
    .map((parts) => parts.join('/')),
  fc
    .array(fc.constantFrom('*', '0', '7', '60', '*/5', '1-5', '5-1', 'mon', 'x', '?'), { minLength: 4, maxLength: 6 })
    .map((fields) => `cron: ${fields.join(' ')}`),
  fc.string(),
);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('', '1', 'true', -1, 1e300, null));
const body = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        name: fc.oneof(fc.constant('a'), odd),
        schedule,
        scheduleTimeZone: fc.constantFrom('', 'UTC', 'Europe/Berlin', 'GMT+3', 'PST', 'Nowhere/Land', 'Pacific/Apia'),
        cron: odd,
        parents: odd,
        cpus: odd,
        retries: odd,
        epsilon: fc.oneof(period, odd),
        fetch: odd,
        constraints: fc.oneof(fc.constant([['a', 'LIKE', '(((a+)+)+)+']]), odd),
        container: fc.oneof(fc.record({ image: fc.constant('i'), volumes: odd, networkInfos: odd }), odd),
        notify: odd,
      },
      { requiredKeys: ['name', 'schedule', 'scheduleTimeZone'] },
    ),
  },
);

test('Any body is answered with 204 or 400, and what was taken can be shown', async () => {
  await fc.assert(
    fc.asyncProperty(body, async (job) => {
      const chronos = new FakeChronos();
      const { status, json } = await chronos.ask('POST', '/scheduler/iso8601', JSON.stringify(job));
      expect([204, 400]).toContain(status);
      expect(chronos.jobs.size).toBe(status === 204 ? 1 : 0);
      if (status === 400) expect(json.message).toMatch(/\S/);
      expect((await chronos.ask('POST', '/mctl/v1/plan', { jobs: [job] })).status).toBe(status === 204 ? 200 : 400);
      for (const path of [
        '/scheduler/jobs',
        '/mctl/v1/jobs',
        '/mctl/v1/next?n=3',
        '/scheduler/jobs/summary',
        '/scheduler/graph/csv',
      ])
        expect([path, (await chronos.ask('GET', path)).status]).toEqual([path, 200]);
      if (status !== 204) return;
      // What is shown is taken again, and changes nothing.
      const [shown] = (await chronos.ask('GET', '/scheduler/jobs')).json;
      const before = chronos.jobs.get(shown.name)?.definition.when;
      expect((await chronos.ask('POST', '/scheduler/iso8601', shown)).status).toBe(204);
      expect(chronos.jobs.get(shown.name)?.definition.when).toEqual(before);
    }),
    { numRuns: 400 },
  );
});
