import { describe, expect, test } from 'vitest';
import { compareAnswers, compareJson, factsOnly } from './compare.ts';
import { type Exchange, exchangesOf, loadExchanges, type RecordedResponse, requestBytes } from './exchange.ts';
import { Renaming } from './renaming.ts';

const A = '8f612f3d-3dd6-4073-b301-b9c140c16652';
const B = '4e992cf1-9e5b-41d1-9051-3833e5295536';

const exchange = (response: RecordedResponse, target = '/state'): Exchange => ({
  dir: 'master-running',
  name: 'GET-state',
  daemon: 'master',
  request: { method: 'GET', target, version: 'HTTP/1.1', headers: [] },
  response,
});
const json = (body: unknown, more: Partial<RecordedResponse> = {}): RecordedResponse => ({
  status: 200,
  headers: [['Content-Type', 'application/json']],
  text: JSON.stringify(body),
  ...more,
});

describe('compareAnswers', () => {
  test('an answer agrees with itself, each of the recorded ones', () => {
    for (const one of loadExchanges()) {
      if (!('closed' in one.response)) expect(compareAnswers(one, one.response), `${one.dir}/${one.name}`).toEqual([]);
    }
  });

  test('another status is a difference', () => {
    expect(compareAnswers(exchange(json({})), json({}, { status: 400 }))).toEqual(['status: 200 recorded, ours 400']);
  });

  test('a missing header that matters is a difference, one that does not matter is none', () => {
    const recorded = json(
      {},
      {
        headers: [
          ['Allow', 'POST'],
          ['Date', 'today'],
        ],
      },
    );
    expect(compareAnswers(exchange(recorded), json({}, { headers: [] }))).toEqual([
      'header Allow: POST recorded, ours none',
    ]);
  });

  test('stream ids may differ', () => {
    const recorded = json({}, { headers: [['Mesos-Stream-Id', A]] });
    expect(compareAnswers(exchange(recorded), json({}, { headers: [['Mesos-Stream-Id', B]] }))).toEqual([]);
  });

  test('an answer where the original hung up is told as such', () => {
    const recorded: Exchange = { ...exchange(json({})), response: { closed: 'EOFError' } };
    expect(compareAnswers(recorded, json({}))).toEqual(['the original hung up (EOFError); we answered 200']);
  });

  test('text bodies agree up to ids', () => {
    const text = (id: string): RecordedResponse => ({ status: 400, headers: [], text: `stream ${id} is gone` });
    expect(compareAnswers(exchange(text(A)), text(B))).toEqual([]);
    expect(compareAnswers(exchange(text(A)), { ...text(B), text: 'gone' })).toHaveLength(1);
  });

  test('flags are compared by names and types', () => {
    const recorded = exchange(json({ flags: { port: '5050', work_dir: '/a' } }), '/flags');
    expect(compareAnswers(recorded, json({ flags: { port: '5051', work_dir: '/b/c' } }))).toEqual([]);
    expect(compareAnswers(recorded, json({ flags: { port: 5051, work_dir: '/b/c' } }))).toHaveLength(1);
    expect(compareAnswers(recorded, json({ flags: { port: '5051' } }))).toEqual([
      '$.flags.work_dir: "/a" recorded, ours nothing',
    ]);
  });
});

describe('compareJson', () => {
  test('ids may differ, but the same one must stay the same one', () => {
    expect(compareJson({ a: `${A}-S0`, b: `${A}-O1` }, { a: `${B}-S0`, b: `${B}-O1` })).toEqual([]);
    expect(compareJson({ x: A, y: A }, { x: A, y: B })).toHaveLength(1);
    expect(compareJson({ a: A, b: B }, { a: A, b: A })).toHaveLength(1);
  });

  test('what is appended to an id must be the same', () => {
    expect(compareJson({ a: `${A}-S0` }, { a: `${B}-S1` })).toHaveLength(1);
  });

  test('times, versions and process ids are compared by type', () => {
    const recorded = { start_time: 1.5, version: '1.12.0', status: { timestamp: 3, executor_pid: 4711 } };
    expect(
      compareJson(recorded, { start_time: 2, version: '0.1.0', status: { timestamp: 9, executor_pid: 1 } }),
    ).toEqual([]);
    expect(compareJson(recorded, { ...recorded, start_time: 'now' })).toHaveLength(1);
  });

  test('lists agree in any order, those of statuses in theirs', () => {
    expect(compareJson({ tasks: [{ id: 'a' }, { id: 'b' }] }, { tasks: [{ id: 'b' }, { id: 'a' }] })).toEqual([]);
    const [running, finished] = [{ state: 'TASK_RUNNING' }, { state: 'TASK_FINISHED' }];
    expect(compareJson({ statuses: [running, finished] }, { statuses: [finished, running] })).not.toEqual([]);
  });

  test('paths agree below the work directory', () => {
    const path = (root: string, id: string): string => `${root}/slaves/${id}-S0/frameworks/${id}-0000`;
    expect(compareJson({ directory: path('/var/lib/a', A) }, { directory: path('/tmp/x', B) })).toEqual([]);
    expect(compareJson({ directory: path('/a', A) }, { directory: `${path('/a', A)}/more` })).toHaveLength(1);
  });

  test('a wrong number, a missing and an extra member are differences that say where', () => {
    expect(compareJson({ a: [{ b: 1, c: true }] }, { a: [{ b: 2, d: true }] })).toEqual([
      '$.a[].b: 1 recorded, ours 2',
      '$.a[].c: true recorded, ours nothing',
      '$.a[].d: nothing recorded, ours true',
    ]);
  });

  test('an empty list is not the same as none', () => {
    expect(compareJson({ a: [] }, {})).toHaveLength(1);
  });

  test('a list that is one longer is a difference', () => {
    expect(compareJson([1], [1, 1])).toEqual(['$.length: 1 recorded, ours 2']);
  });

  test('ignored members are not looked at', () => {
    expect(compareJson({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, { ignore: ['$.a[].b'] })).toEqual([]);
  });

  test('names given in one exchange hold in the next', () => {
    const renaming = new Renaming();
    expect(compareJson({ id: A }, { id: B }, { renaming })).toEqual([]);
    expect(compareJson({ id: A }, { id: A }, { renaming })).toHaveLength(1);
  });
});

describe('the recorded exchanges', () => {
  test('are there for every situation, with streams where there were some', () => {
    expect(loadExchanges().length).toBeGreaterThan(800);
    expect(exchangesOf('scheduler/lifecycle').find(({ name }) => name === 'stream')?.records?.length).toBeGreaterThan(
      5,
    );
    expect(exchangesOf('errors-*').length).toBeGreaterThan(200);
  });

  test('give back the bytes that were sent', () => {
    const [one] = exchangesOf('errors-scheduler-http').filter(({ name }) => name === 'bad-json');
    expect(one && requestBytes(one).toString()).toMatch(
      /^POST \/api\/v1\/scheduler HTTP\/1.1\r\n[\s\S]*\r\n\r\n\{bad$/,
    );
  });

  test('know which answers are about the build and the host', () => {
    const names = exchangesOf('master-running').filter(factsOnly);
    expect(names.every(({ name }) => /flags|version|metrics|stats/i.test(name))).toBe(true);
  });
});
