// The events after which services may look different (haproxy.md 14.1).

/** What is asked for; a Marathon before 1.3.7 sends everything. */
export const WATCHED_EVENTS: readonly string[] = [
  'api_post_event',
  'status_update_event',
  'health_status_changed_event',
  'instance_changed_event',
  'instance_health_changed_event',
  'app_terminated_event',
  'deployment_success',
  'deployment_failed',
];

const watched = new Set(WATCHED_EVENTS);

/** An event without a name may be any. */
export function isWatched(type: string): boolean {
  return type === '' || watched.has(type);
}
