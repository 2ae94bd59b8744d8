// The body of /roles (mesos-api.md 8.3).
import type { MasterState } from '../../state/master-state.ts';
import { type RoleFacts, roleTable } from '../roles.ts';

/** JSON text: every known role and its ancestors, by name. */
export function rolesBody(state: MasterState): string {
  return JSON.stringify({ roles: roleTable(state).map(roleObject) });
}

function roleObject(facts: RoleFacts): Record<string, unknown> {
  const { role, weight, resources, allocated, offered, reserved, consumed, quota } = facts;
  return {
    name: role,
    weight,
    quota: { role, guarantee: quota.guarantees, limit: quota.limits, consumed },
    resources,
    allocated,
    offered,
    reserved,
    frameworks: facts.frameworkIds,
  };
}
