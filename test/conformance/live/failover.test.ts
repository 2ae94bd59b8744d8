// Frameworks that fail over, go away for good and try to come back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bodyBytes, exchangesOf } from '../exchange.ts';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { LiveFramework } from './live-framework.ts';
import { Run, type RunOptions } from './run.ts';

/** SUBSCRIBED, HEARTBEAT, OFFERS. */
const SUBSCRIBED_AND_OFFERED = 3;
const ALIKE = { unexpected: [], notSeen: [] };

let cluster: LiveCluster;
let session: RunOptions;

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  await cluster.addAgent();
  await cluster.addAgent();
  session = { world: cluster.world, port: cluster.masterPort, names: new Map() };
});
afterAll(async () => {
  await cluster?.stop();
});

it('a framework that fails over ends its old stream, and has its tasks on the new one', async () => {
  // The recorded task slept for eight seconds; ours lasts until the third subscription has been told what is free beside it.
  const end = join(cluster.directory, 'fo1-ends');
  session.names.set('sleep 8', `until test -e ${end}; do sleep 0.05; done`);
  const first = await Run.subscribe(session, 'scheduler/failover-1');
  await first.callsUpTo('01-ACCEPT');
  await first.toldThat('fo1', 'TASK_RUNNING');
  const between = await subscribeAgain(first.frameworkId);
  expect(await first.finish()).toEqual(ALIKE);

  between.close();
  await cluster.until('the framework is disconnected', async () => {
    const { frameworks } = JSON.parse((await cluster.get('/frameworks')).text);
    return frameworks.every(({ connected }: { connected: boolean }) => !connected);
  });
  const third = await Run.subscribe(session, 'scheduler/failover-3');
  await third.told(SUBSCRIBED_AND_OFFERED);
  writeFileSync(end, '');
  expect(await third.finish()).toEqual(ALIKE);

  const late = await Run.subscribe(session, 'scheduler/failover-4-after-teardown');
  expect(await late.finish()).toEqual(ALIKE);
});

it('a framework without failover timeout is gone with its stream', async () => {
  const first = await Run.subscribe(session, 'scheduler/failover-0');
  expect(await first.finish()).toEqual(ALIKE);
  const id = first.frameworkId;
  await cluster.until('the framework is removed', async () => {
    const { completed_frameworks: completed } = JSON.parse((await cluster.get('/frameworks')).text);
    return completed.some((framework: { id: string }) => framework.id === id);
  });

  const late = await Run.subscribe(session, 'scheduler/failover-0-resubscribe');
  expect(await late.finish()).toEqual(ALIKE);
});

/** The second subscription of the framework, which was not recorded: with the words of the third. */
function subscribeAgain(frameworkId: string): Promise<LiveFramework> {
  const [stream] = exchangesOf('scheduler/failover-3').filter(({ name }) => name === 'stream');
  if (stream === undefined || typeof stream.request === 'string') throw new Error('not recorded');
  const call = JSON.parse(bodyBytes(stream.request).toString());
  call.framework_id = { value: frameworkId };
  call.subscribe.framework_info.id = { value: frameworkId };
  return LiveFramework.open(cluster.world, cluster.masterUrl, call);
}
