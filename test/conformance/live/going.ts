// Recorded calls about agents that are drained, and machines that will be away, in the order in which they were made.

/** Each list begins in the situation that the one before it has left, or that its test makes. */
export const DRAINING = [
  ['GET-slaves-draining'],
  [
    'GET-slaves-drained',
    'agent-GET-state-drained',
    'agent-GET_AGENT-drained',
    'DRAIN_AGENT-missing',
    'DRAIN_AGENT-string-duration',
    'DRAIN_AGENT-unknown',
    'REACTIVATE_AGENT-unknown',
    'REACTIVATE_AGENT',
    'DEACTIVATE_AGENT',
    'DEACTIVATE_AGENT-again',
    'DEACTIVATE_AGENT-unknown',
    'GET_AGENTS-deactivated',
    'REACTIVATE_AGENT-after-deactivate',
    'GET_AGENTS-reactivated',
  ],
  ['MARK_AGENT_GONE-missing', 'MARK_AGENT_GONE'],
  ['GET-state-gone', 'MARK_AGENT_GONE-again'],
] as const;

export const MAINTENANCE = [
  [
    'UPDATE_MAINTENANCE_SCHEDULE',
    'GET-maintenance-schedule',
    'GET_MAINTENANCE_SCHEDULE-after',
    'GET-maintenance-status-draining',
  ],
  [
    'GET_MAINTENANCE_STATUS-down',
    'START_MAINTENANCE-notscheduled',
    'STOP_MAINTENANCE-notdown',
    'UPDATE_MAINTENANCE_SCHEDULE-dup',
    'UPDATE_MAINTENANCE_SCHEDULE-missing',
    'UPDATE_MAINTENANCE_SCHEDULE-neg-dur',
    'UPDATE_MAINTENANCE_SCHEDULE-nomachine',
  ],
  ['UPDATE_MAINTENANCE_SCHEDULE-clear', 'GET_MAINTENANCE_STATUS-cleared'],
] as const;
