// The life of a framework that runs something and waits for its end, on a master played by the test: the same for one task and for a group.
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { readDocuments } from '../../../src/cli/marathon/input/documents.ts';
import { podRequest } from '../../../src/cli/pod/pod-file.ts';
import { startPod } from '../../../src/cli/pod/run-pod.ts';
import { startRun } from '../../../src/cli/run/run.ts';
import type { RunnerOptions } from '../../../src/cli/run/runner.ts';
import type { Call } from '../../../src/mesos/generated/scheduler.ts';
import type { TaskStatus } from '../../../src/mesos/generated/v1.ts';
import { type ClientRequest, type ClientResponse, NetError } from '../../../src/world/net.ts';
import {
  FakeClock,
  FakeMaster,
  type FakeStream,
  middling,
  settle,
  silentLog,
} from '../../client/support/fake-master.ts';
import { REQUEST, scalar } from './support/request.ts';

/** Takes every call of the framework at once; nothing else is to be had of it, nor of its agents. */
class Master extends FakeMaster {
  override request(request: ClientRequest): Promise<ClientResponse> {
    if (!request.url.endsWith('/api/v1/scheduler')) return Promise.reject(new NetError('refused', 'nobody listens'));
    const answer = super.request(request);
    void this.lastCall.answer({});
    return answer;
  }

  of<T extends NonNullable<Call['type']>>(type: T): Call[] {
    return this.calls.map(({ call }) => call).filter((call) => call.type === type);
  }
}

interface Life {
  readonly ended: Promise<number>;
  interrupt(exitCode: number): void;
}

const begin: Readonly<Record<'task' | 'pod', (options: RunnerOptions) => Life>> = {
  task: (options) => {
    const quiet = () => undefined;
    const run = startRun({ ...options, request: REQUEST, stdout: quiet, stderr: quiet });
    return { ended: run.ended.then(({ exitCode }) => exitCode), interrupt: (code) => run.interrupt(code) };
  },
  pod: (options) => {
    const [document] = readDocuments('p', 'name: p\ntasks: [{name: a, command: x}, {name: b, command: y}]');
    if (document === undefined) throw new Error('no document');
    const quiet = () => undefined;
    return startPod({ ...options, pod: podRequest(document, () => '01234567'), stdout: quiet, stderr: quiet });
  },
};

/** Subscribed, and nothing offered yet. */
async function scene(kind: 'task' | 'pod', timeoutMs?: number) {
  const net = new Master();
  const clock = new FakeClock();
  const said: string[] = [];
  const host = { hostname: 'here' } as RunnerOptions['world']['host'];
  const life = begin[kind]({
    world: { net, clock, random: middling, log: silentLog, host },
    masters: ['m1:5050'],
    timeoutMs,
    say: (text) => said.push(text),
  });
  let stream = await subscribe();
  async function subscribe(): Promise<FakeStream> {
    await settle();
    const subscribed = await net.lastSubscribe.accept();
    subscribed.subscribed('F');
    await settle();
    return subscribed;
  }
  const reconnect = async () => {
    stream.finish();
    await clock.advance(200);
    stream = await subscribe();
  };
  const offer = async (id: string) => {
    const resources = [scalar('cpus', 4), scalar('mem', 1024), scalar('disk', 1024)];
    const agent = { agent_id: { value: `S-${id}` }, hostname: `agent-${id}` };
    const one = { id: { value: id }, framework_id: { value: 'F' }, ...agent, resources };
    stream.send({ type: 'OFFERS', offers: { offers: [one] } });
    await settle();
  };
  /** Of each of the tasks that were launched last. */
  const tell = async (state: TaskStatus['state'], more: Partial<TaskStatus> = {}) => {
    const [operation] = net.of('ACCEPT').at(-1)?.accept?.operations ?? [];
    const tasks = operation?.launch?.task_infos ?? operation?.launch_group?.task_group.tasks ?? [];
    for (const { task_id } of tasks) stream.send({ type: 'UPDATE', update: { status: { task_id, state, ...more } } });
    await settle();
  };
  /** Runs well, and ends well. */
  const succeed = async () => {
    await tell('TASK_RUNNING');
    await tell('TASK_FINISHED');
    // So long it tries to read what the tasks wrote.
    await clock.advance(10_000);
  };
  return { net, clock, said, life, reconnect, offer, tell, succeed };
}

const takenOffers = (net: Master): (string | undefined)[] =>
  net.of('ACCEPT').map(({ accept }) => accept?.offer_ids?.[0]?.value);

describe.each([
  ['task', 1],
  ['pod', 2],
] as const)('a %s', (kind, tasks) => {
  test('whose offer was gone is launched in the next one', async () => {
    const { net, life, offer, tell, succeed } = await scene(kind);
    await offer('O1');
    await offer('O2');
    expect(takenOffers(net)).toEqual(['O1']);
    expect(net.of('SUPPRESS')).toHaveLength(1);
    await tell('TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS', message: 'Offer O1 is no longer valid' });
    // A group is told of each of its tasks, and asks once.
    expect(net.of('REVIVE')).toHaveLength(1);
    await offer('O3');
    expect(takenOffers(net)).toEqual(['O1', 'O3']);
    await succeed();
    expect(await life.ended).toBe(0);
    expect(net.of('TEARDOWN')).toHaveLength(1);
  });

  test('that the master does not know when the connection is back is launched again', async () => {
    const { net, life, reconnect, offer, tell, succeed } = await scene(kind);
    await offer('O1');
    await reconnect();
    expect(net.of('RECONCILE').map(({ reconcile }) => reconcile?.tasks?.length)).toEqual([tasks]);
    await tell('TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    await offer('O2');
    expect(takenOffers(net)).toEqual(['O1', 'O2']);
    await succeed();
    expect(await life.ended).toBe(0);
  });

  test('whose offer was gone does not wait for another one when the time for that is over', async () => {
    const { clock, life, offer, tell } = await scene(kind, 5_000);
    const end = life.ended.catch((problem) => problem);
    await offer('O1');
    await clock.advance(6_000);
    await tell('TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' });
    expect(await end).toMatchObject({
      exitCode: EXIT.cannotPlace,
      text: { what: `The ${kind} could not be placed within 5 s.` },
    });
  });

  test('that has begun is not launched again, whatever ends it', async () => {
    const { net, life, offer, tell } = await scene(kind);
    await offer('O1');
    await tell('TASK_STARTING');
    await tell('TASK_LOST', { reason: 'REASON_RECONCILIATION' });
    expect(await life.ended).toBe(1);
    expect(net.of('REVIVE')).toEqual([]);
  });

  test('that could not be launched and is to end is not launched again', async () => {
    const { net, life, said, offer, tell } = await scene(kind);
    await offer('O1');
    life.interrupt(130);
    await settle();
    expect(said.at(-1)).toBe(`Stopping the ${kind}; once more to leave at once.`);
    expect(net.of('KILL')).toHaveLength(tasks);
    await tell('TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' });
    expect(await life.ended).toBe(130);
    expect(net.of('REVIVE')).toEqual([]);
  });
});
