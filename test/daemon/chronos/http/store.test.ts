// Jobs that are posted: what is taken, what is refused with which words, and that nothing is stored then (chronos.md 2, 3, 6, 8).
import { describe, expect, test } from 'vitest';
import { FakeChronos } from './support/fake-core.ts';

const DAILY = { name: 'nightly', command: 'true', schedule: 'R/2026-02-02T02:00:00Z/P1D' };

/** What a bad body answers, and that it changed nothing. */
async function refusal(body: unknown, how = 'iso8601'): Promise<string> {
  const chronos = new FakeChronos();
  await chronos.store({ ...DAILY, name: 'there' });
  const { status, json } = await chronos.ask('POST', `/scheduler/${how}`, body);
  expect(Object.keys(json)).toEqual(['status', 'message']);
  expect([status, json.status]).toEqual([400, 'Bad Request']);
  expect([...chronos.jobs.keys()]).toEqual(['there']);
  expect(json.message).not.toContain('\n');
  return json.message;
}

describe('A job that is posted', () => {
  test.each(['/v1/scheduler', '/scheduler'])('is taken under %s, by POST and by PUT as 2.x did', async (prefix) => {
    const chronos = new FakeChronos();
    expect((await chronos.ask('POST', `${prefix}/iso8601`, DAILY)).status).toBe(204);
    expect((await chronos.ask('PUT', `${prefix}/iso8601`, { ...DAILY, command: 'false' })).status).toBe(204);
    expect((await chronos.ask('POST', `${prefix}/dependency`, { name: 'b', parents: ['nightly'] })).status).toBe(204);
    expect(chronos.jobs.get('nightly')?.definition.command).toBe('false');
    expect(chronos.jobs.get('b')?.definition.when).toEqual({ kind: 'dependent', parents: ['nightly'] });
  });

  test('is read leniently: numbers and booleans may be texts, null is nothing, unknown keys are nothing', async () => {
    const chronos = new FakeChronos();
    const odd = {
      cpus: '0.5',
      retries: '3',
      shell: 'false',
      owner: null,
      dataJob: true,
      successCount: '7',
      name: 'n.1-a_b',
    };
    await chronos.store({ ...DAILY, ...odd });
    const { definition } = chronos.jobs.get('n.1-a_b') ?? {};
    expect(definition).toMatchObject({ cpus: 0.5, retries: 3, shell: false, owner: '', mem: 0, epsilonMs: undefined });
  });

  test('brings its counters when it is new; later only with import', async () => {
    const chronos = new FakeChronos();
    const counters = { successCount: '7', errorCount: 1, errorsSinceLastSuccess: 1 };
    const dates = { lastSuccess: '2026-01-01T00:00:00.500Z', lastError: '' };
    await chronos.store({ ...DAILY, ...counters, ...dates });
    const shown = async () => (await chronos.ask('GET', '/scheduler/job/nightly')).json;
    expect(await shown()).toMatchObject({ ...counters, successCount: 7, ...dates });
    await chronos.store({ ...DAILY, command: 'x' });
    await chronos.store({ ...DAILY, successCount: 9 });
    expect(await shown()).toMatchObject({ ...counters, successCount: 7, ...dates });
    await chronos.store({ ...DAILY, successCount: 9 }, 'iso8601?import=true');
    expect(await shown()).toMatchObject({ successCount: 9, errorCount: 0, lastSuccess: '' });
  });

  test('has a container only with an image; its type may be of any letters', async () => {
    const chronos = new FakeChronos();
    await chronos.store({ ...DAILY, container: { type: 'docker', network: 'none', volumes: 'x' } });
    expect(chronos.jobs.get('nightly')?.definition.container).toBeUndefined();
    const ports = [{ hostPort: '0', containerPort: '80' }];
    await chronos.store({
      ...DAILY,
      container: { type: 'mesos', image: 'a', networkInfos: [{ portMappings: ports }] },
    });
    expect(chronos.jobs.get('nightly')?.definition.container).toMatchObject({
      type: 'MESOS',
      network: 'HOST',
      networkInfos: [{ portMappings: [{ hostPort: 0, containerPort: 80 }] }],
    });
  });

  test('is answered when it is durable, and not before', async () => {
    const chronos = new FakeChronos();
    let flushed: () => void = () => expect.unreachable();
    chronos.flush = new Promise((resolve) => {
      flushed = resolve;
    });
    let status = 0;
    const answered = chronos.ask('POST', '/scheduler/iso8601', DAILY).then((answer) => {
      status = answer.status;
    });
    await chronos.clock.advance(1000);
    expect(status).toBe(0);
    flushed();
    await answered;
    expect(status).toBe(204);
  });

  test('is only looked at with dryRun', async () => {
    const chronos = new FakeChronos();
    await chronos.store(DAILY);
    await chronos.store({ name: 'b', parents: ['nightly'] }, 'dependency');
    expect((await chronos.ask('POST', '/v1/scheduler/iso8601?dryRun=true', { ...DAILY, name: 'x' })).status).toBe(204);
    expect(chronos.jobs.size).toBe(2);
    const cycle = { name: 'nightly', parents: ['b'] };
    expect((await chronos.ask('POST', '/v1/scheduler/dependency?dryRun=true', cycle)).json.message).toContain(
      'nightly → b → nightly',
    );
    const orphan = { name: 'c', parents: ['nope'] };
    expect((await chronos.ask('POST', '/v1/scheduler/dependency?dryRun=true', orphan)).status).toBe(400);
  });
});

describe('A job is refused, and nothing is stored,', () => {
  const bad = (change: object): object => ({ ...DAILY, ...change });

  test.each([
    ['R/2008-03-01T13:00:00Z', "Cannot parse schedule 'R/2008-03-01T13:00:00Z'"],
    ['FOO', "Cannot parse schedule 'FOO'"],
    ['R/x/P1D', "Cannot parse schedule 'R/x/P1D'"],
    ['2008-03-01T13:00:00Z/P1D', 'Cannot parse schedule'],
    ['R/2026-01-01T00:00:00Z/P', 'a period of nothing'],
    ['R/2026-01-01T00:00:00Z/P-1D', 'Not an ISO 8601 duration'],
    ['R/1970-01-01T00:00:00Z/P1D', 'before 1970-01-01T00:00:01Z'],
    ['cron: 61 * * * *', "Cannot parse schedule 'cron: 61 * * * *': '61' is no minute"],
    ['cron: 0 0 30 2 *', 'Never'],
    ['', "Cannot parse schedule ''"],
  ])('for the schedule %j', async (schedule, message) => {
    expect(await refusal(bad({ schedule }))).toContain(message);
  });

  test.each([
    ['an unknown zone', { scheduleTimeZone: 'Mars/Olympus' }, "scheduleTimeZone: Unknown time zone 'Mars/Olympus'"],
    ['neither schedule nor parents', { schedule: null }, 'schedule or parents required'],
    ['schedule and cron', { cron: '0 0 * * *' }, "cron: does not go with 'schedule'"],
    ['no name', { name: null }, 'name: '],
    ['a name with blanks', { name: 'a b' }, "name: 'a b' must consist of"],
    ['negative retries', { retries: -1 }, 'retries: must not be negative'],
    ['a number that is none', { cpus: 'many' }, 'cpus: a number is expected, not "many"'],
    ['a boolean that is none', { disabled: 'yes' }, 'disabled: true or false is expected'],
    ['a counter that is none', { errorCount: 'x' }, 'errorCount: a number'],
    ['an instant that is none', { lastError: 'lately' }, "lastError: an instant is expected, not 'lately'"],
    ['uris beside fetch', { uris: ['a'], fetch: [{ uri: 'b' }] }, "fetch: does not go with other URIs in 'uris'"],
    [
      'an unknown operator',
      { constraints: [['a', 'UNIQUE', 'b']] },
      'constraints[0]: the operator is EQUALS, LIKE, UNLIKE',
    ],
    ['a pair as constraint', { constraints: [['a', 'LIKE']] }, 'constraints[0]: [attribute, operator, value]'],
    ['a bad pattern', { constraints: [['a', 'LIKE', '(']] }, 'is not a valid regular expression'],
    ['an unknown network', { container: { image: 'i', network: 'host' } }, 'container.network: HOST, BRIDGE or USER'],
    ['an epsilon of months', { epsilon: 'P1M' }, 'epsilon: Months and years have no fixed length'],
    [
      'a channel that there is not',
      { notify: { on: ['failure'], channels: ['pigeon'] } },
      "notify.channels[0]: mail or slack or mattermost or http is expected, not 'pigeon'",
    ],
    ['environment without a name', { environmentVariables: [{ value: 'x' }] }, 'environmentVariables[0].name: '],
    ['a text that is a list', { command: ['true'] }, 'command: a text is expected'],
    ['parents where a schedule belongs', { parents: ['there'] }, 'post it to /dependency'],
  ])('for %s', async (_what, change, message) => {
    expect(await refusal(bad(change))).toContain(message);
  });

  test.each([
    ['unknown parents', ['nope', 'there'], "'nope'"],
    ['no parents', [], 'parents: must name at least one job'],
    ['itself as parent', ['b'], 'b → b'],
  ])('for %s', async (_what, parents, message) => {
    expect(await refusal({ name: 'b', parents }, 'dependency')).toContain(message);
  });

  test('for what is no job at all', async () => {
    expect(await refusal([])).toContain('a job is a JSON object');
    expect(await refusal('{"name":')).toContain('not JSON');
    expect(await refusal('')).toContain('a JSON body is expected');
  });

  test('with everything that is wrong at once', async () => {
    const message = await refusal(bad({ cpus: -1, retries: 'x', name: '' }));
    expect(message.split('; ')).toHaveLength(3);
  });

  test('for another type of content, with 415', async () => {
    const chronos = new FakeChronos();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await chronos.ask('POST', '/scheduler/iso8601', DAILY, headers)).status).toBe(415);
    expect(chronos.jobs.size).toBe(0);
  });
});

describe('A job that is posted back as it was shown', () => {
  const monthly = { name: 'm', command: 'a', schedule: 'R4/2026-01-31T00:00:00Z/P1M' };

  test('keeps its series, also when a run came in between', async () => {
    const chronos = new FakeChronos();
    await chronos.store(monthly);
    chronos.change('m', { next: { index: 1, dueMs: Date.UTC(2026, 1, 28) } });
    const shown = (await chronos.ask('GET', '/scheduler/job/m')).json;
    expect(shown).toMatchObject({ schedule: 'R3/2026-02-28T00:00:00.000Z/P1M', originalSchedule: monthly.schedule });
    await chronos.store({ ...shown, command: 'b' });
    expect(chronos.jobs.get('m')?.definition).toMatchObject({ command: 'b', when: { text: monthly.schedule } });
    chronos.change('m', { next: { index: 2, dueMs: Date.UTC(2026, 2, 31) } });
    await chronos.store({ ...shown, command: 'c' });
    expect(chronos.jobs.get('m')?.definition).toMatchObject({ command: 'c', when: { text: monthly.schedule } });
  });

  test('without a start goes on where it is, until its end', async () => {
    const chronos = new FakeChronos();
    const soon = { name: 'm', schedule: 'R2//PT1H' };
    await chronos.store(soon);
    const when = () => chronos.jobs.get('m')?.definition.when;
    const first = when();
    expect(first).toMatchObject({ text: 'R2/2026-02-01T00:00:00.000Z/PT1H', written: 'R2//PT1H' });
    await chronos.clock.advance(1000);
    await chronos.store({ ...soon, command: 'b' });
    expect(when()).toEqual(first);
    chronos.change('m', { next: undefined });
    await chronos.store(soon);
    expect(when()).toMatchObject({ text: 'R2/2026-02-01T00:00:01.000Z/PT1H' });
  });

  test('begins anew when its schedule was changed', async () => {
    const chronos = new FakeChronos();
    await chronos.store(monthly);
    const shown = (await chronos.ask('GET', '/scheduler/job/m')).json;
    await chronos.store({ ...shown, schedule: 'R3/2026-02-27T00:00:00.000Z/P1M' });
    expect(chronos.jobs.get('m')?.definition.when).toMatchObject({ text: 'R3/2026-02-27T00:00:00.000Z/P1M' });
  });

  test('may have its URIs twice, as the list shows them', async () => {
    const chronos = new FakeChronos();
    await chronos.store({ ...monthly, uris: ['http://a/b.tgz'] });
    const [shown] = (await chronos.ask('GET', '/v1/scheduler/jobs')).json;
    expect(shown.fetch).toEqual([{ uri: 'http://a/b.tgz', executable: false, cache: false, extract: true }]);
    await chronos.store(shown);
    expect((await chronos.ask('GET', '/v1/scheduler/job/m')).json).toMatchObject({ uris: [], fetch: shown.fetch });
  });
});
