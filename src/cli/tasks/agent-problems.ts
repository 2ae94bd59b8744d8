// What an agent's refusals and silence mean to somebody who asked about a task of it.
import { ApiError } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** As `ask`, but an agent that does not answer is told as one. `task` is the task's id. */
export async function askingAgent<T>(task: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'unreachable') throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    throw new Problem(
      EXIT.unreachable,
      {
        what: `The agent of task '${task}' does not answer at ${error.address}.`,
        why,
        next: ['mctl agent list', `mctl task show ${task}`],
      },
      { cause: error },
    );
  }
}

/** As `read`, which reads a file or directory of a task's sandbox. */
export async function readingFile<T>(task: string, name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await askingAgent(task, read);
  } catch (error) {
    throw error instanceof ApiError ? fileProblem(error, task, name) : error;
  }
}

/** In the words of the original: what it says of paths that lead out of the sandbox, and of directories. */
function fileProblem(error: ApiError, task: string, name: string): Error {
  const options = { cause: error };
  if (error.code === 'not-found') return noFile(task, name);
  if (error.code === 'refused' && / is inaccessible/.test(error.said)) {
    return new Problem(
      EXIT.notAllowed,
      {
        what: `'${name}' of task '${task}' cannot be read.`,
        why: 'It leads out of the sandbox, or its agent may not read it.',
      },
      options,
    );
  }
  if (error.code === 'refused' && /directory/i.test(error.said)) {
    const next = `mctl task files ${task} ${name}`;
    return new Problem(EXIT.usage, { what: `'${name}' of task '${task}' is a directory.`, next }, options);
  }
  return error;
}

/** Also when the sandbox is gone: from outside the two cannot be told apart. */
export function noFile(task: string, name: string): Problem {
  return new Problem(EXIT.notFound, {
    what: `Task '${task}' has no file '${name}'.`,
    why: 'There is none of that name in its sandbox, or the sandbox was removed.',
    next: `mctl task files ${task}`,
  });
}
