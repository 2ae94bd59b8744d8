// Operations on resources change what an agent has, and what of it is in an offer or free (mesos-semantics.md 4.1). They
// keep quantities: the totals of the cluster and all shares stay as they are.
import { type Conversion, convert } from '../mesos/resources/conversion.ts';
import type { Resources } from '../mesos/resources.ts';
import type { AgentRecord, Holding } from './agent.ts';
import type { Books } from './books.ts';
import { AllocatorError } from './errors.ts';

interface Holder {
  readonly frameworkId: string;
  readonly role: string;
}

/** Part of what `frameworkId` is offered there for `role` becomes something else. Throws AllocatorError; then nothing changed. */
export function convertOffered(
  books: Books,
  agent: AgentRecord,
  holder: Holder,
  conversions: readonly Conversion[],
): void {
  const holding = held(books, agent, holder);
  const offered = applied(holding.offered, conversions);
  books.exchangeTotal(agent, applied(agent.total, conversions));
  books.exchange(holding, offered);
  // A shared volume that was made is free at once, however much of it is offered.
  if (agent.total.traits.hasShared) books.unsettle(agent);
}

/** Part of what is free there becomes something else. Throws AllocatorError; then nothing changed. */
export function convertAvailable(books: Books, agent: AgentRecord, conversions: readonly Conversion[]): void {
  applied(agent.free, conversions);
  books.exchangeTotal(agent, applied(agent.total, conversions));
  books.unsettle(agent);
}

/** Another use of shared volumes that the framework is offered there. Throws AllocatorError. */
export function allocateShared(books: Books, agent: AgentRecord, holder: Holder, shared: Resources): void {
  const { offered } = held(books, agent, holder);
  if (!offered.contains(shared)) throw lacking(`${offered.format()} does not contain ${shared.format()}`);
  books.give(agent, holder.frameworkId, holder.role, shared, 'allocated');
}

function held(books: Books, agent: AgentRecord, { frameworkId, role }: Holder): Holding {
  const holding = books.findHolding(agent, frameworkId, role);
  if (holding !== undefined) return holding;
  throw lacking(`Framework ${frameworkId} is offered nothing of agent ${agent.id} for role ${role}`);
}

function applied(resources: Resources, conversions: readonly Conversion[]): Resources {
  const result = convert(resources, conversions);
  if (result.kind === 'lacking') throw lacking(result.problem);
  return result.resources;
}

const lacking = (message: string): AllocatorError => new AllocatorError('RESOURCES_NOT_HELD', message);
