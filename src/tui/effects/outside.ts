// What effects are carried out through: clients of the public APIs, the view for what rows mean, a file for what is saved.
import { ApiError } from '../../client/api-error.ts';
import { type ChronosClient, ChronosError } from '../../client/chronos.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MarathonError } from '../../client/marathon.ts';
import { AgentClient, type MasterClient } from '../../client/operator.ts';
import type { Net } from '../../world/net.ts';
import type { Clock } from '../../world/world.ts';
import type { ClusterView } from '../view/model.ts';

export interface Outside {
  readonly view: ClusterView;
  readonly net: Net;
  readonly clock: Clock;
  readonly master: MasterClient;
  /** Undefined while none is known. */
  readonly marathon: () => MarathonClient | undefined;
  /** As `marathon`. */
  readonly chronos: () => ChronosClient | undefined;
}

export const AGENT_TIMEOUT_MS = 5000;

/** Throws Error when the agent is gone. */
export function agentOf({ view, net }: Pick<Outside, 'view' | 'net'>, agentId: string): AgentClient {
  const address = view.agents.get(agentId)?.address;
  if (address === undefined) throw new Error(`the agent ${agentId} is not there any more`);
  return new AgentClient({ net, addresses: [address], timeoutMs: AGENT_TIMEOUT_MS });
}

/** Throws Error when there is no Marathon. */
export function marathonOf({ marathon }: Pick<Outside, 'marathon'>): MarathonClient {
  const client = marathon();
  if (client === undefined) throw new Error('no Marathon is known in this cluster');
  return client;
}

/** Throws Error when there is no Chronos. */
export function chronosOf({ chronos }: Pick<Outside, 'chronos'>): ChronosClient {
  const client = chronos();
  if (client === undefined) throw new Error('no Chronos is known in this cluster');
  return client;
}

/** What went wrong, in one line. Whoever shows it makes it harmless. */
export function wordsOf(error: unknown): string {
  const text = said(error).split('\n', 1)[0]?.trim() ?? '';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function said(error: unknown): string {
  if (error instanceof ApiError) {
    const beyond = error.said === '' ? '' : `: ${error.said}`;
    switch (error.code) {
      case 'unreachable':
        return `${error.address} cannot be reached`;
      case 'forbidden':
        return `${error.address} does not allow this${beyond}`;
      case 'unavailable':
        return `${error.address} cannot answer now${beyond}`;
      case 'not-found':
        return `${error.address} does not have that${beyond}`;
      case 'unreadable':
        return `${error.address} did not answer as a Mesos daemon does`;
      default:
        return error.said === '' ? error.message : error.said;
    }
  }
  if (error instanceof ChronosError) {
    if (error.code === 'unreachable') return `${error.address} cannot be reached`;
    return error.code === 'no-such-path' ? 'this Chronos cannot do that' : `Chronos: ${error.message}`;
  }
  if (error instanceof MarathonError) return `Marathon: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
