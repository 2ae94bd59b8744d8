// What becomes of offers and of what is in use, in both allocators.
import { type Conversion, convert } from '../../../../src/mesos/resources/conversion.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import type { Agent, Holding, Part } from '../../reference/reference-books.ts';
import type { HoldingCommand } from '../commands.ts';
import { conversionsFor } from './operations.ts';
import { pick } from './pick.ts';
import type { Twins } from './twins.ts';

export function tellOfHoldings(twins: Twins, command: HoldingCommand): void {
  switch (command.op) {
    case 'decline':
      giveBack(twins, 'offered', command.which, command.isWhole, command.seconds);
      break;
    case 'finish':
      giveBack(twins, 'allocated', command.which, command.isWhole, 0);
      break;
    case 'use':
      use(twins, command.which, command.isWhole);
      break;
    case 'shareVolume':
      shareVolume(twins, command.which);
      break;
    case 'convertOffered':
    case 'convertAvailable':
      convertSome(twins, command);
      break;
  }
}

function giveBack(twins: Twins, part: Part, which: number, isWhole: boolean, seconds: number): void {
  const holding = pickHolding(twins, part, which);
  if (holding !== undefined) recover(twins, holding, isWhole ? holding[part] : piece(holding[part]), part, seconds);
}

export function recover(
  { ours, books, nowMs }: Twins,
  holding: Holding,
  resources: Resources,
  part: Part,
  refuseSeconds: number,
): void {
  const { agent, framework, role } = holding;
  const wasAllocated = part === 'allocated';
  ours.recoverResources(
    { frameworkId: framework, agentId: agent, role, resources, wasAllocated, refuseSeconds },
    nowMs,
  );
  if (resources.isEmpty) return;
  holding[part] = holding[part].minus(resources);
  if (refuseSeconds === 0 || books.frameworks.get(framework)?.roles.has(role) !== true) return;
  const endsMs = nowMs + refuseSeconds * 1000;
  books.filters.push({ agent, framework, role, refused: resources, endsMs, isShort: refuseSeconds === 1 });
}

function use(twins: Twins, which: number, isWhole: boolean): void {
  const holding = pickHolding(twins, 'offered', which);
  if (holding === undefined) return;
  const { agent, role, framework } = holding;
  const used = isWhole ? holding.offered : piece(holding.offered);
  twins.ours.transitionOfferedToAllocated(agent, role, framework, used.allocatedTo(role));
  holding.offered = holding.offered.minus(used);
  holding.allocated = holding.allocated.plus(used);
}

/** One more task on a shared volume that is in an offer. */
function shareVolume({ ours, books }: Twins, which: number): void {
  const holding = pick(
    books.holdings.filter(({ offered }) => offered.traits.hasShared),
    which,
  );
  if (holding === undefined) return;
  const { agent, role, framework } = holding;
  const once = Resources.of(holding.offered.shared().toMessages().slice(0, 1));
  ours.allocateShared(agent, role, framework, once.allocatedTo(role));
  books.hold(agent, framework, role, once, 'allocated');
}

function convertSome(twins: Twins, command: HoldingCommand & { op: 'convertOffered' | 'convertAvailable' }): void {
  const { ours, books } = twins;
  const isOffered = command.op === 'convertOffered';
  const holding = isOffered ? pickHolding(twins, 'offered', command.which) : undefined;
  if (isOffered && holding === undefined) return;
  const target =
    holding === undefined ? pick([...books.agents.values()], command.which) : books.agents.get(holding.agent);
  if (target === undefined) return;
  const atHand = holding?.offered ?? books.free(target);
  const volumeId = `volume${twins.nextNumber()}`;
  const conversions = conversionsFor(command.operation, command.role, volumeId, atHand);
  if (conversions === undefined || isUsedElsewhere(twins, target, holding, conversions)) return;
  const total = convert(target.total, conversions);
  const rest = convert(atHand, conversions);
  if (total.kind === 'lacking' || rest.kind === 'lacking') return;
  target.total = total.resources;
  if (holding === undefined) {
    ours.convertAvailable(target.id, conversions);
    return;
  }
  holding.offered = rest.resources;
  ours.convertOffered(target.id, holding.framework, holding.role, conversions);
}

/** Destroying a shared volume is refused while anybody else has it: the master sees to that. */
function isUsedElsewhere(
  { books }: Twins,
  agent: Agent,
  holding: Holding | undefined,
  conversions: readonly Conversion[],
): boolean {
  const shared = Resources.sum(conversions.map(({ consumed }) => consumed.shared()));
  if (shared.isEmpty) return false;
  return books.holdings.some(
    (other) =>
      other.agent === agent.id &&
      (other.allocated.contains(shared) || (other !== holding && other.offered.contains(shared))),
  );
}

const pickHolding = ({ books }: Twins, part: Part, which: number): Holding | undefined =>
  pick(
    books.holdings.filter((holding) => !holding[part].isEmpty),
    which,
  );

/** A part of it, or all when it cannot be divided. */
function piece(resources: Resources): Resources {
  const rest = resources.minus(Resources.parse('cpus:1;mem:100'));
  return rest.isEmpty ? resources : rest;
}
