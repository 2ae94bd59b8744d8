// Whatever is wrong with a job is answered with 400 and the reason, on every path that takes one, and nothing is stored: neither in memory
// nor where the next leader reads (chronos.md 3, 6.10–6.14, 8.22, 8.23).
import { expect, test } from 'vitest';
import { Scene } from './support/scene.ts';

const SCHEDULES = [
  ...[
    '',
    ' ',
    'FOO',
    'R',
    'R/',
    'R//',
    'R///',
    '/P1D',
    'R5',
    'P1D',
    'PT1H',
    'daily',
    'null',
    '/2026-01-01T00:00:00Z/P1D',
  ],
  ...[
    'R/2026-01-01T00:00:00Z',
    'R/2026-01-01T00:00:00Z/',
    'R/P1D/2026-01-01T00:00:00Z',
    'R-1/2026-01-01T00:00:00Z/P1D',
  ],
  ...['R1.5/2026-01-01T00:00:00Z/P1D', 'Rx/2026-01-01T00:00:00Z/P1D', 'r/2026-01-01T00:00:00Z/P1D'],
  ...[
    'R99999999999999999999/2026-01-01T00:00:00Z/P1D',
    'R/2026-01-01T00:00:00Z/P1D/P1D',
    'R/2026-01-01/2026-01-02/P1D',
  ],
  ...['x/P1D', '2026-13-01/P1D', '2026-02-30T00:00:00Z/P1D', '2026-01-01T25:00:00Z/P1D', '2026-01-01T00:61:00Z/P1D'],
  ...['12:00/P1D', '1969-12-31T23:59:59Z/P1D', '1970-01-01T00:00:00Z/P1D', '2026-01-01T00:00:00+99:00/P1D'],
  ...['2026-01-01T00:00:00Z/1D', '2026-01-01T00:00:00Z/P', '2026-01-01T00:00:00Z/PT', '2026-01-01T00:00:00Z/PT0S'],
  ...[
    '2026-01-01T00:00:00Z/P-1D',
    '2026-01-01T00:00:00Z/-P1D',
    '2026-01-01T00:00:00Z/P1H',
    '2026-01-01T00:00:00Z/PT1D',
  ],
  ...[
    '2026-01-01T00:00:00Z/P1.5D',
    '2026-01-01T00:00:00Z/P1DT',
    '2026-01-01T00:00:00Z/P1D2M',
    '2026-01-01T00:00:00Z/P99999Y',
  ],
  ...['2026-01-01T00:00:00Z/p1d', '2026-01-01T00:00:00Z/PT1', '2026-01-01T00:00:00Z/P1DX'],
  ...['cron:', 'cron: * * * *', 'cron: * * * * * *', 'cron: 60 * * * *', 'cron: * 24 * * *', 'cron: * * 0 * *'],
  ...[
    'cron: * * * 13 *',
    'cron: * * * * 8',
    'cron: */0 * * * *',
    'cron: 5-1 * * * *',
    'cron: 0 0 31 2 *',
    'cron: @reboot',
  ],
].map((text) => (/^(?:[\d+-]\S*|x)\/|^12:00/.test(text) ? `R/${text}` : text));

const ZONES = ['Mars/Olympus', 'GMT+99', 'PDT9', '+01:00', 'Europe/', 'Berlin', 'UTC+', '../etc'];

const job = { name: 'new', command: 'true', schedule: 'R/2100-01-01T00:00:00Z/P1D' };

test('Every malformed schedule and bad zone, unknown parents and cycles are refused with the reason, and nothing is stored', async () => {
  const scene = await Scene.start({ candidates: 2 });
  scene.ensemble.isSteady = true;
  for (const name of ['A', 'solo']) await scene.store({ ...job, name });
  for (const [name, parent] of ['B/A', 'C/B', 'D/C'].map((pair) => pair.split('/')))
    await scene.store({ name, parents: [parent] });
  const present = async (): Promise<string> => (await scene.ask('GET', '/scheduler/jobs')).text;
  const before = await present();

  const refused = async (body: unknown, paths: readonly string[], reason: string): Promise<void> => {
    for (const path of paths) {
      const { status, json, text } = await scene.ask('POST', path, body);
      expect([JSON.stringify(body), status, Object.keys(json ?? {})]).toEqual([
        JSON.stringify(body),
        400,
        ['status', 'message'],
      ]);
      expect(json.message).toContain(reason);
      expect(text).not.toContain('\\n');
    }
  };
  const [old, present3, own] = ['/scheduler/iso8601', '/v1/scheduler/iso8601', '/mctl/v1/jobs'];
  for (const [at, schedule] of SCHEDULES.entries()) {
    const path = [old, present3, own][at % 3] ?? old;
    await refused({ ...job, schedule }, [path], `Cannot parse schedule '${schedule.trim()}'`);
    // A job that is there stays what it is.
    await refused({ ...job, name: 'solo', schedule }, [path], 'Cannot parse schedule');
  }
  for (const zone of ZONES)
    await refused({ ...job, scheduleTimeZone: zone }, [old], `scheduleTimeZone: Unknown time zone '${zone}'`);

  const dependency = ['/scheduler/dependency', '/v1/scheduler/dependency', own];
  await refused({ name: 'new', parents: ['nope'] }, dependency, "'nope'");
  await refused({ name: 'new', parents: ['A', 'nope', 'neither'] }, dependency, "'neither', 'nope'");
  await refused({ name: 'new', parents: [] }, dependency, 'parents: must name at least one job');
  await refused({ name: 'new', parents: 'A' }, dependency, 'parents: ');
  await refused({ name: 'new', parents: ['new'] }, dependency, 'new → new');
  await refused({ name: 'A', parents: ['D'] }, dependency, 'A → B → C → D → A');
  await refused({ name: 'B', parents: ['A', 'D'] }, dependency, 'B → C → D → B');
  await refused({ name: 'C', parents: ['C'] }, dependency, 'C → C');
  await refused({ ...job, schedule: undefined }, [old, own], 'schedule or parents required');
  await refused({ ...job, parents: ['A'] }, [old, present3], 'post it to /dependency');
  await refused(job, ['/scheduler/dependency'], 'post it to /iso8601');
  for (const path of [old, '/scheduler/dependency', own]) await refused([job], [path], 'a job is a JSON object');

  expect(await present()).toBe(before);
  const { leader } = scene;
  leader?.process.crash();
  await scene.until(() => scene.leader !== undefined && scene.leader !== leader, 60_000);
  expect(await present()).toBe(before);
});
