// Recorded commands and answers of the original allocator (fixtures/transcripts.jsonl.gz), and how to replay them: clock
// in whole seconds, agents visited by id, an event-triggered run after every command that asks for one, a batch per tick.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { HierarchicalAllocator } from '../../src/allocator/allocator.ts';
import { Resources } from '../../src/mesos/resources.ts';

export interface RecordedOffer {
  readonly agent: string;
  readonly framework: string;
  readonly role: string;
  readonly resources: string;
}

interface Holder {
  readonly framework: string;
  readonly agent: string;
  readonly role: string;
  readonly resources: string;
}

export type Command =
  | {
      readonly op: 'addAgent';
      readonly id: string;
      readonly resources: string;
      readonly used?: Readonly<Record<string, { readonly role: string; readonly resources: string }>>;
    }
  | {
      readonly op: 'addFramework';
      readonly id: string;
      readonly roles: readonly string[];
      readonly suppressed?: readonly string[];
      readonly capabilities?: readonly string[];
    }
  | {
      readonly op:
        | 'removeAgent'
        | 'activateAgent'
        | 'deactivateAgent'
        | 'removeFramework'
        | 'activateFramework'
        | 'deactivateFramework';
      readonly id: string;
    }
  | { readonly op: 'suppress' | 'revive'; readonly framework: string; readonly roles?: readonly string[] }
  | ({ readonly op: 'use' } & Holder)
  | ({ readonly op: 'recover'; readonly refuse?: number; readonly allocated?: 0 | 1 } & Holder)
  | { readonly op: 'weights'; readonly weights: Readonly<Record<string, number>> }
  | { readonly op: 'tick'; readonly seconds: number }
  | { readonly op: 'quota'; readonly role: string; readonly guarantees?: string; readonly limits?: string };

export interface Transcript {
  readonly name: string;
  readonly lines: readonly { readonly cmd: Command; readonly ans: { readonly offers: readonly RecordedOffer[] } }[];
}

export function readTranscripts(): Transcript[] {
  const packed = readFileSync(new URL('./fixtures/transcripts.jsonl.gz', import.meta.url));
  const lines = gunzipSync(packed).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Transcript);
}

const AGENT_CAPABILITIES = new Set(['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT']);
const FRAMEWORK_CAPABILITIES = ['MULTI_ROLE', 'RESERVATION_REFINEMENT'];

/** One allocator being driven by commands. */
export class Replay {
  readonly allocator = new HierarchicalAllocator({
    order: 'by-id',
    limitsBindSubroles: false,
    weightsReachSubtrees: false,
  });
  nowMs = 0;

  /** What is offered by or after the command, sorted by agent, framework, role. */
  answer(command: Command): RecordedOffer[] {
    const batch = this.apply(command);
    const offers = batch || this.allocator.hasPendingAgents() ? this.allocator.allocate(this.nowMs, { batch }) : [];
    return offers
      .map(({ agentId, frameworkId, role, resources }) => ({
        agent: agentId,
        framework: frameworkId,
        role,
        resources: resources.unallocated().format(),
      }))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  /** Says whether the interval has passed. */
  apply(command: Command): boolean {
    const { allocator } = this;
    switch (command.op) {
      case 'addAgent':
        allocator.addAgent(command.id, {
          hostname: command.id,
          attributes: [],
          capabilities: AGENT_CAPABILITIES,
          total: Resources.parse(command.resources),
          used: Object.entries(command.used ?? {}).map(([frameworkId, { role, resources }]) => ({
            frameworkId,
            resources: Resources.parse(resources).allocatedTo(role),
          })),
        });
        return false;
      case 'addFramework':
        allocator.addFramework(command.id, {
          roles: command.roles,
          suppressedRoles: command.suppressed ?? [],
          capabilities: new Set([...FRAMEWORK_CAPABILITIES, ...(command.capabilities ?? [])]),
          active: true,
        });
        return false;
      case 'removeAgent':
      case 'activateAgent':
      case 'deactivateAgent':
      case 'removeFramework':
      case 'activateFramework':
      case 'deactivateFramework':
        allocator[command.op](command.id);
        return false;
      case 'suppress':
      case 'revive':
        allocator[command.op](command.framework, command.roles);
        return false;
      case 'use':
        allocator.transitionOfferedToAllocated(
          command.agent,
          command.role,
          command.framework,
          Resources.parse(command.resources),
        );
        return false;
      case 'recover':
        allocator.recoverResources(
          {
            frameworkId: command.framework,
            agentId: command.agent,
            role: command.role,
            resources: Resources.parse(command.resources),
            wasAllocated: command.allocated === 1,
            ...(command.refuse === undefined ? {} : { refuseSeconds: command.refuse }),
          },
          this.nowMs,
        );
        return false;
      case 'weights':
        allocator.updateWeights(new Map(Object.entries(command.weights)));
        return false;
      case 'tick':
        this.nowMs += command.seconds * 1000;
        return true;
      case 'quota':
        allocator.setQuota(command.role, { guarantees: amounts(command.guarantees), limits: amounts(command.limits) });
        return false;
    }
  }
}

const amounts = (text: string | undefined): Record<string, number> =>
  Object.fromEntries(Resources.parse(text ?? '').quantities());

const sortKey = ({ agent, framework, role }: RecordedOffer): string => `${agent}\u0000${framework}\u0000${role}`;
