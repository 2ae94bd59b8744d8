// The master's counters that exist from the start (mesos-api.md 11). `master/task_<state>/source_<…>/reason_<…>` come
// into being on first use.

const MESSAGES = [
  'authenticate',
  'deactivate_framework',
  'decline_offers',
  'executor_to_framework',
  'exited_executor',
  'framework_to_executor',
  'kill_task',
  'launch_tasks',
  'operation_status_update',
  'operation_status_update_acknowledgement',
  'reconcile_operations',
  'reconcile_tasks',
  'register_framework',
  'register_slave',
  'reregister_framework',
  'reregister_slave',
  'resource_request',
  'revive_offers',
  'status_update',
  'status_update_acknowledgement',
  'suppress_offers',
  'unregister_framework',
  'unregister_slave',
  'update_slave',
] as const;

const OTHERS = [
  'dropped_messages',
  'recovery_slave_removals',
  'slave_registrations',
  'slave_removals',
  'slave_removals/reason_registered',
  'slave_removals/reason_unhealthy',
  'slave_removals/reason_unregistered',
  'slave_reregistrations',
  'slave_shutdowns_canceled',
  'slave_shutdowns_completed',
  'slave_shutdowns_scheduled',
  'slave_unreachable_canceled',
  'slave_unreachable_completed',
  'slave_unreachable_scheduled',
  'tasks_dropped',
  'tasks_error',
  'tasks_failed',
  'tasks_finished',
  'tasks_gone',
  'tasks_gone_by_operator',
  'tasks_killed',
  'tasks_lost',
  'invalid_executor_to_framework_messages',
  'invalid_framework_to_executor_messages',
  'invalid_operation_status_update_acknowledgements',
  'invalid_operation_status_updates',
  'invalid_status_update_acknowledgements',
  'invalid_status_updates',
  'valid_executor_to_framework_messages',
  'valid_framework_to_executor_messages',
  'valid_operation_status_update_acknowledgements',
  'valid_operation_status_updates',
  'valid_status_update_acknowledgements',
  'valid_status_updates',
] as const;

/** Full names, `master/…`. */
export const MASTER_COUNTERS: readonly string[] = [
  ...MESSAGES.map((name) => `master/messages_${name}`),
  ...OTHERS.map((name) => `master/${name}`),
];

const CALLS = [
  'accept',
  'accept_inverse_offers',
  'acknowledge',
  'acknowledge_operation_status',
  'decline',
  'decline_inverse_offers',
  'kill',
  'message',
  'reconcile',
  'reconcile_operations',
  'request',
  'revive',
  'shutdown',
  'subscribe',
  'suppress',
  'teardown',
  'update_framework',
];

const EVENTS = [
  'error',
  'failure',
  'heartbeat',
  'inverse_offers',
  'message',
  'offers',
  'rescind',
  'rescind_inverse_offer',
  'subscribed',
  'update',
  'update_operation_status',
];

const OPERATIONS = [
  'create',
  'create_disk',
  'destroy',
  'destroy_disk',
  'grow_volume',
  'launch',
  'launch_group',
  'reserve',
  'shrink_volume',
  'unreserve',
];

const TERMINAL = ['dropped', 'error', 'failed', 'finished', 'gone', 'gone_by_operator', 'killed', 'lost'];

/** Of each framework, without `master/frameworks/<name>/<id>/`. */
export const FRAMEWORK_COUNTERS: readonly string[] = [
  'calls',
  ...CALLS.map((name) => `calls/${name}`),
  'events',
  ...EVENTS.map((name) => `events/${name}`),
  ...['accepted', 'declined', 'rescinded', 'sent'].map((name) => `offers/${name}`),
  'operations',
  ...OPERATIONS.map((name) => `operations/${name}`),
  ...TERMINAL.map((name) => `tasks/terminal/task_${name}`),
];
