// Which role names are acceptable (mesos-api.md 13): paths of components, or `*`.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const BLANK_OR_BACKSPACE = /[\u0009-\u000d\u0020\u007f]/;

/** The original has no limit; ours keeps the tree of roles from growing deeper than what walks it may go. */
const MAX_ROLE_BYTES = 4096;

/** The original's message, but for the length; undefined when the role is fine. */
export function validateRole(role: string): string | undefined {
  if (role === '*') return undefined;
  if (Buffer.byteLength(role) > MAX_ROLE_BYTES) {
    return `Role '${role.slice(0, 64)}…' cannot be longer than ${MAX_ROLE_BYTES} bytes`;
  }
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.includes('//')) return `Role '${role}' cannot contain two adjacent slashes`;
  if (role === '') return 'Role names cannot be the empty string';
  for (const component of role.split('/')) {
    if (component === '.' || component === '..' || component === '*') {
      return `Role '${role}' cannot include '${component}' as a component`;
    }
    if (component.startsWith('-')) {
      return `Role component '${component}' is invalid because it starts with a dash`;
    }
    if (BLANK_OR_BACKSPACE.test(component)) {
      return `Role component '${component}' is invalid because it contains backspace or whitespace`;
    }
  }
  return undefined;
}
