// `--roles`: the roles that may be used at all. `*` always may (mesos-semantics.md 14).
import { validateRole } from '../../../mesos/validation/roles.ts';

/** Names by comma. Throws Error with the original's text for an invalid role. */
export function parseRoles(text: string): ReadonlySet<string> {
  const roles = new Set(['*']);
  for (const role of text.split(',')) {
    const name = role.trim();
    const error = validateRole(name);
    if (error !== undefined) throw new Error(error);
    roles.add(name);
  }
  return roles;
}
