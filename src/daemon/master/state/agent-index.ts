// Every agent id the master knows, by what it knows of it. An id is in at most one of these at any time.
import type { AgentInfo, TimeInfo } from '../../../mesos/generated/v1.ts';
import type { MasterAgent } from './agent.ts';
import { BoundedMap } from './bounded-map.ts';

/** Ids remembered as removed (mesos-semantics.md 1). */
const MAX_REMOVED_AGENTS = 100_000;

/** Agents by id. */
export class AgentIndex {
  /** Connected, or disconnected for less than the re-registration timeout. */
  readonly registered = new Map<string, MasterAgent>();
  /** In the registry when this master started, and not back yet. */
  readonly recovered = new Map<string, AgentInfo>();
  /** When it became unreachable. */
  readonly unreachable = new Map<string, TimeInfo>();
  /** When an operator marked it gone. */
  readonly gone = new Map<string, TimeInfo>();
  /** Unregistered or replaced. */
  readonly removed = new BoundedMap<string, true>(MAX_REMOVED_AGENTS);
}
