import { describe, expect, test } from 'vitest';
import { deactivateAgent, reactivateAgent } from '../../../src/cli/agents/decisions.ts';
import { beginDrain, followDrain } from '../../../src/cli/agents/drain.ts';
import { findAgentToChange, tasksWords } from '../../../src/cli/agents/find.ts';
import { Problem } from '../../../src/cli/problem.ts';
import type { AgentEntry } from '../../../src/cli/views/cluster-picture.ts';
import { ApiError, type MasterClient } from '../../../src/client/operator.ts';
import type { Call } from '../../../src/mesos/generated/master.ts';
import type { Clock } from '../../../src/world/world.ts';

const AGENT = { id: 'm-S1', called: 'agent h1 (m-S1)', entry: undefined, liveTasks: 0 };

type Look = { state?: string; running?: number } | 'recovered' | 'back' | 'silent' | undefined;

/** What the master tells at each look; the last again and again. `undefined`: the agent is not there. */
function master(...looks: Look[]) {
  let look = 0;
  const calls: Call[] = [];
  const client = {
    getAgents: async () => {
      const id = { value: 'm-S1' };
      const seen = looks[look - 1];
      return {
        ...(seen === 'recovered' && { recovered_agents: [{ id }] }),
        ...(seen === 'back' && { agents: [{ agent_info: { id } }] }),
      };
    },
    legacy: async () => {
      const now = looks[Math.min(look, looks.length - 1)];
      if (now === 'silent') {
        look += 1;
        throw new ApiError('unreachable', 'http://m', 'nobody');
      }
      const seen = now === 'recovered' || now === 'back' ? undefined : now;
      look += 1;
      const { state, running = 0 } = seen ?? {};
      const slave = { id: 'm-S1', TASK_RUNNING: running, ...(state && { drain_info: { state, config: {} } }) };
      return { slaves: seen === undefined ? [] : [{ id: 'm-S0', TASK_RUNNING: 9 }, slave] };
    },
    call: async (call: Call) => {
      calls.push(call);
    },
  } as unknown as MasterClient;
  return { client, calls };
}

function followed(client: MasterClient, markGone = false, timeoutMs?: number) {
  let nowMs = 0;
  const words: string[] = [];
  const clock = {
    monotonicMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  } as unknown as Clock;
  const progress = (text: string) => void words.push(text);
  return { words, end: followDrain({ master: client, clock, agent: AGENT, markGone, timeoutMs, progress }) };
}

describe('who waits for a drain', () => {
  test('is told what it waits for, each thing once, and sees its end', async () => {
    const draining = { state: 'DRAINING' };
    const { client } = master({ ...draining, running: 2 }, { ...draining, running: 2 }, draining, { state: 'DRAINED' });
    const { words, end } = followed(client);
    expect(await end).toBe('drained');
    expect(words).toEqual([
      'agent h1 (m-S1): 2 tasks still to end',
      'agent h1 (m-S1): all tasks have ended, their frameworks are still to acknowledge it',
    ]);
  });

  test('for good sees it gone; else an agent that is away is a conflict, as is a drain that somebody ended', async () => {
    expect(await followed(master({ state: 'DRAINING' }, undefined).client, true).end).toBe('gone');
    await expect(followed(master(undefined).client).end).rejects.toMatchObject({ exitCode: 4 });
    await expect(followed(master({}).client).end).rejects.toMatchObject({ exitCode: 4 });
  });

  test('waits for the next master, and until the agent is back there: it is not gone before', async () => {
    const draining = { state: 'DRAINING', running: 1 } as const;
    const { client } = master(draining, 'silent', 'silent', 'recovered', 'back', draining, undefined);
    const { words, end } = followed(client, true);
    expect(await end).toBe('gone');
    expect(words.map((text) => text.replace('agent h1 (m-S1): ', ''))).toEqual([
      '1 task still to end',
      'no master answers now',
      'the master has just begun to lead, the agent is still to come back to it',
      '1 task still to end',
    ]);
    await expect(followed(master('silent').client).end).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('gives up after its time, and says why', async () => {
    const { end } = followed(master({ state: 'DRAINING', running: 1 }).client, false, 3_000);
    await expect(end).rejects.toMatchObject({ exitCode: 10, text: { why: '1 task still to end. The drain goes on.' } });
  });
});

test.each([
  ['active', 'deactivated'],
  ['deactivated', 'deactivated'],
  ['draining', 'draining'],
  ['drained', 'drained'],
] as const)('an agent that was %s is %s when it is deactivated', async (before, after) => {
  const { client, calls } = master();
  const agent = { ...AGENT, entry: { state: before } as AgentEntry };
  expect(await deactivateAgent(client, agent)).toBe(after);
  expect(calls.map(({ type }) => type)).toEqual(['DEACTIVATE_AGENT']);
});

test('the longest grace is told in seconds and nanoseconds', async () => {
  const { client, calls } = master();
  await beginDrain(client, AGENT, { maxGraceMs: 1_500, markGone: true });
  await beginDrain(client, AGENT, { maxGraceMs: undefined, markGone: false });
  expect(calls.map(({ drain_agent }) => drain_agent)).toEqual([
    { agent_id: { value: 'm-S1' }, mark_gone: true, max_grace_period: { seconds: 1, nanos: 500e6 } },
    { agent_id: { value: 'm-S1' }, mark_gone: false },
  ]);
});

test.each([
  ['Unknown agent', 400, 3, /no agent 'm-S1'/],
  ['Agent is not deactivated', 400, 4, /not deactivated/],
  ['Agent is still in the DRAINING state', 400, 4, /still being drained/],
  ['Agent m-S1 is part of a maintenance schedule under machine', 400, 4, /maintenance schedule/],
  ['Agent is currently being marked gone', 409, 4, /leaving for good/],
])('a refusal "%s" is told in words', async (said, status, exitCode, what) => {
  const error = new ApiError('refused', 'http://m', said, { status, said });
  const client = { call: () => Promise.reject(error) } as unknown as MasterClient;
  const refused = reactivateAgent(client, AGENT);
  await expect(refused).rejects.toThrow(Problem);
  await expect(refused).rejects.toMatchObject({ exitCode, text: { what: expect.stringMatching(what) } });
});

test('an agent that is away is meant by its whole id alone', async () => {
  const client = { getState: async () => ({}) } as unknown as MasterClient;
  const away = await findAgentToChange(client, 'm-S1');
  expect([away.id, tasksWords(away)]).toEqual(['m-S1', 'which is away']);
  await expect(findAgentToChange(client, 'S1')).rejects.toMatchObject({ exitCode: 3 });
});
