import { afterEach, describe, expect, it } from 'vitest';
import type { MasterState } from '../../../../src/daemon/master/state/master-state.ts';
import { decode, encode } from '../../../../src/mesos/codec.ts';
import { Event, Response } from '../../../../src/mesos/generated/master.ts';
import { RecordDecoder } from '../../../../src/mesos/recordio.ts';
import { RecordingWriter, type Sent, send } from '../../serving/requests.ts';
import { addAgent, addFramework, addTask, emptyState, MASTER_INFO, stateFrom } from './state-fixture.ts';
import { recorded, type TestViews, unordered, viewsOf } from './views-fixture.ts';

const json = { 'content-type': 'application/json' };
const call = (views: TestViews, body: object, headers: Sent['headers'] = {}) =>
  send(views.handler, '/api/v1', { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });

const running = (): MasterState =>
  stateFrom((recorded.running?.GET_STATE as { get_state: unknown } | undefined)?.get_state ?? {});
const FRAMEWORK = 'd498177e-1d05-426c-88a7-fa4327ccd475-0000';

describe('large answers', () => {
  it.each(['GET_STATE', 'GET_TASKS', 'GET_AGENTS', 'GET_FRAMEWORKS', 'GET_EXECUTORS'])(
    '%s says the same in protobuf as in JSON',
    async (type) => {
      const views = viewsOf(running());
      const protobuf = await call(views, { type }, { accept: 'application/x-protobuf' });
      expect(protobuf.headers['content-type']).toBe('application/x-protobuf');
      const message = decode(Response, protobuf.bytes);
      const viaCodec = decode(Response, encode(Response, message));
      expect(viaCodec).toEqual(message);
      const inJson = JSON.parse((await call(views, { type })).text, (key, value) => {
        if (key === 'checkpoint' && value === true) return undefined;
        return Array.isArray(value) && value.length === 0 ? undefined : value;
      });
      const inProtobuf = JSON.parse(JSON.stringify(message));
      expect(inProtobuf.type).toBe(inJson.type);
      const name = type.toLowerCase();
      if (type === 'GET_TASKS' || type === 'GET_EXECUTORS') expect(inProtobuf[name] ?? {}).toEqual(inJson[name]);
      else expect(Object.keys(inProtobuf[name]).sort()).toEqual(Object.keys(inJson[name]).sort());
    },
  );

  it('are wrapped for pages that ask for it', async () => {
    const views = viewsOf(running());
    const [plain, wrapped] = await Promise.all([send(views.handler, '/state'), send(views.handler, '/state?jsonp=f')]);
    expect(wrapped.text).toBe(`f(${plain.text})`);
    expect(wrapped.headers['content-type']).toBe('text/javascript');
  });

  it('are made once for requests that come together, anew for those that come later', async () => {
    const state = running();
    const views = viewsOf(state);
    const [first, second] = await Promise.all([send(views.handler, '/state'), send(views.handler, '/master/state')]);
    expect(first.bytes).toBe(second.bytes);
    const hits = JSON.parse((await send(views.handler, '/metrics/snapshot')).text)['master/http_cache_hits'];
    expect(hits).toBe(1);
    const task = state.frameworks.get(FRAMEWORK)?.tasks.get('t1');
    if (task === undefined) throw new Error('no task');
    task.message = { ...task.message, state: 'TASK_KILLING' };
    expect(JSON.parse((await send(views.handler, '/state')).text).frameworks[0].tasks[0].state).toBe('TASK_KILLING');
  });
});

it('executors are shown without the values of their secrets', async () => {
  const state = running();
  const secret = { type: 'VALUE' as const, value: { data: 'czNjcjN0' } };
  const environment = { variables: [{ name: 'KEY', type: 'SECRET' as const, secret }] };
  const info = { executor_id: { value: 'e1' }, command: { value: 'run', environment } };
  state.frameworks.get(FRAMEWORK)?.executors.set('A', new Map([['e1', info]]));
  for (const type of ['GET_STATE', 'GET_EXECUTORS']) {
    const { text } = await call(viewsOf(state), { type });
    expect(text).toContain('KEY');
    expect(text).not.toContain('czNjcjN0');
  }
});

describe('changes', () => {
  it('TEARDOWN and /teardown remove a known framework and refuse an unknown one', async () => {
    const views = viewsOf(running());
    const form = (body: string) => send(views.handler, '/teardown', { method: 'POST', body });
    expect((await call(views, { type: 'TEARDOWN', teardown: { framework_id: { value: FRAMEWORK } } })).status).toBe(
      200,
    );
    expect((await form(`frameworkId=${FRAMEWORK}`)).status).toBe(200);
    expect(views.tornDown).toEqual([FRAMEWORK, FRAMEWORK]);
    const unknown = { status: 400, text: 'No framework found with specified ID' };
    expect(await call(views, { type: 'TEARDOWN', teardown: { framework_id: { value: 'nope' } } })).toMatchObject(
      unknown,
    );
    expect(await form('frameworkId=nope')).toMatchObject(unknown);
    expect(await form('foo=bar')).toMatchObject({
      status: 400,
      text: "Missing 'frameworkId' query parameter in the request body",
    });
  });

  it('UPDATE_WEIGHTS and PUT /weights set weights, which are then shown', async () => {
    const views = viewsOf(emptyState());
    expect((await call(views, { type: 'GET_WEIGHTS' })).text).toBe('{"type":"GET_WEIGHTS"}');
    const update = { weight_infos: [{ role: 'web', weight: 2.5 }] };
    expect((await call(views, { type: 'UPDATE_WEIGHTS', update_weights: update })).status).toBe(200);
    const put = (body: string) => send(views.handler, '/weights', { method: 'PUT', body });
    expect(await put('[{"role":"a","weight":3}]')).toMatchObject({ status: 200, text: '' });
    expect(JSON.parse((await call(views, { type: 'GET_WEIGHTS' })).text).get_weights.weight_infos).toEqual([
      { weight: 3, role: 'a' },
      { weight: 2.5, role: 'web' },
    ]);
    expect(JSON.parse((await send(views.handler, '/roles')).text).roles.map((r: { name: string }) => r.name)).toEqual([
      'a',
      'web',
    ]);
    expect((await call(views, { type: 'UPDATE_WEIGHTS', update_weights: {} })).status).toBe(200);
  });

  it.each([
    ['[{"role":"/a","weight":2.5}]', "JSON: Invalid role '/a': Role '/a' cannot start with a slash"],
    ['[{"role":"a","weight":"Infinity"}]', "JSON for role 'a': Invalid weight 'Infinity': Weights must be positive"],
    ['[{"role":"a","weight":-1}]', "JSON for role 'a': Invalid weight '-1': Weights must be positive"],
  ])('PUT /weights of %s is refused in the words of the original', async (body, text) => {
    const answer = await send(viewsOf(emptyState()).handler, '/weights', { method: 'PUT', body });
    expect(answer).toMatchObject({ status: 400, text: `Failed to validate update weights request ${text}` });
  });

  it('roles outside --roles have no weights', async () => {
    const views = viewsOf(emptyState(['--roles=web']));
    const update = { weight_infos: [{ role: 'other', weight: 1 }] };
    expect(await call(views, { type: 'UPDATE_WEIGHTS', update_weights: update })).toMatchObject({
      status: 400,
      text: "Failed to validate update weights request JSON: Unknown role 'other'",
    });
  });

  it.each([
    { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: { value: 'a' } } },
    { type: 'DESTROY_VOLUMES', destroy_volumes: { agent_id: { value: 'a' } } },
  ])('%j of an agent that nobody knows is refused', async (body) => {
    const answer = await call(viewsOf(emptyState()), body);
    expect(answer).toMatchObject({ status: 400, text: 'No agent found with specified ID' });
  });

  it('a list of machines that is none is refused in the words of the original', async () => {
    const post = (body: string) => send(viewsOf(emptyState()).handler, '/machine/down', { method: 'POST', body });
    expect(await post('xx')).toMatchObject({ status: 400, text: 'syntax error at line 1 near: xx' });
  });

  it.each(['GET_METRICS', 'SET_LOGGING_LEVEL', 'READ_FILE', 'TEARDOWN', 'MARK_AGENT_GONE', 'UPDATE_QUOTA'])(
    '%s needs its member',
    async (type) => {
      expect(await call(viewsOf(emptyState()), { type })).toMatchObject({
        status: 400,
        text: `Failed to validate master::Call: Expecting '${type.toLowerCase()}' to be present`,
      });
    },
  );
});

describe('a master that does not lead', () => {
  const views = viewsOf(emptyState(), { isLeading: () => false });

  it.each(['/state', '/master/slaves', '/api/v1', '/tasks', '/teardown'])('sends %s to the leader', async (path) => {
    expect(await send(views.handler, path)).toMatchObject({
      status: 307,
      headers: { location: `//localhost:5050${path}` },
    });
  });

  it.each([
    '/health',
    '/flags',
    '/version',
    '/metrics/snapshot',
    '/files/debug',
    '/logging/toggle',
    '/system/stats.json',
  ])('answers %s itself', async (path) => {
    expect((await send(views.handler, path)).status).toBe(200);
  });

  it('says so when nobody leads, or the leader is still reading its registry', async () => {
    const alone = viewsOf(emptyState(), { isLeading: () => false, leader: () => undefined });
    expect(await send(alone.handler, '/state')).toMatchObject({ status: 503, text: 'No leader elected' });
    expect(await send(alone.handler, '/redirect')).toMatchObject({ status: 503, text: 'No leader elected' });
    const state = emptyState();
    state.recovered = false;
    const recovering = viewsOf(state);
    expect(await call(recovering, { type: 'GET_HEALTH' })).toMatchObject({
      status: 503,
      text: 'Master has not finished recovery',
    });
    expect((await send(recovering.handler, '/state')).status).toBe(200);
  });

  it.each([
    ['PUT', '/weights', '[{"role":"r","weight":2}]'],
    ['GET', '/weights', ''],
    ['POST', '/teardown', 'frameworkId=f'],
    ['POST', '/machine/down', '[]'],
    ['POST', '/quota', '{}'],
  ])('%s %s waits for the registry, which would undo it', async (method, path, body) => {
    const state = emptyState();
    state.recovered = false;
    const views = viewsOf(state);
    expect(await send(views.handler, path, { method, body })).toMatchObject({
      status: 503,
      text: 'Master has not finished recovery',
    });
    expect(state.weights.size).toBe(0);
  });
});

describe('the event stream', () => {
  const opened: TestViews[] = [];
  afterEach(() => {
    for (const views of opened.splice(0)) views.close();
  });

  const subscribe = async (views: TestViews, accept = 'application/json') => {
    opened.push(views);
    const { response } = await call(views, { type: 'SUBSCRIBE' }, { accept });
    const { body } = response;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('not a stream');
    const writer = new RecordingWriter();
    body.start(writer);
    const records = () => {
      const decoder = new RecordDecoder();
      return writer.chunks.flatMap((chunk) => decoder.push(chunk));
    };
    return { response, writer, events: () => records().map((r) => JSON.parse(new TextDecoder().decode(r))), records };
  };

  it('begins with the whole state and a heartbeat', async () => {
    const state = running();
    const { events, response } = await subscribe(viewsOf(state));
    const [subscribed, heartbeat] = events();
    expect(response.headers).toEqual({ 'content-type': 'application/json' });
    expect(subscribed.subscribed.heartbeat_interval_seconds).toBe(15);
    const told = JSON.parse((await call(viewsOf(state), { type: 'GET_STATE' })).text);
    expect(unordered(subscribed.subscribed.get_state)).toEqual(unordered(told.get_state));
    expect(heartbeat).toEqual({ type: 'HEARTBEAT' });
  });

  it('tells every change to everyone, in the type they took', async () => {
    const state = running();
    const views = viewsOf(state);
    const inJson = await subscribe(views);
    const inProtobuf = await subscribe(views, 'application/x-protobuf');
    const [framework] = state.frameworks.values();
    const [agent] = state.agents.registered.values();
    const task = framework?.tasks.get('t1');
    if (framework === undefined || agent === undefined || task === undefined) throw new Error('nothing to tell');
    views.events.frameworkAdded(framework);
    views.events.taskAdded(task);
    views.events.taskUpdated(task, { task_id: { value: 't1' }, state: 'TASK_STARTING' });
    views.events.agentAdded(agent);
    views.events.agentRemoved('gone');
    views.events.frameworkRemoved(framework.info);
    const told = inJson.events().slice(2);
    expect(told.map(({ type }) => type)).toEqual([
      'FRAMEWORK_ADDED',
      'TASK_ADDED',
      'TASK_UPDATED',
      'AGENT_ADDED',
      'AGENT_REMOVED',
      'FRAMEWORK_REMOVED',
    ]);
    expect(told[0].framework_added.framework.unregistered_time).toEqual({ nanoseconds: 0 });
    expect(told[2].task_updated).toEqual({
      framework_id: { value: FRAMEWORK },
      status: { task_id: { value: 't1' }, state: 'TASK_STARTING' },
      state: 'TASK_RUNNING',
    });
    expect(told[3].agent_added.agent.agent_info.checkpoint).toBeUndefined();
    expect(told[4]).toEqual({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: 'gone' } } });
    const events = inProtobuf.records().map((record) => decode(Event, record));
    expect(events.map(({ type }) => type)).toEqual(inJson.events().map(({ type }) => type));
    expect(events[3]?.task_added?.task).toEqual(task.message);
  });

  it('ends the oldest when there are too many', async () => {
    const views = viewsOf(emptyState(['--max_operator_event_stream_subscribers=2']));
    const first = await subscribe(views);
    const second = await subscribe(views);
    const third = await subscribe(views);
    expect([first, second, third].map(({ writer }) => writer.ended)).toEqual(['end', undefined, undefined]);
  });

  it('is refused to who takes neither type', async () => {
    expect((await call(viewsOf(emptyState()), { type: 'SUBSCRIBE' }, { accept: 'text/plain' })).status).toBe(406);
  });
});

describe('what it tells of itself', () => {
  it('GET_MASTER has its info and times', async () => {
    expect(JSON.parse((await call(viewsOf(emptyState()), { type: 'GET_MASTER' })).text).get_master).toEqual({
      master_info: JSON.parse(JSON.stringify(MASTER_INFO)),
      start_time: 1_700_000_000,
      elected_time: 1_700_000_000.5,
    });
  });

  it('the logging level goes up for a while', async () => {
    const views = viewsOf(emptyState());
    const set = { level: 2, duration: { nanoseconds: 1e9 } };
    expect(await call(views, { type: 'SET_LOGGING_LEVEL', set_logging_level: set })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(JSON.parse((await call(views, { type: 'GET_LOGGING_LEVEL' })).text).get_logging_level.level).toBe(2);
  });

  it('its metrics have the names of the original, over both ways', async () => {
    const state = running();
    state.counters.increment('master/messages_kill_task');
    const views = viewsOf(state);
    const snapshot = JSON.parse((await send(views.handler, '/metrics/snapshot')).text);
    expect(snapshot).toMatchObject({
      'master/elected': 1,
      'master/cpus_total': 8,
      'master/cpus_used': 0.1,
      'master/cpus_percent': 0.0125,
      'master/mem_used': 32,
      'master/slaves_active': 2,
      'master/frameworks_connected': 1,
      'master/tasks_running': 1,
      'master/tasks_staging': 0,
      'master/messages_kill_task': 1,
      'master/outstanding_offers': 1,
      [`master/frameworks/fw-lifecycle/${FRAMEWORK}/tasks/active/task_running`]: 1,
      [`master/frameworks/fw-lifecycle/${FRAMEWORK}/subscribed`]: 1,
    });
    const told = JSON.parse((await call(views, { type: 'GET_METRICS', get_metrics: {} })).text).get_metrics.metrics;
    expect(told.map(({ name }: { name: string }) => name)).toEqual(Object.keys(snapshot));
  });
});

describe('frameworks and agents with everything', () => {
  const state = emptyState();
  addAgent(state, {
    agent_info: {
      hostname: 'h',
      id: { value: 'S0' },
      domain: { fault_domain: { region: { name: 'r' }, zone: { name: 'z' } } },
    },
    active: false,
    version: '1.12.0',
    pid: 'slave(1)@10.0.0.1:5051',
    registered_time: { nanoseconds: 1e18 },
    total_resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1.5 } },
      { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, reservations: [{ type: 'STATIC', role: 'eng' }] },
      { name: 'cpus', type: 'SCALAR', scalar: { value: 4 }, revocable: {} },
      {
        name: 'ports',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 5, end: 5 },
            { begin: 7, end: 9 },
          ],
        },
      },
      { name: 'disks', type: 'SET', set: { item: ['a', 'b'] } },
    ],
  });
  const framework = addFramework(state, {
    framework_info: {
      user: 'u',
      name: 'n',
      id: { value: 'F' },
      role: 'eng/web',
      principal: 'p',
      labels: { labels: [{ key: 'k', value: 'v' }] },
    },
    active: false,
    connected: false,
    recovered: false,
    registered_time: { nanoseconds: 1e18 },
    reregistered_time: { nanoseconds: 2e18 },
  });
  framework.executors.set(
    'S0',
    new Map([['e', { executor_id: { value: 'e' }, command: { value: 'run', arguments: ['x'] } }]]),
  );
  addTask(state, {
    name: 't',
    task_id: { value: 't' },
    framework_id: { value: 'F' },
    agent_id: { value: 'S0' },
    state: 'TASK_RUNNING',
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, allocation_info: { role: 'eng/web' } }],
    limits: { cpus: { value: Number.POSITIVE_INFINITY }, mem: { value: 64 } },
    user: 'nobody',
    health_check: { type: 'TCP', tcp: { port: 80 } },
    statuses: [
      {
        task_id: { value: 't' },
        state: 'TASK_RUNNING',
        timestamp: 5,
        healthy: true,
        labels: { labels: [{ key: 'l' }] },
      },
    ],
  });
  const views = viewsOf(state);

  it('shows reservations, revocable amounts, single ports and sets', async () => {
    const { slaves } = JSON.parse((await send(views.handler, '/slaves')).text);
    expect(slaves[0]).toMatchObject({
      active: false,
      domain: { fault_domain: { region: { name: 'r' }, zone: { name: 'z' } } },
      resources: { cpus: 3.5, cpus_revocable: 4, ports: '[5-5, 7-9]', disks: '{a, b}', gpus: 0, mem: 0, disk: 0 },
      reserved_resources: { eng: { cpus: 2 } },
      unreserved_resources: { cpus: 1.5 },
      reserved_resources_full: {
        eng: [{ name: 'cpus', role: 'eng', reservations: [{ type: 'STATIC', role: 'eng' }] }],
      },
    });
  });

  it('shows a framework of one role, its executors and its task with all they have', async () => {
    const { frameworks } = JSON.parse((await send(views.handler, '/frameworks')).text);
    expect(frameworks[0]).toMatchObject({
      role: 'eng/web',
      principal: 'p',
      registered_time: 1e9,
      reregistered_time: 2e9,
      labels: [{ key: 'k', value: 'v' }],
      executors: [{ executor_id: 'e', name: '', framework_id: 'F', command: { value: 'run', argv: ['x'], uris: [] } }],
      tasks: [
        {
          limits: { cpus: 'Infinity', mem: 64 },
          user: 'nobody',
          role: 'eng/web',
          health_check: { type: 'TCP', tcp: { port: 80, protocol: 'IPv4' }, delay_seconds: 15 },
          statuses: [{ state: 'TASK_RUNNING', timestamp: 5, healthy: true, labels: [{ key: 'l' }] }],
        },
      ],
    });
    expect(frameworks[0].roles).toBeUndefined();
  });

  it('sums up roles with their ancestors', async () => {
    const { roles } = JSON.parse((await send(views.handler, '/roles')).text);
    expect(roles).toMatchObject([
      { name: 'eng', allocated: { cpus: 1 }, reserved: { cpus: 2 }, quota: { consumed: { cpus: 3 } }, frameworks: [] },
      { name: 'eng/web', allocated: { cpus: 1 }, reserved: {}, frameworks: ['F'] },
    ]);
  });

  it('pages through tasks, the newest first', async () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      addTask(state, {
        name: id,
        task_id: { value: id },
        framework_id: { value: 'F' },
        agent_id: { value: 'S0' },
        state: 'TASK_RUNNING',
        statuses: [{ task_id: { value: id }, state: 'TASK_RUNNING', timestamp: 10 + index }],
      });
    }
    const ids = async (query: string) =>
      JSON.parse((await send(views.handler, `/tasks?${query}`)).text).tasks.map(({ id }: { id: string }) => id);
    expect(await ids('')).toEqual(['c', 'b', 'a', 't']);
    expect(await ids('order=asc&limit=2')).toEqual(['t', 'a']);
    expect(await ids('offset=1&limit=2')).toEqual(['b', 'a']);
    expect(await ids('limit=x&task_id=b')).toEqual(['b']);
    expect(await ids('framework_id=other')).toEqual([]);
  });
});
