// The framework object of /state, /frameworks and /state-summary (mesos-api.md 8.2).
import { toJson } from '../../../../mesos/codec.ts';
import { OfferConstraints } from '../../../../mesos/generated/scheduler.ts';
import type { CommandInfo, ExecutorInfo, FrameworkInfo, Task } from '../../../../mesos/generated/v1.ts';
import { Resources } from '../../../../mesos/resources.ts';
import { seconds } from '../../../../mesos/time-info.ts';
import type { JsonPieces } from '../../../serving/http/json-pieces.ts';
import { flattened, flattenedText } from '../../../serving/legacy-json/resources.ts';
import { hasLabels, labelList } from '../../../serving/legacy-json/task.ts';
import type { Sliced } from '../../../serving/slices/sliced.ts';
import type { CompletedFramework, MasterFramework } from '../../state/framework.ts';
import type { MasterOffer } from '../../state/offer.ts';
import {
  completedNow,
  executorsNow,
  type FrameworkMoment,
  frameworkNow,
  type TasksMoment,
  tasksNow,
} from '../moment.ts';
import { taskText } from './task.ts';

/** All that is shown of a live framework. */
export interface WholeFramework {
  readonly framework: FrameworkMoment;
  readonly tasks: TasksMoment;
  readonly offers: readonly MasterOffer[];
  readonly executors: ReturnType<typeof executorsNow>;
}

export function wholeFrameworkNow(framework: MasterFramework): WholeFramework {
  return {
    framework: frameworkNow(framework),
    tasks: tasksNow(framework),
    offers: [...framework.offers],
    executors: executorsNow(framework),
  };
}

/** Writes a live framework with all that belongs to it. */
export function* writeFramework(pieces: JsonPieces, whole: WholeFramework): Sliced<void> {
  const { framework, tasks, offers, executors } = whole;
  const offered = framework.offered();
  const used = framework.used();
  yield;
  pieces.raw(frameworkTextOpen(framework));
  writeRest(pieces, framework, 0, used.plus(offered));
  yield* writeTasks(pieces, 'tasks', tasks.live);
  yield* writeTasks(pieces, 'unreachable_tasks', tasks.unreachable);
  yield* writeTasks(pieces, 'completed_tasks', tasks.completed);
  yield* pieces.member('offers').slicedList(offers, (offer) => pieces.value(offerObject(offer)));
  yield* pieces
    .member('executors')
    .slicedList(executors, ([agentId, executor]) =>
      pieces.value(executorObject(executor, framework.frameworkId, agentId)),
    );
  writeEnd(pieces, framework.info, framework.offerConstraints);
}

/** Writes a framework that was removed. */
export function* writeCompletedFramework(pieces: JsonPieces, framework: CompletedFramework): Sliced<void> {
  pieces.raw(completedTextOpen(framework));
  writeRest(pieces, framework, framework.unregisteredTimeMs, Resources.EMPTY);
  pieces.raw(',"tasks":[],"unreachable_tasks":[]');
  yield* writeTasks(pieces, 'completed_tasks', completedNow(framework));
  pieces.raw(',"offers":[],"executors":[]');
  writeEnd(pieces, framework.info, framework.offerConstraints);
}

function writeTasks(pieces: JsonPieces, name: string, tasks: Iterable<Task>): Sliced<void> {
  return pieces.member(name).slicedList(tasks, (task) => pieces.raw(taskText(task)));
}

/** The first members, up to `recovered`, without the closing brace: /state-summary shows no more of a framework. */
export function frameworkTextOpen(framework: FrameworkMoment): string {
  return textOpen(framework.frameworkId, framework.info, framework.used(), framework.offered(), {
    active: framework.active,
    connected: framework.state === 'CONNECTED',
    recovered: framework.state === 'RECOVERED',
  });
}

function completedTextOpen(framework: CompletedFramework): string {
  return textOpen(framework.frameworkId, framework.info, Resources.EMPTY, Resources.EMPTY, {
    active: false,
    connected: false,
    recovered: false,
  });
}

function textOpen(id: string, info: FrameworkInfo, used: Resources, offered: Resources, flags: object): string {
  const rest = {
    capabilities: (info.capabilities ?? []).map(({ type }) => type ?? 'UNKNOWN'),
    hostname: info.hostname ?? '',
    webui_url: info.webui_url ?? '',
    ...flags,
  };
  return (
    `${JSON.stringify({ id, name: info.name }).slice(0, -1)}` +
    `,"used_resources":${flattenedText(used)}` +
    `,"offered_resources":${flattenedText(offered)}` +
    `,${JSON.stringify(rest).slice(1, -1)}`
  );
}

interface Registered {
  readonly info: FrameworkInfo;
  readonly registeredTimeMs: number;
  readonly reregisteredTimeMs: number;
  readonly capabilities: ReadonlySet<string>;
}

function writeRest(pieces: JsonPieces, framework: Registered, unregisteredTimeMs: number, resources: Resources): void {
  const { info } = framework;
  const members = {
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: seconds(framework.registeredTimeMs),
    unregistered_time: seconds(unregisteredTimeMs),
    ...(info.principal !== undefined && { principal: info.principal }),
    ...(framework.reregisteredTimeMs !== framework.registeredTimeMs && {
      reregistered_time: seconds(framework.reregisteredTimeMs),
    }),
    ...(framework.capabilities.has('MULTI_ROLE') ? { roles: info.roles ?? [] } : { role: info.role ?? '*' }),
  };
  pieces.raw(`,"resources":${flattenedText(resources)},`).raw(JSON.stringify(members).slice(1, -1));
}

function writeEnd(pieces: JsonPieces, info: FrameworkInfo, constraints: OfferConstraints | undefined): void {
  if (hasLabels(info.labels)) pieces.member('labels').value(labelList(info.labels));
  pieces
    .member('offer_constraints')
    .value(toJson(OfferConstraints, constraints ?? {}))
    .raw('}');
}

function offerObject(offer: MasterOffer): Record<string, unknown> {
  return {
    id: offer.offerId,
    framework_id: offer.frameworkId,
    allocation_info: { role: offer.role },
    slave_id: offer.agentId,
    resources: flattened(offer.resources.toMessages()),
  };
}

function executorObject(executor: ExecutorInfo, frameworkId: string, agentId: string): Record<string, unknown> {
  const resources = executor.resources ?? [];
  const role = resources[0]?.allocation_info?.role;
  return {
    executor_id: executor.executor_id.value,
    name: executor.name ?? '',
    framework_id: frameworkId,
    command: commandObject(executor.command ?? {}),
    resources: flattened(resources),
    ...(role !== undefined && { role }),
    ...(hasLabels(executor.labels) && { labels: labelList(executor.labels) }),
    ...(executor.type !== undefined && { type: executor.type }),
    slave_id: agentId,
  };
}

function commandObject(command: CommandInfo): Record<string, unknown> {
  return {
    ...(command.shell !== undefined && { shell: command.shell }),
    ...(command.value !== undefined && { value: command.value }),
    argv: command.arguments ?? [],
    ...(command.environment && {
      environment: {
        variables: (command.environment.variables ?? []).map(({ name, value }) => ({ name, value: value ?? '' })),
      },
    }),
    uris: (command.uris ?? []).map(({ value, executable }) => ({ value, executable: executable ?? false })),
  };
}
