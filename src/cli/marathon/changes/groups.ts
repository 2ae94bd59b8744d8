// Creating and applying groups.
import { type DeploymentResult, MarathonError } from '../../../client/marathon.ts';
import { EXIT } from '../../exit-codes.ts';
import type { View } from '../../output/view.ts';
import { Problem } from '../../problem.ts';
import { wouldChange } from '../diff/plan-text.ts';
import { groupId } from '../ids.ts';
import { isObject } from '../input/apps.ts';
import type { InputDocument } from '../input/documents.ts';
import { withPlaces } from '../input/invalid.ts';
import { unknownMembersWithin } from '../input/members.ts';
import { violationPath } from '../input/violation-path.ts';
import { type Change, type ChangeContext, carryOut, changeView } from './carry-out.ts';

/** One group of a file. */
export interface InputGroup {
  readonly id: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly place: (path: string) => string | undefined;
  /** What is likely to be a slip, a line each. */
  readonly warnings: readonly string[];
}

/** Throws Problem `usage` unless there is exactly one, with an id. */
export function groupOf(documents: readonly InputDocument[]): InputGroup {
  const [document, second] = documents;
  if (document === undefined || second !== undefined)
    throw new Problem(EXIT.usage, { what: 'One group at a time.', why: `There are ${documents.length} in that.` });
  const { value, place } = document;
  if (!isObject(value))
    throw new Problem(EXIT.usage, { what: `${place([])} is no group.`, why: 'A group is an object.' });
  if (['cmd', 'args', 'container', 'instances'].some((member) => value[member] !== undefined))
    throw new Problem(EXIT.usage, { what: `${place([])} is an app.`, next: 'mctl app apply -f <file>' });
  if (typeof value.id !== 'string' || value.id === '') {
    throw new Problem(EXIT.usage, {
      what: `The group at ${place([])} has no id.`,
      why: 'Its id is a path such as /shop.',
    });
  }
  const id = `/${value.id.replace(/^\/+|\/+$/g, '')}`;
  const definition = { ...withoutVersions(value), id };
  return {
    id,
    definition,
    place: (path) => place(violationPath(path)),
    warnings: unknownMembersWithin(value, place),
  };
}

/** As `group show` tells a group, it has versions; Marathon takes one only alone, as the wish to go back to it. */
function withoutVersions(group: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { version, ...others } = group;
  const isWish = Object.keys(others).every((name) => name === 'id');
  if (version !== undefined && isWish) return { ...group };
  const { groups } = others;
  if (!Array.isArray(groups)) return others;
  return { ...others, groups: groups.map((item: unknown) => (isObject(item) ? withoutVersions(item) : item)) };
}

/** A new one; Marathon refuses one that is there. */
export function createGroup(context: ChangeContext, { id, definition, place }: InputGroup): Promise<View> {
  return carryOut(context, {
    subjects: [id],
    done: 'Created',
    next: `mctl group show ${id}`,
    send: () => withPlaces(() => context.marathon.createGroup(definition, context), id, place),
  });
}

/** Makes the group as it is in the file: apps and groups that the file does not have are removed. */
export async function applyGroup(context: ChangeContext, { id, definition, place }: InputGroup): Promise<View> {
  const { marathon, force } = context;
  const plan = await withPlaces(() => marathon.plan(definition, { kind: 'group', partial: false }), id, place);
  const put = async (): Promise<DeploymentResult> => {
    try {
      return await marathon.changeGroup(id, definition, { force });
    } catch (error) {
      if (error instanceof MarathonError && error.code === 'not-found')
        return marathon.createGroup(definition, { force });
      throw error;
    }
  };
  const change = {
    subjects: [id],
    done: 'Applied',
    next: `mctl group show ${id}`,
    send: () => withPlaces(put, id, place),
  };
  if (plan !== undefined && !wouldChange(plan))
    return changeView(change, { state: 'unchanged', result: { deploymentId: undefined, version: undefined } });
  return carryOut(context, change);
}

/** The group, and the question to be asked before. Throws Problem. */
export async function findForRemoval(
  { marathon, force }: Pick<ChangeContext, 'marathon' | 'force'>,
  given: string,
): Promise<{ readonly question: string; readonly change: Change }> {
  const id = groupId(given);
  const apps = await marathon.appsWithin(id);
  const running = apps.reduce((sum, { tasksRunning }) => sum + tasksRunning, 0);
  const what = id === '/' ? 'everything that this Marathon runs' : id;
  return {
    question: `Remove ${what}, with ${apps.length} apps and ${running} running instances?`,
    change: {
      subjects: [id],
      done: 'Removed',
      next: 'mctl group list',
      send: () => marathon.removeGroup(id, { force }),
    },
  };
}
