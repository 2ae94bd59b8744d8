// Roles are paths (`eng/web`); a reservation for an ancestor serves its descendants (mesos-semantics.md 4).

/** Is `role` the same as `ancestor`, or beneath it? */
export const isRoleOrBeneath = (role: string, ancestor: string): boolean =>
  role === ancestor ||
  (role.length > ancestor.length && role.charCodeAt(ancestor.length) === 0x2f && role.startsWith(ancestor));

/** Whether `role` lies beneath `ancestor`; a role is not beneath itself. */
export const isStrictSubrole = (role: string, ancestor: string): boolean =>
  role !== ancestor && isRoleOrBeneath(role, ancestor);

/** `a/b/c` → `a/b/c`, `a/b`, `a`. */
export function* withAncestors(role: string): Iterable<string> {
  yield role;
  for (let end = role.lastIndexOf('/'); end > 0; end = role.lastIndexOf('/', end - 1)) yield role.slice(0, end);
}
