// Names of roles as they are typed, checked before anything is asked of the master.
import { validateRole } from '../../mesos/validation/roles.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Throws Problem `usage` for what can be no role. */
export function checkRole(role: string): void {
  const reason = validateRole(role);
  if (reason === undefined) return;
  throw new Problem(EXIT.usage, { what: `'${role}' is no role.`, why: `${reason}.` });
}
