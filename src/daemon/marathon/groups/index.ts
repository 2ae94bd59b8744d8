// The desired state: the tree of groups and apps, its versions, and what requests make of it (marathon.md 4, 5, 11).
export { GroupTree } from './group-tree.ts';
export { applyGroupUpdate, createGroup, placesOf } from './input/apply-update.ts';
export { type GroupUpdate, parseGroupUpdate } from './input/group-update.ts';
export type { IsInUse } from './kept/definitions.ts';
export { revertChanges } from './revert.ts';
export { defaultRole } from './roles.ts';
