// Answers that are put together in slices show one moment, whatever happens between the slices.
import { describe, expect, it } from 'vitest';
import type { MasterState } from '../../../../src/daemon/master/state/master-state.ts';
import { MasterTask } from '../../../../src/daemon/master/state/task.ts';
import { frameworksBody, stateBody, stateSummaryBody } from '../../../../src/daemon/master/views/legacy/state.ts';
import { tasksBody } from '../../../../src/daemon/master/views/legacy/tasks.ts';
import { stateResponse } from '../../../../src/daemon/master/views/operator/state.ts';
import { atOnce } from '../../../../src/daemon/serving/slices/sliced.ts';
import { RecordDecoder } from '../../../../src/mesos/recordio.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import { quietWorld, RecordingWriter, send } from '../../serving/requests.ts';
import { stateFrom } from './state-fixture.ts';
import { recorded, viewsOf } from './views-fixture.ts';

const FRAMEWORK = 'd498177e-1d05-426c-88a7-fa4327ccd475-0000';
const READS = ['/state', '/frameworks', '/slaves', '/state-summary', '/roles', '/tasks'];
const CALLS = ['GET_STATE', 'GET_TASKS', 'GET_AGENTS', 'GET_FRAMEWORKS', 'GET_EXECUTORS', 'GET_ROLES'];

const running = (): MasterState =>
  stateFrom((recorded.running?.GET_STATE as { get_state: unknown } | undefined)?.get_state ?? {});

/** Views whose every slice is as short as can be; `between` is called before each slice but the first. */
function slowViews(state: MasterState, between: () => void) {
  const world = quietWorld();
  let ms = 0;
  let slices = 0;
  const clock = {
    ...world.clock,
    // Twice a slice: at its beginning, and when its time is over.
    monotonicMs: () => (ms += 100),
    setTimer: (delayMs: number, ring: () => void) =>
      world.clock.setTimer(delayMs, () => {
        if (slices++ > 0) between();
        ring();
      }),
  };
  return { views: viewsOf(state, { world: { ...world, clock } }), slices: () => slices };
}

/** With a task in each of the histories too. */
function withHistories(state: MasterState): MasterState {
  const framework = state.frameworks.get(FRAMEWORK);
  const { message } = taskOf(state);
  const other = (id: string): MasterTask =>
    new MasterTask({ ...message, task_id: { value: id } }, Resources.of(message.resources));
  framework?.unreachableTasks.set('lost', other('lost'));
  framework?.completedTasks.push(other('over'));
  return state;
}

function taskOf(state: MasterState): MasterTask {
  const task = state.frameworks.get(FRAMEWORK)?.tasks.get('t1');
  if (task === undefined) throw new Error('no task');
  return task;
}

/** Everything of the state that answers show. */
function changeAll(state: MasterState): void {
  for (const framework of state.frameworks.values()) {
    for (const task of framework.tasks.values()) task.message = { ...task.message, state: 'TASK_KILLING' };
    framework.tasks.clear();
    for (const taskId of [...framework.unreachableTasks.keys()]) framework.unreachableTasks.delete(taskId);
    framework.completedTasks.length = 0;
    framework.active = !framework.active;
    framework.usedResources.clear();
    framework.executors.clear();
    framework.offers.clear();
  }
  for (const agent of state.agents.registered.values()) {
    agent.connected = !agent.connected;
    state.agents.registered.changeTotal(agent, Resources.EMPTY);
    agent.offeredResources = Resources.EMPTY;
    agent.usedResources.clear();
  }
  state.offers.clear();
  state.weights.set('another', 7);
}

async function read(what: string, views: ReturnType<typeof viewsOf>): Promise<string> {
  if (what.startsWith('/')) return (await send(views.handler, what)).text;
  const headers = { 'content-type': 'application/json' };
  return (await send(views.handler, '/api/v1', { method: 'POST', headers, body: JSON.stringify({ type: what }) })).text;
}

describe('an answer in slices shows one moment', () => {
  it.each([...READS, ...CALLS])('%s', async (what) => {
    const state = withHistories(running());
    // Of another one: what was read once may be remembered.
    const before = await read(what, viewsOf(withHistories(running())));
    const { views, slices } = slowViews(state, () => changeAll(state));
    expect(await read(what, views)).toBe(before);
    expect(slices()).toBeGreaterThan(1);
  });

  it('which is taken without looking at a single task', () => {
    const state = withHistories(running());
    const looked: string[] = [];
    for (const { tasks, unreachableTasks, completedTasks } of state.frameworks.values()) {
      for (const task of [...tasks.values(), ...unreachableTasks.values(), ...completedTasks]) {
        const { message, taskId } = task;
        Object.defineProperty(task, 'message', {
          get: () => {
            looked.push(taskId);
            return message;
          },
        });
      }
    }
    const query = { limit: 100, offset: 0, isAscending: true, frameworkId: undefined, taskId: undefined };
    const works = [
      stateBody(state, undefined),
      frameworksBody(state, undefined),
      stateSummaryBody(state),
      tasksBody(state, query),
    ];
    for (const work of works) work.next();
    stateResponse(state, 'GET_STATE');
    stateResponse(state, 'GET_TASKS');
    expect(looked).toEqual([]);
    for (const work of works) atOnce(work);
    expect(looked).toContain('t1');
  });

  it('and the stream of events begins with one, and goes on with what came after it', async () => {
    const state = running();
    const told = JSON.parse(await read('GET_STATE', viewsOf(running())));
    let changes = 0;
    const { views } = slowViews(state, () => {
      if (changes++ > 0) return;
      const task = taskOf(state);
      task.message = { ...task.message, state: 'TASK_KILLING' };
      views.events.taskUpdated(task, { task_id: { value: 't1' }, state: 'TASK_KILLING' });
    });
    const headers = { 'content-type': 'application/json' };
    const { response } = await send(views.handler, '/api/v1', {
      method: 'POST',
      headers,
      body: '{"type":"SUBSCRIBE"}',
    });
    const { body } = response;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('not a stream');
    const writer = new RecordingWriter();
    body.start(writer);
    const decoder = new RecordDecoder();
    const records = writer.chunks.flatMap((chunk) => decoder.push(chunk));
    const events = records.map((record) => JSON.parse(new TextDecoder().decode(record)));
    expect(events.map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'TASK_UPDATED']);
    expect(events[0].subscribed.get_state).toEqual(told.get_state);
    views.close();
  });
});
