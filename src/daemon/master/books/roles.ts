// Which roles a framework is tracked under: those it subscribes to and those it still holds resources of (mesos-semantics.md 2).
import type { MasterCore } from '../core.ts';
import type { MasterFramework } from '../state/framework.ts';

/** Resources of `role` now belong to the framework. */
export function trackHeldRole(core: MasterCore, framework: MasterFramework, role: string): void {
  if (framework.roles.has(role) || framework.trackedRoles.has(role)) return;
  framework.trackedRoles.add(role);
  core.state.roles.track(role, framework.frameworkId);
}

/** Resources of `role` were given up: a role that was kept for them alone goes with the last of them. */
export function untrackFreedRole(core: MasterCore, framework: MasterFramework, role: string): void {
  if (!framework.trackedRoles.has(role) || holdsRole(framework, role)) return;
  framework.trackedRoles.delete(role);
  core.state.roles.untrack(role, framework.frameworkId);
}

/** A framework that comes into the books, with the roles it subscribes to. */
export function trackRoles(core: MasterCore, framework: MasterFramework): void {
  for (const role of framework.roles) core.state.roles.track(role, framework.frameworkId);
}

/** Replaces the roles it subscribes to. */
export function changeRoles(core: MasterCore, framework: MasterFramework, roles: ReadonlySet<string>): void {
  const former = framework.roles;
  framework.roles = roles;
  for (const role of roles) {
    framework.trackedRoles.delete(role);
    core.state.roles.track(role, framework.frameworkId);
  }
  for (const role of former) {
    if (roles.has(role)) continue;
    if (holdsRole(framework, role)) framework.trackedRoles.add(role);
    else core.state.roles.untrack(role, framework.frameworkId);
  }
}

/** The framework is removed. */
export function untrackAllRoles(core: MasterCore, framework: MasterFramework): void {
  for (const role of [...framework.roles, ...framework.trackedRoles]) {
    core.state.roles.untrack(role, framework.frameworkId);
  }
  framework.trackedRoles.clear();
}

function holdsRole(framework: MasterFramework, role: string): boolean {
  for (const offer of framework.offers) if (offer.role === role) return true;
  for (const used of framework.usedResources.values()) {
    if (used.allocationRoles().includes(role)) return true;
  }
  return false;
}
