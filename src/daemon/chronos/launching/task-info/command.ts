// What a task runs (chronos.md 9.3–9.6, 9.11): command, arguments, environment, files to fetch, user.
import type { CommandInfo, CommandInfo_URI, Environment_Variable } from '../../../../mesos/generated/v1.ts';
import type { JobDefinition } from '../../model/job.ts';
import { decimal } from '../matching/constraints.ts';
import type { TaskLaunch } from './build-task-info.ts';

/** A command that is the address of a program, and nothing else. */
const ADDRESS = /^(?:https?|ftps?):\/\/\S+$/i;

/** Of a command task. `extraArguments`: given by hand, "" for none. */
export function commandOf(
  definition: JobDefinition,
  extraArguments: string,
  variables: readonly Environment_Variable[],
  user: string,
): CommandInfo {
  const { command, shell } = definition;
  const own = [...definition.arguments];
  const around = { user, environment: { variables: [...variables] } };
  if (ADDRESS.test(command)) {
    const file = new URL(command).pathname.split('/').at(-1) ?? '';
    // As the fetcher names what it has fetched: the last part of the path.
    return {
      ...around,
      shell: true,
      value: `"./${file}"`,
      uris: [{ value: command, executable: true, extract: false, cache: false }],
    };
  }
  const uris = urisOf(definition);
  const files = uris.length === 0 ? {} : { uris };
  if (shell) {
    const text = extraArguments === '' ? own.join(' ') : extraArguments;
    const value = text === '' ? command : `${command} ${text}`;
    return { ...around, ...files, shell: true, value, ...(own.length > 0 && { arguments: own }) };
  }
  const given = extraArguments.split(/\s+/).filter((word) => word !== '');
  // Nothing to run but what the image says.
  if (command === '') return { ...around, ...files, shell: false, arguments: [...own, ...given] };
  return { ...around, ...files, shell: false, value: command, arguments: [command, ...own, ...given] };
}

/** Of an executor that the job brings. */
export function executorCommandOf(
  definition: JobDefinition,
  variables: readonly Environment_Variable[],
  user: string,
): CommandInfo {
  const uris = urisOf(definition);
  const environment = { variables: [...variables] };
  return { shell: true, value: definition.executor, user, environment, ...(uris.length > 0 && { uris }) };
}

/** Each name once; the job's own are never instead of those that are always there. */
export function environmentOf({ definition, run, taskId, amounts, offer }: TaskLaunch): Environment_Variable[] {
  const always: Readonly<Record<string, string>> = {
    mesos_task_id: taskId,
    MESOS_TASK_ID: taskId,
    CHRONOS_JOB_OWNER: definition.owner,
    CHRONOS_JOB_NAME: definition.name,
    HOST: offer.hostname,
    CHRONOS_RESOURCE_MEM: decimal(amounts.mem),
    CHRONOS_RESOURCE_CPU: decimal(amounts.cpus),
    CHRONOS_RESOURCE_DISK: decimal(amounts.disk),
    CHRONOS_JOB_RUN_TIME: String(run.key.dueMs),
    CHRONOS_JOB_RUN_ATTEMPT: String(run.attempt),
  };
  const own = definition.environmentVariables.map(({ name, value }): [string, string] => [name, value]);
  const variables = new Map([...Object.entries(always), ...own, ...Object.entries(always)]);
  return [...variables].map(([name, value]) => ({ name, value }));
}

/** `fetch` wins over `uris`. */
function urisOf({ fetch, uris }: JobDefinition): CommandInfo_URI[] {
  if (fetch.length === 0) return uris.map((value) => ({ value, extract: true, executable: false, cache: false }));
  return fetch.map(({ uri, extract, executable, cache, outputFile }) => ({
    value: uri,
    extract,
    executable,
    cache,
    ...(outputFile !== '' && { output_file: outputFile }),
  }));
}
