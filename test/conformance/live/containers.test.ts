// Containers of an operator, as the original answered for them: nested in one that stands alone.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveCluster } from './live-cluster.ts';
import { due, replayed } from './situation.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
  const resources = [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
  ];
  const command = { value: 'while [ ! -e done ]; do sleep 0.1; done' };
  const launch_container = { container_id: { value: 'sc1' }, command, resources };
  expect(await call({ type: 'LAUNCH_CONTAINER', launch_container })).toBe(200);
});
afterAll(async () => {
  for (const value of ['sc1', 'sc2']) {
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id: { value } } });
  }
  await cluster?.stop();
});

async function call(message: object): Promise<number> {
  const { status } = await cluster.world.net.request({
    method: 'POST',
    url: `http://127.0.0.1:${cluster.agents[0]?.port}/api/v1`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  return status;
}

const inThisOrder = (names: readonly string[]): void =>
  replayed('agent-nested', () => cluster, { only: names, first: names });

describe('containers nested in one that stands alone', () => {
  const BEFORE = ['LAUNCH_CONTAINER-nocommand', 'GET_CONTAINERS-standalone', 'LAUNCH_NESTED_CONTAINER'];
  const NESTED = ['WAIT_NESTED_CONTAINER-again', 'REMOVE_NESTED_CONTAINER', 'REMOVE_NESTED_CONTAINER-again'];
  const KILLED = ['GET_CONTAINERS-nested', 'KILL_CONTAINER', 'WAIT_CONTAINER-killed'];
  inThisOrder([...BEFORE, ...NESTED]);

  it('go on with one that is killed', async () => {
    await call({ type: 'KILL_CONTAINER', kill_container: { container_id: { value: 'sc2' } } });
    await call({ type: 'WAIT_CONTAINER', wait_container: { container_id: { value: 'sc2' } } });
    const container_id = { value: 'n2', parent: { value: 'sc1' } };
    const launch_nested_container = { container_id, command: { value: 'sleep 1000' } };
    expect(await call({ type: 'LAUNCH_NESTED_CONTAINER', launch_nested_container })).toBe(200);
  });
  inThisOrder(KILLED);

  it('end before the one they are in, which ends by itself', () => {
    const [agent] = cluster.agents;
    writeFileSync(join(agent?.workDir ?? '', 'containers', 'sc1', 'done'), '');
  });
  inThisOrder(['WAIT_CONTAINER']);

  const replayedAbove = [...BEFORE, ...NESTED, ...KILLED, 'WAIT_CONTAINER'];
  inThisOrder(
    due('agent-nested')
      .map(({ name }) => name)
      .filter((name) => !replayedAbove.includes(name)),
  );
});
