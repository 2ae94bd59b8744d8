// The rules that ids keep (mesos-api.md 14.2, 7): they become names of directories and parts of log lines.

const MAX_ID_BYTES = 255;
/** The limit of a path component less the decoration the agent adds to it. */
const MAX_CONTAINER_ID_BYTES = 242;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const INVALID_IN_ID = /[\u0000-\u001f\u007f/\\]/;
/** Why a task, executor, framework or persistence id is not acceptable, in the original's words; undefined when it is. */
export function validateId(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (Buffer.byteLength(id) > MAX_ID_BYTES) return `ID must not be greater than ${MAX_ID_BYTES} characters`;
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  if (INVALID_IN_ID.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}

/** As validateId for container ids, whose parents are checked too (mesos-api.md 7). */
export function validateContainerId(id: { value: string; parent?: ContainerIdMessage }): string | undefined {
  const { value, parent } = id;
  const reason = validateId(value);
  if (reason !== undefined) return reason;
  if (Buffer.byteLength(value) > MAX_CONTAINER_ID_BYTES) {
    return `'ContainerID.value' '${value}' exceeds the maximum length (${MAX_CONTAINER_ID_BYTES})`;
  }
  // Ids of nested containers are written with dots between the levels.
  if (/[. ]/.test(value)) return `'ContainerID.value' '${value}' contains invalid characters`;
  if (parent === undefined) return undefined;
  const problem = validateContainerId(parent);
  return problem === undefined ? undefined : `'ContainerID.parent' is invalid: ${problem}`;
}

interface ContainerIdMessage {
  value: string;
  parent?: ContainerIdMessage;
}
