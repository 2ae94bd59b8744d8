// Every recorded answer that ours differs from, and why. An entry names exchanges (`*` stands for any text) and the lines of
// the comparison that it accounts for; what no entry accounts for fails the replay.

export interface Deviation {
  /** `situation/name`, `*` for any text. */
  readonly exchanges: string;
  /** Lines of the comparison, as compare.ts writes them. */
  readonly shows: RegExp;
  readonly why: string;
  /** Shows in each of the exchanges: an entry that no longer does must go. Default true. */
  readonly isAlways?: boolean;
}

const LOG_IS_OURS =
  'The log is our own: JSON lines, fewer and other words than the original, so that its sizes and bytes differ.';
const NO_DIAGNOSTICS = 'Diagnostics of the original’s own library, which have nothing to show here.';

export const DEVIATIONS: readonly Deviation[] = [
  // Containers in containers.
  {
    exchanges: 'agent-*/GET_CONTAINERS-*',
    shows: /resource_statistics\.(cpus_(user|system)_time_secs|mem_rss_bytes): nothing recorded/,
    isAlways: false,
    why: 'What a container has used is measured for each of them here, nested ones too.',
  },
  {
    exchanges: 'agent-nested/GET_CONTAINERS-standalone',
    shows: /container_status\.executor_pid/,
    why: 'A container without a command has no process here; the original starts one that has nothing to do.',
  },
  // Endpoints that are not there.
  { exchanges: '*/GET-__processes__', shows: /^(status|header|body)/, why: NO_DIAGNOSTICS },
  { exchanges: '*/GET-profiler_start', shows: /^(status|body)/, why: NO_DIAGNOSTICS },
  {
    exchanges: '*/GET-allocator_offer_constraints_debug',
    shows: /^(status|header|body)/,
    why: 'A diagnosis of offer constraints that no client reads; the constraints are shown with their framework.',
  },
  {
    exchanges: 'agent-*/GET-help',
    shows: /^(status|header|body)/,
    why: 'The original’s built-in manual. Ours is the documentation.',
  },

  // Agents that go.
  {
    exchanges: 'operator-calls/agent-GET-state-drained',
    shows: /completed_executors\[\]\.name: .*Task: dr1/,
    why: 'Not a deviation: the task that is killed here takes its time to die, so that somebody can look.',
  },
  {
    exchanges: 'operator-calls/GET-state-gone',
    shows: /flags\.allocation_interval: /,
    why: 'Not a deviation: the clock of this master stands, so that offers come when they are due and not by chance.',
  },
  {
    exchanges: 'operator-calls/GET-state-gone',
    shows: /frameworks\[\]\.(offered_)?resources\.ports: nothing recorded/,
    why: 'The totals of a framework: the original lost the ports of all agents when the one that is gone gave its back.',
  },
  {
    exchanges: 'operator-subscribe/mutations-D',
    shows: /^dr1 4 \$\.task_updated\.status\.message: .*Terminated" recorded, ours ".*Killed"/,
    why: 'The task that takes its time to die, so that somebody can look, may take more than it has.',
    isAlways: false,
  },
  {
    exchanges: 'scheduler/maintenance/stream',
    shows: /^order: /,
    why: 'Agents of one machine: the original’s come in the order of a hash table, ours in that of their registration.',
  },

  // Words and pages of our own.
  { exchanges: '*master_log*', shows: /^(\$\.(offset|data)|body)/, why: LOG_IS_OURS },
  { exchanges: '*slave_log*', shows: /^\$\.(offset|data)/, why: LOG_IS_OURS },
  { exchanges: '*/READ_FILE', shows: /^\$\.read_file\.(size|data)/, why: LOG_IS_OURS },
  {
    exchanges: 'master-2agents/GET-root',
    shows: /^body/,
    why: 'The page at / is not the original’s: the web UI is our own.',
  },

  // Flags.
  {
    exchanges: '*',
    shows: /^\$(\[\])?\.flags\.(help|version): /,
    why: 'Flags that print something and end the program are no settings of a running daemon.',
  },
  {
    exchanges: '*',
    shows: /^\$(\[\])?\.flags\.webui_dir: /,
    why: 'Only told when it was given: the default is inside this program.',
  },
  {
    exchanges: '*',
    shows:
      /^\$(\[\])?\.flags\.(limits_bind_subroles|enforce_container_ports|container_ports_watch_interval|insecure_no_auth|max_task_log_size|fetcher_max_file_size|fetcher_forbidden_networks|bridge_network|bridge_network_subnet): nothing recorded/,
    why: 'Flags of our own, and of parts that the recorded agent was built without (watching the ports of containers).',
  },
  {
    exchanges: '*agent-*',
    shows: /^\$(\[\])?\.flags\.network_cni_plugins_dir: nothing recorded/,
    why: 'Networks can be had without being asked for by a flag: the plugins are looked for where packages put them.',
    isAlways: false,
  },
  {
    exchanges: '*agent-*',
    shows: /^\$(\[\])?\.flags\.docker_store_dir: .* ours nothing/,
    why: 'Only told when it was given: the default is below the work directory.',
    isAlways: false,
  },
  {
    exchanges: '*agent-*',
    shows: /^\$(\[\])?\.flags\.runtime_dir: /,
    why: 'Not a deviation: the replayed agent has a runtime directory of its own.',
  },

  // What the wire lets through.
  {
    exchanges: '*/bad-version',
    shows: /^we hung up/,
    why: 'A request of HTTP/9.9 is refused by the parser of HTTP, which hangs up as the original does on other broken requests.',
  },

  // Where the original crashed or is wrong.
  {
    exchanges: 'errors-scheduler/UNKNOWN-missing-field',
    shows: /^the original hung up .* we answered 400/,
    why: 'A call of type UNKNOWN ended the original’s process; ours answers and lives.',
  },
  {
    exchanges: 'agent-volume/GET-state',
    shows: /executors\[\]\.resources\.cpus: 0\.30000000000000\d+ recorded, ours 0\.3$/,
    why: 'The original adds up doubles where resources have several reservations; ours are thousandths.',
  },
  {
    exchanges: 'master-volume/GET-state',
    shows: /^\$\.frameworks\[\]\.(offered_)?resources\.ports: nothing recorded/,
    why: 'The totals of a framework: as in all states with two agents that have the same ports, see below.',
  },
  {
    exchanges: '*-running/*',
    shows: /^\$\.(get_frameworks\.|get_state\.get_frameworks\.)?frameworks\[\]\.(offered_)?resources\.(ports|length): /,
    why:
      'The totals of a framework: the original keeps one set of ports for all agents and loses it when one of two agents ' +
      'with the same ports gives its part back. Ours are the sum of what is there.',
  },

  {
    exchanges: 'operator-calls/GET_QUOTA-reset',
    shows: /^\$\.get_quota\.status\.(infos|configs)\.length: 3 recorded, ours 1$/,
    why: 'A quota without guarantees and limits is none. The original goes on showing it until the next fail-over.',
  },

  // Chance.
  {
    exchanges: 'scheduler/tasks/stream',
    shows:
      /^task trap1 3 \$\.update\.status\.message: "Command terminated with signal Terminated" recorded, ours ".* Killed"/,
    why: 'The recorded KILL came before the shell had set its trap; when it comes after, grace runs out and SIGKILL ends it.',
    isAlways: false,
  },
  {
    exchanges: 'scheduler/tasks/stream',
    shows: /^task hc1 [34] \$\.update\.status\.(reason|healthy|check_status\.command\.exit_code): /,
    why: 'A check and a health check that begin at the same moment: which of the two commands ends first.',
    isAlways: false,
  },
  {
    exchanges: 'operator-subscribe/*',
    shows: /\$\.task_updated\.state: "TASK_STARTING" recorded, ours "TASK_RUNNING"/,
    why: 'The latest state that the agent knows when it reports an earlier one: whether the task runs by then.',
    isAlways: false,
  },

  // The built-in executor of task groups.
  {
    exchanges: 'agent-group/GET-containers',
    shows: /status\.executor_pid: \d+ recorded, ours nothing/,
    why: 'The executor of task groups is built into the agent: there is no process of its own.',
  },
  {
    exchanges: 'agent-group/GET_CONTAINERS-nested',
    shows: /container_status\.executor_pid: \d+ recorded, ours nothing/,
    why: 'The executor of task groups is built into the agent: there is no process of its own.',
  },
  {
    exchanges: '*-group*',
    shows: /container_status\.(network_infos|executor_pid): nothing recorded/,
    why: 'What the original knew of a container in the moment it said that a task is starting; ours knows all of it by then.',
    isAlways: false,
  },
  {
    exchanges: 'scheduler/task-group/stream',
    shows: /^offers of S0 5 \$\.(resources\[\]\.scalar\.value|executor_ids): .*(ours 3\.7|ours 4064|ours 1952|dexec3)/,
    why: 'The original charges a framework for ever for the executor of a group without tasks, which nobody launches.',
  },
  {
    exchanges: 'master-group/GET-state',
    shows: /tasks\[\]\.(state|statuses\.length): .*(TASK_STARTING|1 recorded)/,
    why: 'Whether the second task of the group had been acknowledged to run in that moment.',
    isAlways: false,
  },

  {
    exchanges: 'agent-group/*',
    shows: /(completed_frameworks|completed_executors|(terminated|completed)_tasks)\.length: \d+ recorded, ours 0$/,
    why: 'Not a deviation: what the recorded agent had been through before the group came.',
  },
  {
    exchanges: 'agent-group/GET-files_debug',
    shows: /\/executors\/.*\/runs\/(…|latest): .* recorded, ours nothing$/,
    why: 'Not a deviation: what the recorded agent had been through before the group came.',
  },
  {
    exchanges: 'agent-*/GET-files_debug',
    shows: /^\$\.(\/var\/lib\/mesos\/agent1\/slaves\/…-S0)?\/frameworks: nothing recorded/,
    why: 'Sandboxes are reachable through one attached directory too, so that those of ended tasks need no entry each.',
  },
  {
    exchanges: 'agent-group/GET_TASKS',
    shows: /launched_tasks\[\]\.status_update_state: "TASK_STARTING" recorded, ours "TASK_RUNNING"/,
    why: 'Whether the second task of the group had been acknowledged to start in that moment.',
    isAlways: false,
  },

  // Custom executors.
  {
    exchanges: 'scheduler/custom-executor/stream',
    shows: /^task c4 1 \$\.update\.status\.message: "ExecutorInfo is not compatible/,
    why: 'Not a deviation: the text names the command, in whose place a waiting one runs here (see subscriptions.test.ts).',
  },

  // The built-in command executor.
  {
    exchanges: 'agent-running/GET_STATE',
    shows: /executor_info\.(command\.(value|arguments)|shutdown_grace_period)/,
    why: 'Command tasks are run by the agent itself: there is no executor program whose command line could be shown.',
  },
  {
    exchanges: 'agent-*',
    shows: /^\$.*statistics\.mem_rss_bytes: \d+ recorded, ours \d+$/,
    why: 'Not a deviation: the memory of the moment. Ours is less, since there is no executor process beside the task.',
  },
  {
    exchanges: 'agent-sandbox/*',
    shows: /(\[\]|file_infos\[\])\.size: 642 recorded, ours 0/,
    why: 'The stderr of a command task is its own: no executor process logs into it.',
  },
  {
    exchanges: 'agent-sandbox/*-stderr',
    shows: /^\$\.data: "[IWE]\d{8} .*(exec|fetcher)\.cpp:/,
    why: 'No executor process logs into the stderr of a command, and what our fetcher says there is in its own words.',
  },
  {
    exchanges: 'protobuf/GET_STATE',
    shows: /agent_info\.checkpoint: true recorded, ours nothing/,
    why: 'A field that v1 does not have; ours shows it in JSON, where people read it.',
  },
];

export function deviationsOf(name: string): readonly Deviation[] {
  return DEVIATIONS.filter(({ exchanges }) => pattern(exchanges).test(name)).map((deviation) => ({
    isAlways: !deviation.exchanges.includes('*'),
    ...deviation,
  }));
}

function pattern(exchanges: string): RegExp {
  const parts = exchanges.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
