// What `app update` and `app plan` change of an app that is there.
import type { MarathonClient } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { findApp } from '../ids.ts';
import { isObject } from './apps.ts';
import { readAssignments } from './assignments.ts';
import { unknownMemberLines, unknownMembers } from './members.ts';
import { readInput } from './read-files.ts';
import { violationPath } from './violation-path.ts';

/** Members that change, and where they stand. */
export interface AppUpdate {
  readonly id: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly place: (path: string) => string | undefined;
  /** What is likely to be a slip, a line each. */
  readonly warnings: readonly string[];
}

/** `assignments` and those of the file; the command line wins. Throws Problem. */
export async function readUpdate(
  marathon: MarathonClient,
  given: string,
  assignments: readonly string[],
  file: string | undefined,
): Promise<AppUpdate> {
  if (assignments.length === 0 && file === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'What is to change?',
      next: [`mctl app update ${given} cpus=0.5 env.MODE=fast`, `mctl app update ${given} -f changes.yaml`],
    });
  }
  const [document, second] = file === undefined ? [] : await readInput([file]);
  if (second !== undefined)
    throw new Problem(EXIT.usage, { what: `${file} has more than one document.`, next: 'mctl app apply -f <file>' });
  const content = document?.value ?? {};
  if (!isObject(content)) throw new Problem(EXIT.usage, { what: `${document?.place([])} is no object.` });
  const app = await findApp(marathon, given);
  const { id: _, ...members } = content;
  refuseUnknown(assignments);
  const definition = { ...members, ...readAssignments(assignments, { ...app, ...members }) };
  const warnings = unknownMemberLines(members, (path) => document?.place(path));
  return { id: app.id, definition, warnings, place: (path) => document?.place(violationPath(path)) };
}

/** What was typed was meant: a slip would change nothing, and look as if all were well. */
function refuseUnknown(assignments: readonly string[]): void {
  const keys = assignments.map((text) => /^\w+/.exec(text)?.[0] ?? '').filter((key) => key !== '');
  const [first] = unknownMembers(Object.fromEntries(keys.map((key) => [key, true])));
  if (first === undefined) return;
  throw new Problem(EXIT.usage, {
    what: `'${first.name}' is no member of an app.`,
    ...(first.near !== undefined && { why: `Did you mean '${first.near}'?` }),
    next: 'mctl app show <app> -o yaml',
  });
}
