// The body of /roles (mesos-api.md 8.3).
import { JsonPieces } from '../../../serving/http/json-pieces.ts';
import type { Sliced } from '../../../serving/slices/sliced.ts';
import type { MasterState } from '../../state/master-state.ts';
import { type RoleFacts, roleTable } from '../roles.ts';

/** The body as JSON bytes: every known role and its ancestors, by name. */
export function* rolesBody(state: MasterState): Sliced<Uint8Array> {
  const roles = yield* roleTable(state);
  const pieces = new JsonPieces();
  yield* pieces.raw('{"roles":').slicedList(roles, (facts) => pieces.value(roleObject(facts)));
  return yield* pieces.raw('}').slicedBytes();
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
