// What a caller wants to see beside the definitions (marathon.md 3.8, 5.1).
import type { ApiRequest } from '../request.ts';

/** Details of an app. */
export const APP_DETAILS = [
  'counts',
  'tasks',
  'deployments',
  'readiness',
  'lastTaskFailure',
  'failures',
  'taskStats',
] as const;
/** One of them. */
export type AppDetail = (typeof APP_DETAILS)[number];

/** Members of a group that are shown. */
export interface GroupEmbeds {
  readonly apps: boolean;
  readonly groups: boolean;
  readonly pods: boolean;
  readonly details: ReadonlySet<AppDetail>;
}

const PREFIX = /^(?:group\.)?(?:apps?\.)?/;

/** Names may be bare or prefixed, unknown ones mean nothing. */
export function appDetails(request: ApiRequest, always: readonly AppDetail[] = []): ReadonlySet<AppDetail> {
  const found = new Set<AppDetail>(always);
  for (const name of request.query.all('embed')) {
    const bare = name.replace(PREFIX, '');
    const detail = APP_DETAILS.find((known) => known === bare);
    if (detail !== undefined) found.add(detail);
  }
  if (found.has('failures'))
    for (const detail of ['tasks', 'lastTaskFailure', 'deployments'] as const) found.add(detail);
  if (found.has('tasks')) found.add('deployments');
  return found;
}

/** Without any embed everything is shown; the first one given switches that off. */
export function groupEmbeds(request: ApiRequest): GroupEmbeds {
  const names = request.query.all('embed');
  const isDefault = names.length === 0;
  return {
    apps: isDefault || names.includes('group.apps'),
    groups: isDefault || names.includes('group.groups'),
    pods: isDefault || names.includes('group.pods'),
    details: appDetails(request),
  };
}
