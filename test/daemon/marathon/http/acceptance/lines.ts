// What a Marathon has to be able to do, line by line (marathon.md 24.1), and which of it waits for something that is not
// there yet. Every line is the name of a test in this folder, or is in NOT_YET.
import { test } from 'vitest';

export const LINES = {
  Apps: [
    'create without health checks: 201, `api_post_event`, tasks Running',
    'redeploying the identical app: no restart, same tasks',
    'crash-looping app: a config change clears its delay',
    'crash-looping app: scaling keeps its delay',
    'crash-looping app: delay visible in queue and removable by DELETE',
    'restart of a delayed app launches at once',
    'gauge apps.active grows by one after create',
    'create through a standby works (proxying)',
    'Marathon HTTP check, MESOS_HTTP check, HTTP check with `port`, Marathon TCP, MESOS_TCP, COMMAND: deployment completes only when healthy (six cases)',
    'list apps, list tasks of an app',
    'always-unhealthy app: deployment stays open, can be cancelled',
    'app healthy too late for its grace period: killed, deployment stays open',
    'PUT update replaces tasks; PATCH update does too',
    'scale up then down: task counts follow',
    'restart: new version, new tasks',
    'version list has one entry after create',
    'versionInfo fields after config change, scale, restart',
    'kill one task: replaced; kill with scale: count shrinks',
    'kill all tasks: all replaced; with scale: instances 0',
    'delete app: tasks gone, 404 afterwards',
    'two-instance app starts two tasks',
    'force-delete a deployment: app stays, deployment list empty, second delete 404',
    'roll back a create: app removed',
    'roll back of an update while instances hang, twice with different strategies',
    'plain app gets no invented docker section',
    'Docker app create and update',
    'tty app succeeds inside, non-tty app fails the tty test',
    'ports correct after changing them by update',
  ],
  Groups: [
    'create / update / delete an empty group; delete unknown: 404',
    'create with apps: all Running',
    'update with changed app: restarted; with identical app: untouched',
    'create and upgrade with health-checked apps',
    'roll back a group upgrade by version',
    'upgrade with one instance failing: healthy count never below the minimum capacity',
    'second upgrade during a running one: 409, with force accepted',
    'delete during a deployment: 409, with force accepted',
    'circular dependencies: 422',
    'start order app → dependency, group → dependency, relative dependencies',
    'enforceRole unchangeable by PUT; PATCH second level 422; PATCH top level 200',
  ],
  Pods: [
    'Docker image app on UCR, with and without own command',
    'simple, persistent, recovered persistent, health-checked pod become STABLE',
    'pod with image entry point',
    'deleting the parent group removes pods',
    'version list; version info after update and scale',
    'force-stop and roll-back of pod deployments',
    'delete instances: replacements; wipe instance (ephemeral, persistent): new instance id',
    'pod with unique constraint keeps placement after config change',
  ],
  'Queue, events, info, system': [
    'empty queue; pending app with impossible constraint shows count and reasons; failing app shows delay not overdue',
    'event filter delivers only the requested types; plans in events are light',
    'info shows configured values; no ZooKeeper credentials',
    'ping; metrics JSON; Prometheus text; HTTP in/out byte counters grow',
  ],
  'Leader, proxy, restart': [
    'all nodes report one leader; `/` redirects on each',
    'abdication: 200, process dies, another leads',
    'repeated re-elections; running apps keep their tasks (three set-ups)',
    'forwarded ping; direct and forwarded 404 and 500; POST without Content-Type',
    'HTTPS direct, self-signed, CA-signed',
    'leader unreachable: 502; proxy loop: 502; events: redirect',
    'restart during a deployment keeps its running tasks',
    'one ready + one not ready instance: deployment continues after restart',
    'two unhealthy instances: continues after abdication',
    'start with a bound port: exits with failure',
    'upgrade from earlier lines keeps apps; resident app restarts after upgrade',
    'ZooKeeper nodes carry the configured ACLs',
  ],
  Checks: [
    'instance killed by failing Marathon check; by failing Mesos check',
    'command `check`: exit code 0 and 1 visible in the task',
    'readiness without health: deployment ends when ready',
    'readiness with health: ends when both hold',
    'upgrade keeps old instances until new ones are ready',
  ],
  'Tasks and faults': [
    'TASK_KILLING event during kill',
    'kill without wipe: same instance id, next incarnation; with wipe: new instance id',
    'long and short grace periods respected',
    'unreachable task: replacement after inactive time; with 0: immediately',
    'scale down with constraint and an unreachable task completes',
    'wipe of unreachable pod instances, with and without volumes',
    'TASK_GONE_BY_OPERATOR on a resident task: new reservation elsewhere',
  ],
  Resources: [
    'resident: writes to its volume; with constraints; state kept after restart; after failure; runs only on reserved resources',
    'resident: scale up, scale down, restart, config change',
    'GPU: five cases of §13.4',
    'limits on apps and pods; shm size in pods; share-parent IPC',
    'seccomp default/unconfined for apps and pods (four)',
    'multi-role: as given role; resident; keeps previous role; non-default role (four)',
    'regions: default local only; given region; region + zone; replacement in same region',
  ],
} as const;

export type Line = (typeof LINES)[keyof typeof LINES][number];

const PODS = 'pods are not there yet: /v2/pods answers 404';
const RESIDENT = 'persistent volumes are not there yet: they are refused with 422';

export const NOT_YET: readonly { readonly line: Line; readonly why: string }[] = [
  ...LINES.Pods.map((line) => ({ line, why: PODS })),
  { line: 'HTTPS direct, self-signed, CA-signed', why: 'TLS is not there yet' },
  {
    line: 'upgrade from earlier lines keeps apps; resident app restarts after upgrade',
    why: 'the state of the original is laid out otherwise, and nothing reads it yet',
  },
  { line: 'Docker app create and update', why: 'agents start no images yet' },
  { line: 'tty app succeeds inside, non-tty app fails the tty test', why: 'agents attach no terminals yet' },
  { line: 'wipe of unreachable pod instances, with and without volumes', why: PODS },
  { line: 'TASK_GONE_BY_OPERATOR on a resident task: new reservation elsewhere', why: RESIDENT },
  {
    line: 'resident: writes to its volume; with constraints; state kept after restart; after failure; runs only on reserved resources',
    why: RESIDENT,
  },
  { line: 'resident: scale up, scale down, restart, config change', why: RESIDENT },
  { line: 'limits on apps and pods; shm size in pods; share-parent IPC', why: PODS },
  { line: 'seccomp default/unconfined for apps and pods (four)', why: 'agents have no seccomp yet' },
];

/** A test of a line, or of one of its cases. */
export function line(name: Line, ...rest: [fn: () => Promise<void>] | [of: string, fn: () => Promise<void>]): void {
  if (rest.length === 2) test(`${name} — ${rest[0]}`, rest[1]);
  else test(name, rest[0]);
}
