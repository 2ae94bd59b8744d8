// Marathon's API as clients in the wild use it, on real processes and sockets: the event stream over a deployment, lists of
// tasks as text, paths and queries as they come, and what it says about apps that do not start.

import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkEvent } from '../daemon/marathon/http/support/strict.ts';
import { until } from './daemon-processes.ts';
import { type Json, MarathonCluster, type MarathonProcess } from './marathon-process.ts';

let cluster: MarathonCluster;
let marathon: MarathonProcess;

beforeAll(async () => {
  cluster = await MarathonCluster.start(1);
  marathon = cluster.marathon;
});

afterAll(() => cluster.stop());

const sleeper = { cmd: 'exec sleep 1000', cpus: 0.1, mem: 32 };

interface MarathonEvent extends Json {
  readonly eventType: string;
}

/** A client that splits the stream as old bridges do, and refuses what the original would not send. */
async function listen(query = ''): Promise<{ events: MarathonEvent[]; close: () => void }> {
  const events: MarathonEvent[] = [];
  let text = '';
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${marathon.url}/v2/events${query}`, { headers: { Accept: 'text/event-stream' } }, resolve).on('error', reject);
  });
  expect(stream).toMatchObject({ statusCode: 200, headers: { 'transfer-encoding': 'chunked' } });
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const frames = text.split('\r\n\r\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const [first = '', second = ''] = frame.trim().split('\r\n');
      const event: MarathonEvent = JSON.parse(second.replace(/^data: /, ''));
      expect(first).toBe(`event: ${event.eventType}`);
      checkEvent(event);
      events.push(event);
    }
  });
  return { events, close: () => stream.destroy() };
}

/** The first event of a type from `from` on; throws when there is none. */
function indexOf(events: readonly MarathonEvent[], type: string, more: object = {}): number {
  const index = events.findIndex(
    (event) => event.eventType === type && Object.entries(more).every(([name, value]) => event[name] === value),
  );
  if (index < 0) throw new Error(`No ${type} among ${events.map(({ eventType }) => eventType).join(', ')}`);
  return index;
}

test('the event stream tells a deployment in order, and a filter lets through what it names', async () => {
  const all = await listen();
  const some = await listen('?event_type=status_update_event&event_type=deployment_success');
  const appId = '/told';
  await marathon.deploy('POST', '/v2/apps', { ...sleeper, id: appId });
  await marathon.deploy('DELETE', `/v2/apps${appId}`);
  const ends = (events: readonly MarathonEvent[]) =>
    events.filter(({ eventType }) => eventType === 'deployment_success');
  await until(
    'both deployments are told to both',
    30_000,
    () => ends(all.events).length === 2 && ends(some.events).length === 2,
  );
  const { events } = all;
  const order = [
    indexOf(events, 'event_stream_attached'),
    indexOf(events, 'deployment_info'),
    indexOf(events, 'instance_changed_event', { condition: 'Provisioned' }),
    indexOf(events, 'instance_changed_event', { condition: 'Starting' }),
    indexOf(events, 'status_update_event', { taskStatus: 'TASK_STARTING', appId }),
    indexOf(events, 'instance_changed_event', { condition: 'Running' }),
    indexOf(events, 'status_update_event', { taskStatus: 'TASK_RUNNING', appId }),
    indexOf(events, 'deployment_success'),
    indexOf(events, 'status_update_event', { taskStatus: 'TASK_KILLED', appId }),
    indexOf(events, 'app_terminated_event', { appId }),
    events.lastIndexOf(ends(events)[1] as MarathonEvent),
  ];
  expect(order).toEqual([...order].sort((a, b) => a - b));
  for (const type of ['api_post_event', 'group_change_success'])
    expect(indexOf(events, type)).toBeLessThan(indexOf(events, 'deployment_success'));
  const wanted = events.filter(({ eventType }) => /^(status_update_event|deployment_success)$/.test(eventType));
  expect(some.events).toEqual(wanted);
  all.close();
  some.close();
});

test('tasks are listed as text for bridges', async () => {
  const portDefinitions = [{ port: 11_080 }, { port: 0 }];
  await marathon.deploy('POST', '/v2/apps', { ...sleeper, id: '/text/two-ports', portDefinitions });
  await marathon.deploy('POST', '/v2/apps', { ...sleeper, id: '/text/no-port', portDefinitions: [], instances: 2 });
  await marathon.deploy('POST', '/v2/apps', { ...sleeper, id: '/text/nothing', instances: 0 });
  const response = await fetch(`${marathon.url}/v2/tasks`, { headers: { Accept: 'text/plain' } });
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/);
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('text_'));
  const [task] = await marathon.running('/text/two-ports');
  const [first, second] = task?.ports ?? [];
  expect(lines).toEqual([
    'text_no-port\t \t127.0.0.2\t127.0.0.2\t',
    expect.stringMatching(/^text_nothing\t1\d{4}\t$/),
    `text_two-ports\t11080\t127.0.0.2:${first}\t`,
    expect.stringMatching(new RegExp(`^text_two-ports\t1\\d{4}\t127.0.0.2:${second}\t$`)),
  ]);
});

test('doubled and trailing slashes, and True with a capital letter, are understood', async () => {
  await marathon.deploy('POST', '/v2/apps/?force=True', { ...sleeper, id: 'a/b', instances: 0 });
  const { app } = await marathon.get<{ app: Json }>('/v2/apps/a/b');
  for (const path of ['/v2/apps//a/b', '/v2/apps/a/b/', '//v2//apps/a//b', '/v2/apps/%2Fa%2Fb'])
    expect(await marathon.get(path)).toEqual({ app });
  expect(await marathon.get('/v2/apps//a/b//versions/')).toEqual({ versions: [app.version] });
  expect(await marathon.get('/v2/groups//a/')).toMatchObject({ id: '/a', apps: [{ id: '/a/b' }] });
  await marathon.deploy('PUT', '/v2/apps//a/b/?force=True', { labels: { x: 'y' } });
  await marathon.deploy('DELETE', '/v2/groups//a/?force=True');
  expect(await marathon.ask('GET', '/v2/apps/a/b/')).toMatchObject({
    status: 404,
    body: { message: "App '/a/b' does not exist" },
  });
});

interface QueueItem {
  readonly app: { readonly id: string };
  readonly delay: { readonly timeLeftSeconds: number; readonly overdue: boolean };
  readonly processedOffersSummary: {
    readonly rejectSummaryLastOffers: readonly { reason: string; declined: number }[];
  };
}

async function queued(id: string): Promise<QueueItem | undefined> {
  return (await marathon.get<{ queue: QueueItem[] }>('/v2/queue')).queue.find(({ app }) => app.id === id);
}

test('a task that ends at once is delayed; its delay outlives scaling, and goes by DELETE, restart and change', async () => {
  const id = '/crashes';
  const starts = join(cluster.daemons.directory, 'starts');
  writeFileSync(starts, '');
  const { events, close } = await listen(`?event_type=status_update_event`);
  const failures = () => events.filter(({ appId, taskStatus }) => appId === id && taskStatus === 'TASK_FAILED').length;
  const delayedAfter = async (count: number) => {
    await until(
      `failure ${count}`,
      30_000,
      async () => failures() === count && (await queued(id))?.delay.overdue === false,
    );
  };
  await marathon.change('POST', '/v2/apps', {
    ...sleeper,
    id,
    cmd: 'exit 3',
    backoffSeconds: 60,
    maxLaunchDelaySeconds: 60,
  });
  await delayedAfter(1);
  expect((await queued(id))?.delay.timeLeftSeconds).toBeGreaterThan(50);
  await marathon.change('PUT', `/v2/apps${id}?force=true`, { instances: 2 });
  expect((await queued(id))?.delay).toMatchObject({ overdue: false });
  await marathon.change('PUT', `/v2/apps${id}?force=true`, { instances: 1 });
  expect(failures()).toBe(1);
  expect(await marathon.ask('DELETE', `/v2/queue${id}/delay`)).toMatchObject({ status: 204 });
  await delayedAfter(2);
  await marathon.change('POST', `/v2/apps${id}/restart?force=true`);
  await delayedAfter(3);
  await marathon.deploy('PUT', `/v2/apps${id}?force=true`, { cmd: sleeper.cmd });
  expect(await queued(id)).toBeUndefined();
  const { lastTaskFailure, tasksRunning } = await marathon.app(id);
  expect(tasksRunning).toBe(1);
  expect(lastTaskFailure).toMatchObject({
    state: 'TASK_FAILED',
    message: expect.stringContaining('exited with status 3'),
  });
  close();
});

test('what is too big for every agent waits, and the queue tells for want of what', async () => {
  await marathon.change('POST', '/v2/apps', { ...sleeper, id: '/huge', cpus: 1000 });
  await until('the queue tells it', 30_000, async () => {
    const { rejectSummaryLastOffers = [] } = (await queued('/huge'))?.processedOffersSummary ?? {};
    return rejectSummaryLastOffers.some(({ reason, declined }) => reason === 'InsufficientCpus' && declined === 1);
  });
  expect((await queued('/huge'))?.delay).toEqual({ timeLeftSeconds: 0, overdue: true });
  await marathon.deploy('DELETE', '/v2/apps/huge');
});

test('files are fetched into the sandbox, and one that cannot be is told as the failure', async () => {
  const uri = `file://${join(cluster.daemons.directory, 'greeting')}`;
  writeFileSync(uri.slice('file://'.length), 'hello');
  await marathon.deploy('POST', '/v2/apps', {
    ...sleeper,
    id: '/fetches',
    cmd: 'test "$(cat greeting)" = hello && exec sleep 1000',
    fetch: [{ uri }],
  });
  await marathon.change('PUT', '/v2/apps/fetches', { fetch: [{ uri: `${uri}-not-there` }] });
  await until('the failure is told', 30_000, async () => {
    const { lastTaskFailure } = (await marathon.app('/fetches')) as { lastTaskFailure?: { message: string } };
    return lastTaskFailure?.message.includes('greeting-not-there') === true;
  });
  // The one before still runs.
  expect(await marathon.running('/fetches')).toHaveLength(1);
});
