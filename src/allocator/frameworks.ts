// What happens when frameworks come, change, fall silent and go: the books follow. What is triggered by it is the allocator's.
import type { Books } from './books.ts';
import { AllocatorError } from './errors.ts';
import { FrameworkRecord, type FrameworkUnderRole } from './framework.ts';
import { toMinimumSizes } from './minimum-sizes.ts';
import type { FrameworkOptions, FrameworkUpdate } from './types.ts';

/** What most frameworks bring of their own. */
const NO_MINIMUMS: FrameworkRecord['minimumSizes'] = new Map();

/** Throws AllocatorError when it is known already. */
export function addFramework(books: Books, id: string, options: FrameworkOptions): void {
  if (books.frameworks.has(id)) throw new AllocatorError('FRAMEWORK_EXISTS', `Framework ${id} is known already`);
  const framework = new FrameworkRecord(id, options);
  books.frameworks.set(id, framework);
  subscribe(books, framework, options);
  books.adoptHoldings(framework);
  books.wake(framework.roles.values());
}

export function updateFramework(books: Books, id: string, update: FrameworkUpdate): void {
  const framework = books.framework(id);
  framework.adopt(update.capabilities);
  subscribe(books, framework, update);
  books.wake(framework.roles.values());
}

function subscribe(books: Books, framework: FrameworkRecord, update: FrameworkUpdate): void {
  const suppressed = new Set(update.suppressedRoles);
  const roles = new Set(update.roles);
  framework.admits = update.admits;
  framework.minimumSizes = toMinimums(update.offerFilters);
  for (const role of roles) {
    const under = books.trackUnderRole(framework, role);
    if (under.isSuppressed && !suppressed.has(role)) books.clearFilters(under);
    under.isSubscribed = true;
    under.isSuppressed = suppressed.has(role);
    books.setOwnMinimum(under, framework.minimumSizes.has(role));
    books.list(under);
  }
  for (const [role, under] of framework.roles) {
    if (roles.has(role)) continue;
    under.isSubscribed = false;
    under.isSuppressed = false;
    books.list(under);
    books.clearFilters(under);
    books.untrackIfIdle(under);
  }
}

function toMinimums(filters: FrameworkUpdate['offerFilters']): FrameworkRecord['minimumSizes'] {
  if (filters === undefined || filters.size === 0) return NO_MINIMUMS;
  return new Map([...filters].map(([role, minimum]) => [role, toMinimumSizes(minimum)] as const));
}

/** Unknown id: nothing happens. */
export function removeFramework(books: Books, id: string): void {
  const framework = books.frameworks.get(id);
  if (framework === undefined) return;
  framework.isActive = false;
  for (const under of [...framework.roles.values()]) {
    under.isSubscribed = false;
    books.orphanHoldings(under);
    books.untrackIfIdle(under);
  }
  books.frameworks.delete(id);
}

export function activateFramework(books: Books, id: string): void {
  const framework = books.framework(id);
  framework.isActive = true;
  for (const under of framework.roles.values()) books.list(under);
  books.wake(framework.roles.values());
}

export function deactivateFramework(books: Books, id: string): void {
  const framework = books.framework(id);
  framework.isActive = false;
  for (const under of framework.roles.values()) {
    books.list(under);
    books.clearFilters(under);
  }
}

/** `roles`: default all. Roles it is not subscribed to are ignored, here and in `revive`. */
export function suppress(books: Books, id: string, roles: readonly string[] | undefined): void {
  for (const under of subscribed(books, id, roles)) {
    under.isSuppressed = true;
    books.list(under);
  }
}

export function revive(books: Books, id: string, roles: readonly string[] | undefined): void {
  const revived = subscribed(books, id, roles);
  for (const under of revived) {
    under.isSuppressed = false;
    books.clearFilters(under);
    books.list(under);
  }
  books.wake(revived);
}

function subscribed(books: Books, id: string, roles: readonly string[] | undefined): FrameworkUnderRole[] {
  const all = [...books.framework(id).roles.values()].filter((under) => under.isSubscribed);
  return roles === undefined ? all : all.filter((under) => roles.includes(under.role.path));
}
