// The id of a task: `ct:<due ms>:<attempt>:<job>:<arguments>` (chronos.md 9.1).
import type { JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';

/** What can be told of a task from its id alone. */
export interface TaskIdParts {
  readonly dueMs: number;
  readonly attempt: number;
  readonly job: string;
  readonly arguments: string;
}

const PATTERN = /^ct:(\d+):(\d+):([^:]+):?(.*)$/s;
/** Mesos takes no longer ones. */
const MAX_BYTES = 255;

/**
 * The same for every launch of an attempt, before and after a failover. Mesos takes neither slashes nor control characters in an id, nor
 * very long ones: the command has the arguments as they are, the id as much of them as it may.
 */
export function taskIdOf({ key, attempt, extraArguments }: Run, { arguments: own }: JobDefinition): string {
  const text = extraArguments === '' ? own.join(' ') : extraArguments;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Mesos refuses.
  const safe = text.replaceAll(';', '').replace(/[/\\\u0000-\u001f\u007f]/g, '_');
  return cut(`ct:${key.dueMs}:${attempt}:${key.job}:${safe}`);
}

/** Undefined for an id that Chronos did not give out. */
export function parseTaskId(taskId: string): TaskIdParts | undefined {
  const match = PATTERN.exec(taskId);
  if (match === null) return undefined;
  const [, due = '', attempt = '', job = '', text = ''] = match;
  return { dueMs: Number(due), attempt: Number(attempt), job, arguments: text };
}

function cut(text: string): string {
  if (Buffer.byteLength(text, 'utf8') <= MAX_BYTES) return text;
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character, 'utf8');
    if (bytes > MAX_BYTES) break;
    kept += character;
  }
  return kept;
}
