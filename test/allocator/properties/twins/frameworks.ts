// Frameworks that come, change, fall silent and go, in both allocators.
import type { MinAllocatable } from '../../../../src/allocator/allocator.ts';
import type { Framework } from '../../reference/reference-books.ts';
import { type FrameworkCommand, ROLES } from '../commands.ts';
import { recover } from './holdings.ts';
import { pick } from './pick.ts';
import type { Twins } from './twins.ts';

/** Volumes alone are enough. */
const LITTLE: MinAllocatable = [{ cpus: 0.5, mem: 16 }, { ports: 2 }, { disk: 10 }];

export function tellOfFrameworks(twins: Twins, command: FrameworkCommand): void {
  if (command.op === 'addFramework') {
    addFramework(twins, command);
    return;
  }
  const { ours, books } = twins;
  const framework = pick([...books.frameworks.values()], command.which);
  if (framework === undefined) return;
  switch (command.op) {
    case 'removeFramework':
      removeFramework(twins, framework, command.leavesTasks);
      break;
    case 'toggleFramework':
      toggle(twins, framework);
      break;
    case 'suppress':
      ours.suppress(framework.id, command.roles);
      for (const role of command.roles) if (framework.roles.has(role)) framework.suppressed.add(role);
      break;
    case 'revive':
      ours.revive(framework.id, command.roles);
      for (const role of command.roles) framework.suppressed.delete(role);
      books.dropFilters(framework.id, command.roles);
      twins.triggerAll();
      break;
    case 'update':
      update(twins, framework, command);
      break;
  }
}

/** What it says of itself, when it comes and when it changes. */
function wishesOf(command: FrameworkCommand & { op: 'addFramework' | 'update' }) {
  const { roles, needsLittle, isChoosy } = command;
  return {
    roles: new Set(roles),
    suppressed: new Set(command.suppressed.filter((role) => roles.includes(role))),
    capabilities: new Set([...command.capabilities, 'MULTI_ROLE']),
    minimums: new Map(needsLittle ? roles.map((role) => [role, LITTLE] as const) : []),
    admits: isChoosy ? isEven : undefined,
  };
}

const asOptions = ({ roles, suppressed, capabilities, minimums, admits }: ReturnType<typeof wishesOf>) => ({
  roles: [...roles],
  suppressedRoles: [...suppressed],
  capabilities,
  offerFilters: minimums,
  ...(admits && { admits }),
});

function addFramework(twins: Twins, command: FrameworkCommand & { op: 'addFramework' }): void {
  const { ours, books } = twins;
  const isKnown = books.frameworks.has('later');
  const id = command.needsLittle && !isKnown ? 'later' : `framework${twins.nextNumber()}`;
  const { isActive } = command;
  const wishes = wishesOf(command);
  ours.addFramework(id, { ...asOptions(wishes), active: isActive });
  books.frameworks.set(id, { id, isActive, ...wishes });
  books.countHoldingsOf(id);
  if (isActive) twins.triggerAll();
}

/** What it is offered comes back before it goes; tasks too, unless it leaves them. */
function removeFramework(twins: Twins, { id }: Framework, leavesTasks: boolean): void {
  const { books } = twins;
  for (const holding of books.holdings.filter((h) => h.framework === id)) {
    recover(twins, holding, holding.offered, 'offered', 0);
    if (!leavesTasks) recover(twins, holding, holding.allocated, 'allocated', 0);
  }
  twins.ours.removeFramework(id);
  books.frameworks.delete(id);
  books.dropFilters(id, ROLES);
}

function toggle(twins: Twins, framework: Framework): void {
  framework.isActive = !framework.isActive;
  if (framework.isActive) {
    twins.ours.activateFramework(framework.id);
    twins.triggerAll();
    return;
  }
  twins.ours.deactivateFramework(framework.id);
  twins.books.dropFilters(framework.id, ROLES);
}

function update(twins: Twins, framework: Framework, command: FrameworkCommand & { op: 'update' }): void {
  const wishes = wishesOf(command);
  twins.ours.updateFramework(framework.id, asOptions(wishes));
  const removed = [...framework.roles].filter((role) => !wishes.roles.has(role));
  const revived = [...framework.suppressed].filter((role) => !wishes.suppressed.has(role));
  twins.books.dropFilters(framework.id, [...removed, ...revived]);
  Object.assign(framework, wishes);
}

const isEven = (agentId: string): boolean => Number(agentId.slice(-1)) % 2 === 0;
