// `mctl agent drain`: everything on an agent is killed and nothing is offered of it; waits until nothing is left.
import { ApiError, type MasterClient } from '../../client/operator.ts';
import type { Clock } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { capitalised } from '../output/sentence.ts';
import { Problem } from '../problem.ts';
import { decide } from './decisions.ts';
import type { FoundAgent } from './find.ts';

const POLL_MS = 500;
/** For how long nobody may answer: an election among masters takes some seconds, with the original's time-outs half a minute. */
const SILENCE_MS = 60_000;
/** Counts that /state-summary has of tasks that have not ended. */
const LIVE = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'] as const;

/** What is asked for. */
export interface DrainWish {
  /** The longest that a task may have to end; undefined: what it asks for itself. */
  readonly maxGraceMs: number | undefined;
  /** It leaves for good afterwards. */
  readonly markGone: boolean;
}

/** Asks the master. A second time the new wish holds. Throws Problem. */
export async function beginDrain(master: MasterClient, agent: FoundAgent, wish: DrainWish): Promise<void> {
  const { maxGraceMs, markGone } = wish;
  const grace = maxGraceMs === undefined ? undefined : Math.round(maxGraceMs);
  await decide(master, agent, {
    type: 'DRAIN_AGENT',
    drain_agent: {
      agent_id: { value: agent.id },
      mark_gone: markGone,
      ...(grace !== undefined && {
        max_grace_period: { seconds: Math.floor(grace / 1000), nanos: (grace % 1000) * 1e6 },
      }),
    },
  });
}

export interface FollowOptions {
  readonly master: MasterClient;
  readonly clock: Clock;
  readonly agent: FoundAgent;
  readonly markGone: boolean;
  /** Undefined: for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly progress: (text: string) => void;
}

/**
 * Until nothing is left there; a master that fails over is waited for. Throws Problem: `timedOut`, `conflict` when somebody
 * else ended it or the agent went away; ApiError when no master answers for long.
 */
export async function followDrain(options: FollowOptions): Promise<'drained' | 'gone'> {
  const { master, clock, agent, markGone, timeoutMs = Number.POSITIVE_INFINITY, progress } = options;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let answeredMs = clock.monotonicMs();
  let last = '';
  for (;;) {
    const seen = await look(master, agent.id).catch((error: unknown) => {
      if (!isSilence(error) || clock.monotonicMs() - answeredMs >= SILENCE_MS) throw error;
      return SILENCE;
    });
    if (seen !== SILENCE) answeredMs = clock.monotonicMs();
    if (seen === AWAY && markGone) return 'gone';
    if (seen === AWAY) {
      throw new Problem(EXIT.conflict, {
        what: `${capitalised(agent.called)} is not registered.`,
        why: 'It was marked gone, or is away: then the drain goes on when it is back, and nobody knows what still runs there.',
        next: `mctl agent drain ${agent.id}      (waits for it again)`,
      });
    }
    if (typeof seen !== 'string' && seen.drain === 'DRAINED') return 'drained';
    if (typeof seen !== 'string' && seen.drain === undefined) {
      throw new Problem(EXIT.conflict, { what: `${capitalised(agent.called)} is not being drained any more.` });
    }
    const words = typeof seen === 'string' ? seen : whatIsLeft(seen.liveTasks);
    if (words !== last) progress(`${agent.called}: ${words}`);
    last = words;
    if (clock.monotonicMs() >= deadlineMs) {
      throw new Problem(EXIT.timedOut, {
        what: `${capitalised(agent.called)} is not drained after ${Math.round(timeoutMs / 1000)} s.`,
        why: `${capitalised(words)}. The drain goes on.`,
        next: `mctl agent show ${agent.id}`,
      });
    }
    await clock.sleep(POLL_MS);
  }
}

interface Seen {
  readonly drain: unknown;
  readonly liveTasks: number;
}

const AWAY = 'away';
/** What is waited for when that is not the agent's tasks. */
const SILENCE = 'no master answers now';
const EXPECTED = 'the master has just begun to lead, the agent is still to come back to it';

function isSilence(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'unreachable' || error.code === 'unavailable');
}

async function look(master: MasterClient, agentId: string): Promise<Seen | typeof AWAY | typeof EXPECTED> {
  const seen = lookAt(await master.legacy('/state-summary'), agentId);
  if (seen !== undefined) return seen;
  const { agents = [], recovered_agents = [] } = await master.getAgents();
  // It may have come back since the summary.
  const ids = [...agents.map(({ agent_info }) => agent_info.id), ...recovered_agents.map(({ id }) => id)];
  return ids.some((id) => id?.value === agentId) ? EXPECTED : AWAY;
}

/** In a /state-summary; undefined: it is not registered. */
function lookAt(summary: unknown, agentId: string): Seen | undefined {
  const agents: unknown = member(summary, 'slaves');
  const agent: unknown = Array.isArray(agents)
    ? agents.find((one: unknown) => member(one, 'id') === agentId)
    : undefined;
  if (agent === undefined) return undefined;
  const liveTasks = LIVE.reduce((sum, state) => sum + Number(member(agent, state) ?? 0), 0);
  return { drain: member(member(agent, 'drain_info'), 'state'), liveTasks };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function whatIsLeft(liveTasks: number): string {
  if (liveTasks > 0) return `${liveTasks} ${liveTasks === 1 ? 'task' : 'tasks'} still to end`;
  return 'all tasks have ended, their frameworks are still to acknowledge it';
}
