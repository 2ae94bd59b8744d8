// What every part of the master works on: its books, its allocator, its registry and its way out. Made once by master.ts.
// The functions of books/, frameworks/, agents/, scheduler/ and agent-link/ take it as their first argument.
import type { HierarchicalAllocator } from '../../allocator/allocator.ts';
import type { Log, World } from '../../world/world.ts';
import type { TransitionLimiter } from './agents/transition-limiter.ts';
import type { MasterEvents } from './events.ts';
import type { MasterOptions } from './flags.ts';
import type { LiveEvents } from './live-events.ts';
import type { RecoveryPause } from './quota/recovery-pause.ts';
import type { Registrar } from './registry/registrar.ts';
import type { MasterAgent } from './state/agent.ts';
import type { MasterIds } from './state/master-ids.ts';
import type { MasterState } from './state/master-state.ts';

/** What the handlers of the master work with. One object for the life of a master; what changes is inside its parts. */
export interface MasterCore {
  readonly world: World;
  readonly log: Log;
  readonly options: MasterOptions;
  readonly state: MasterState;
  readonly ids: MasterIds;
  readonly events: MasterEvents;
  readonly live: LiveEvents;
  readonly allocator: HierarchicalAllocator;
  readonly registrar: Registrar;
  /** Of offers, after a fail-over with quotas. */
  readonly recoveryPause: RecoveryPause;
  /** `--agent_removal_rate_limit`. */
  readonly unreachableLimiter: TransitionLimiter;
  /** Lets an event-triggered allocation run follow this turn if one is due (mesos-semantics.md 3.1). */
  readonly requestAllocation: () => void;
  /** An agent may have lost its last task or operation in the books: its draining waits for that. */
  readonly agentEmptied: (agent: MasterAgent) => void;
  /** Ends the process of this master: what it knows can no longer be trusted or kept. */
  readonly fail: (reason: string) => void;
  /** The master was stopped or has failed: streams that end now end because of that. */
  readonly isOver: () => boolean;
}
