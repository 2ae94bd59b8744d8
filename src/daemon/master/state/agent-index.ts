// Every agent id the master knows, by what it knows of it. An id is in at most one of these at any
// time. Agents that left for good are not remembered: one that comes back is as good as unknown.
import type { AgentInfo, TimeInfo } from '../../../mesos/generated/v1.ts';
import type { MasterAgent } from './agent.ts';
import type { Deactivation } from './deactivation.ts';
import { RegisteredAgents } from './registered-agents.ts';
import { Transitions } from './transitions.ts';

/** Agents by id, but for `byPid`, `byMachine` and `byStreamId`. */
export class AgentIndex {
  readonly registered = new RegisteredAgents();
  /** The registered ones by `pid`: one agent per address. */
  readonly byPid = new Map<string, MasterAgent>();
  /** The registered ones by the machine they are on (src/mesos/machine.ts). No empty sets. */
  readonly byMachine = new Map<string, Set<MasterAgent>>();
  /** The connected ones by the id of their event stream. */
  readonly byStreamId = new Map<string, MasterAgent>();
  /** In the registry when this master started, and not back yet. */
  readonly recovered = new Map<string, AgentInfo>();
  /** When it became unreachable. */
  readonly unreachable = new Map<string, TimeInfo>();
  /** When an operator marked it gone. */
  readonly gone = new Map<string, TimeInfo>();
  /** Registered, recovered and unreachable ones that operators took out of the offers. */
  readonly deactivated = new Map<string, Deactivation>();
  /** Whose change (admission, unreachable, reachable, gone, removal, drain) is being made durable: nothing else may start. */
  readonly inTransition = new Transitions();
  /** Those of them that are being marked gone. */
  readonly markingGone = new Set<string>();
  /** Addresses (`pid`) whose agent is being admitted: it has no id yet. */
  readonly admitting = new Set<string>();
}
