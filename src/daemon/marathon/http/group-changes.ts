// What requests about groups do to the root group (marathon.md 5.2).
import type { MarathonCore } from '../core.ts';
import { applyGroupUpdate, createGroup, type GroupUpdate } from '../groups/index.ts';
import type { RootGroup } from '../model/root-group.ts';
import type { Timestamp } from '../model/time.ts';
import { unknownGroup } from '../refusals.ts';

/** As `Groups.update` takes it. Throws Refusal 404 when the update asks for a version that is not kept. */
export async function groupChange(
  core: Pick<MarathonCore, 'groups' | 'options'>,
  update: GroupUpdate,
  how: 'create' | 'change',
): Promise<(root: RootGroup, version: Timestamp) => RootGroup> {
  const { options, groups } = core;
  const former = update.version === undefined ? undefined : await groups.rootVersion(update.version);
  if (update.version !== undefined && former === undefined) throw unknownGroup(update.id, update.version);
  const apply = how === 'create' ? createGroup : applyGroupUpdate;
  return (root, version) => apply(root, update, { version, options, former });
}
