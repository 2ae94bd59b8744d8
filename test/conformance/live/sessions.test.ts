// A container with a terminal, nested in that of a task, as it was recorded: what the operator was answered, and what the
// framework was told of the task meanwhile. The recording leaves out how the task was launched.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_STANDS, LiveCluster } from './live-cluster.ts';
import { Run } from './run.ts';
import { replayed } from './situation.ts';

/** Of the recorded framework's agents and offers. */
const MASTER = '764f4cfc-77da-4d52-906f-9a0a254c18df';
/** Of the task that it ran. */
const RECORDED_CONTAINER = '8d414f27-af83-4c4f-952c-6b5695484b9a';

let cluster: LiveCluster;
let run: Run;
const names = new Map<string, string>();

beforeAll(async () => {
  cluster = await LiveCluster.start([CLOCK_STANDS]);
  // They registered in this order.
  await cluster.addAgent([], 2);
  await cluster.addAgent([], 1);
  run = await Run.subscribe(
    { world: cluster.world, port: cluster.masterPort, names },
    'scheduler/nested-session-helper',
  );
  await run.told(3);
  const resources = [
    { name: 'cpus', type: 'SCALAR' as const, scalar: { value: 0.1 } },
    { name: 'mem', type: 'SCALAR' as const, scalar: { value: 32 } },
  ].map((resource) => ({ ...resource, allocation_info: { role: '*' } }));
  const agent_id = { value: `${MASTER}-S1` };
  const task = { name: 'ns', task_id: { value: 'ns' }, agent_id, command: { value: 'sleep 1000' }, resources };
  await run.unrecorded({
    type: 'ACCEPT',
    accept: {
      offer_ids: [{ value: `${MASTER}-O1` }],
      operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }],
    },
  });
  await run.toldThat('ns', 'TASK_RUNNING');
  names.set(RECORDED_CONTAINER, await containerOfTask());
});
afterAll(async () => {
  await cluster?.stop();
});

async function containerOfTask(): Promise<string> {
  const url = `http://127.0.0.1:${cluster.agents[1]?.port}/containers`;
  const { body } = await cluster.world.net.request({ method: 'GET', url });
  const [container] = JSON.parse(new TextDecoder().decode(body));
  return container.container_id;
}

describe('a container with a terminal, nested in that of a task', () => {
  const first = ['LAUNCH_NESTED_CONTAINER', 'ATTACH_CONTAINER_OUTPUT'];
  replayed('agent-session', () => cluster, { agent: 1, first, names: () => names });
});

it('scheduler/nested-session-helper', async () => {
  expect(await run.finish()).toEqual({ unexpected: [], notSeen: [] });
});
