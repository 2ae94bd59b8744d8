// The views of a moment against what the real master answered at that moment.
import { describe, expect, it } from 'vitest';
import { send } from '../../serving/requests.ts';
import { stateFrom } from './state-fixture.ts';
import { recorded, unordered, viewsOf } from './views-fixture.ts';

/** What of a body is of this run or this build and not of the state. */
const OF_THE_MASTER = [
  ...['version', 'build_date', 'build_time', 'build_user', 'start_time', 'elected_time', 'id', 'pid', 'leader'],
  ...['leader_info', 'flags', 'external_log_file'],
];

describe.each(Object.keys(recorded))('in the recorded situation %s', (situation) => {
  const bodies = recorded[situation] ?? {};
  const told = bodies.GET_STATE as { get_state: unknown } | undefined;
  const state = stateFrom(told?.get_state ?? {});
  const { handler } = viewsOf(state);
  const calls = Object.keys(bodies).filter((name) => name.startsWith('GET_'));
  const reads = Object.keys(bodies).filter((name) => name.startsWith('GET-'));

  it.each(calls.filter((call) => call !== 'GET_MASTER'))('the call %s is answered as recorded', async (call) => {
    const answer = await send(handler, '/api/v1', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: call, ...(call === 'GET_METRICS' && { get_metrics: {} }) }),
    });
    const body = bodies[call];
    expect(unordered(withoutPortTotals(JSON.parse(answer.text)))).toEqual(unordered(withoutPortTotals(body)));
  });

  it.each(reads)('%s is answered as recorded', async (name) => {
    const { text } = await send(handler, targetOf(name, bodies[name]));
    const clean = (body: unknown) => unordered(withoutPortTotals(withoutMaster(name, body)));
    expect(clean(JSON.parse(text))).toEqual(clean(bodies[name]));
  });
});

function targetOf(name: string, body: unknown): string {
  const [, path = '', ...query] = name.split('-');
  if (path === 'state' && query[0] === 'summary') return '/state-summary';
  const pairs = query.map((pair) => pair.replace(/^(limit|offset|order|slave_id|framework_id)_/, '$1='));
  return `/${path}?${pairs.join('&').replace('AID', firstId(body)).replace('FID', firstId(body))}`;
}

/** The id that was asked for: of the agent that was answered, or of the framework of its first task. */
function firstId(body: unknown): string {
  const { slaves, tasks } = body as { slaves?: { id: string }[]; tasks?: { framework_id: string }[] };
  return slaves?.[0]?.id ?? tasks?.[0]?.framework_id ?? '';
}

function withoutMaster(name: string, body: unknown): unknown {
  if (!name.startsWith('GET-state') || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([key]) => !OF_THE_MASTER.includes(key)));
}

/**
 * The original keeps a framework's totals as one set of ports for all agents, which loses them as soon as one of two agents
 * with the same ports gives its part back. Ours are the sum of what is there; the ports are left out of the comparison.
 */
function withoutPortTotals(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) => {
    if ((key === 'frameworks' || key === 'completed_frameworks') && Array.isArray(value))
      return value.map(frameworkTotals);
    return value;
  });
}

function frameworkTotals(framework: Record<string, unknown>): unknown {
  if (typeof framework !== 'object') return framework;
  const changed = { ...framework };
  for (const name of ['used_resources', 'offered_resources', 'resources', 'allocated_resources']) {
    const total = changed[name];
    if (Array.isArray(total)) changed[name] = total.filter((resource) => resource.name !== 'ports');
    else if (typeof total === 'object') changed[name] = { ...total, ports: undefined };
  }
  return JSON.parse(JSON.stringify(changed));
}
