// What a group update may not say whatever the tree is (marathon.md 5.2).
import { segmentsOf } from '../../model/path-id.ts';
import type { Violation } from '../../refusals.ts';
import type { GroupUpdate } from './group-update.ts';

const ALONE = 'not allowed in conjunction with other properties.';

/** All of them, of the groups below as well. */
export function contradictions(update: GroupUpdate, isNested = false): Violation[] {
  const found: Violation[] = [];
  const { at, id, enforceRole, groups = [] } = update;
  const others = Object.keys(update).filter((name) => name !== 'at' && name !== 'id').length - 1;
  // To roll back or to scale is what a whole request is about.
  for (const name of ['version', 'scaleBy'] as const)
    if (update[name] !== undefined && (others > 0 || isNested)) found.push({ path: `${at}/${name}`, error: ALONE });
  if (enforceRole !== undefined && segmentsOf(id).length !== 1)
    found.push({
      path: `${at}/enforceRole`,
      error: `enforceRole can only be set for top-level groups, and ${id} is not top-level`,
    });
  const names = groups.map((group) => group.id);
  if (new Set(names).size < names.length) found.push({ path: `${at}/groups`, error: 'Elements must be unique.' });
  return [...found, ...groups.flatMap((group) => contradictions(group, true))];
}
