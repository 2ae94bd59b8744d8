// The codecs on the messages that are most frequent (a status update), widest (an ACCEPT launching ten tasks) and longest
// (a GET_STATE of 1,000 agents), each way in both formats. No figures of the original exist for these.
import { performance } from 'node:perf_hooks';
import { decode, encode, type MessageType, parseJson, stringify } from '../src/mesos/codec.ts';
import { Response } from '../src/mesos/generated/master.ts';
import { Call, Event } from '../src/mesos/generated/scheduler.ts';
import type { Resource, TaskInfo } from '../src/mesos/generated/v1.ts';
import { type Bench, median, row } from './row.ts';

const FRAMEWORK_ID = { value: '8f612f3d-3dd6-4073-b301-b9c140c16652-0000' };
const AGENT_ID = { value: '8f612f3d-3dd6-4073-b301-b9c140c16652-S1' };

const resources: Resource[] = [
  { name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 }, allocation_info: { role: 'web' } },
  { name: 'mem', type: 'SCALAR', scalar: { value: 64 }, allocation_info: { role: 'web' } },
  {
    name: 'ports',
    type: 'RANGES',
    ranges: { range: [{ begin: 31000, end: 31005 }] },
    allocation_info: { role: 'web' },
  },
];

const update: Event = {
  type: 'UPDATE',
  update: {
    status: {
      task_id: { value: 'web.instance-1234' },
      state: 'TASK_RUNNING',
      source: 'SOURCE_EXECUTOR',
      agent_id: AGENT_ID,
      executor_id: { value: 'web.instance-1234' },
      timestamp: 1_795_202_511.47,
      uuid: '/1gzuNGgR1aq1iahZD0c1Q==',
      container_status: {
        container_id: { value: '5f8f931a-ea0a-4116-945a-72c35d4f9029' },
        network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '127.0.0.2' }] }],
        executor_pid: 4711,
      },
    },
  },
};

const task = (index: number): TaskInfo => ({
  name: `web-${index}`,
  task_id: { value: `web.${index}` },
  agent_id: AGENT_ID,
  resources,
  command: { value: 'exec sleep 1000', environment: { variables: [{ name: 'PORT', value: '31000' }] } },
  labels: { labels: [{ key: 'owner', value: 'team-a' }] },
});

const accept: Call = {
  framework_id: FRAMEWORK_ID,
  type: 'ACCEPT',
  accept: {
    offer_ids: [{ value: '8f612f3d-3dd6-4073-b301-b9c140c16652-O17' }],
    operations: [{ type: 'LAUNCH', launch: { task_infos: Array.from({ length: 10 }, (_, index) => task(index)) } }],
    filters: { refuse_seconds: 5 },
  },
};

const state: Response = {
  type: 'GET_STATE',
  get_state: {
    get_agents: {
      agents: Array.from({ length: 1000 }, (_, index) => ({
        agent_info: { hostname: `agent-${index}`, port: 5051, resources, id: { value: `${AGENT_ID.value}${index}` } },
        active: true,
        version: '1.12.0',
        pid: 'slave(1)@127.0.0.2:5051',
        registered_time: { nanoseconds: 1_795_203_480_647_146_000 },
        total_resources: resources,
        allocated_resources: resources,
      })),
    },
  },
};

export const run: Bench = function* ({ quick }) {
  const forMs = quick ? 60 : 600;
  yield* figures('UPDATE event', Event, update, forMs);
  yield* figures('ACCEPT of 10 tasks', Call, accept, forMs);
  yield* figures('GET_STATE of 1000 agents', Response, state, forMs);
};

function* figures<T>(name: string, type: MessageType<T>, message: T, forMs: number) {
  const text = stringify(type, message);
  const bytes = encode(type, message);
  const jsonBytes = new TextEncoder().encode(text);
  const ways: readonly [string, () => unknown][] = [
    ['to JSON', () => stringify(type, message)],
    ['from JSON', () => parseJson(type, jsonBytes)],
    ['to protobuf', () => encode(type, message)],
    ['from protobuf', () => decode(type, bytes)],
  ];
  for (const [way, work] of ways) yield row(`${name}, ${way}`, rate(work, forMs), undefined, 'msgs/s', false);
}

/** Median of five stretches, after one to warm up. */
function rate(work: () => unknown, forMs: number): number {
  const stretch = (): number => {
    const start = performance.now();
    let count = 0;
    let elapsed = 0;
    while (elapsed < forMs / 5) {
      for (let i = 0; i < 10; i++) work();
      count += 10;
      elapsed = performance.now() - start;
    }
    return (count * 1000) / elapsed;
  };
  stretch();
  return median(Array.from({ length: 5 }, stretch));
}
