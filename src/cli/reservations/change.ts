// Operations on what agents have: asked of the master, and waited for until the agent has carried them out.
import { ApiError, type MasterClient } from '../../client/operator.ts';
import type { Call } from '../../mesos/generated/master.ts';
import type { Clock } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

const POLL_MS = 100;
/** An agent that is connected takes a few milliseconds. */
const DEFAULT_TIMEOUT_MS = 30_000;

export interface ChangeOptions {
  readonly master: MasterClient;
  readonly clock: Clock;
  readonly agentId: string;
  readonly detach: boolean;
  readonly timeoutMs: number | undefined;
  readonly progress: (text: string) => void;
}

/** Resolves when the agent is done with it. Throws Problem: `conflict` when tasks use the resources, `timedOut`; ApiError. */
export async function changeResources(
  { master, clock, agentId, detach, timeoutMs = DEFAULT_TIMEOUT_MS, progress }: ChangeOptions,
  call: Call,
): Promise<void> {
  try {
    await master.call(call);
  } catch (error) {
    throw refusal(agentId, error);
  }
  if (detach) return;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let isTold = false;
  for (;;) {
    const answer = await master.call({ type: 'GET_OPERATIONS' });
    const isPending = (answer?.get_operations?.operations ?? []).some(
      ({ agent_id, framework_id }) => agent_id?.value === agentId && framework_id === undefined,
    );
    if (!isPending) return;
    if (clock.monotonicMs() >= deadlineMs) {
      throw new Problem(EXIT.timedOut, {
        what: `Agent ${agentId} has not carried it out yet.`,
        why: 'The master has accepted it, and waits for the agent as we did.',
        next: `mctl agent show ${agentId}`,
      });
    }
    if (!isTold) progress(`waiting for agent ${agentId}`);
    isTold = true;
    await clock.sleep(POLL_MS);
  }
}

/** The master compares with what no task uses. */
function refusal(agentId: string, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const [, free, wanted] = /^(.*) does not contain (.+)$/s.exec(error.said) ?? [];
  if (free === undefined || wanted === undefined) return error;
  return new Problem(
    EXIT.conflict,
    {
      what: `Agent ${agentId} has not got ${wanted} that no task uses.`,
      why: `Unused: ${free === '' || free === '{}' ? 'nothing' : free}.`,
      next: `mctl agent show ${agentId}`,
    },
    { cause: error },
  );
}
