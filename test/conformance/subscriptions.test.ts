// Subscriptions and launches that the original refused in an event: what the validators say of them without a master.
import { expect, test } from 'vitest';
import { parseJson } from '../../src/mesos/codec.ts';
import { Call, Event } from '../../src/mesos/generated/scheduler.ts';
import type { ExecutorInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { rolesOf, validateFrameworkInfo, validateSuppressedRoles } from '../../src/mesos/validation/framework.ts';
import { validateTask } from '../../src/mesos/validation/launch/task.ts';
import { validateOfferConstraints } from '../../src/mesos/validation/offer-constraints.ts';
import { type Exchange, exchangesOf } from './exchange.ts';

const bodyText = ({ request }: Exchange): string => (typeof request === 'string' ? '' : (request.text ?? ''));
const events = (exchange: Exchange): Event[] =>
  (exchange.records ?? []).map(([, record]) => parseJson(Event, JSON.stringify(record)));

test('subscriptions are refused in the original’s words, and no others are', () => {
  const streams = exchangesOf('scheduler/subscribe-*').filter(({ records }) => records !== undefined);
  expect(streams.length).toBeGreaterThan(15);
  for (const stream of streams) {
    const subscribe = parseJson(Call, bodyText(stream)).subscribe;
    if (subscribe === undefined) throw new Error(`${stream.dir} does not subscribe`);
    const { framework_info: info, suppressed_roles: suppressed = [], offer_constraints: constraints } = subscribe;
    const badConstraints = constraints && validateOfferConstraints(constraints);
    const ours =
      validateFrameworkInfo(info) ??
      validateSuppressedRoles(rolesOf(info), suppressed) ??
      (badConstraints && `Offer constraints are not valid: ${badConstraints}`);
    expect(ours, stream.dir).toBe(events(stream)[0]?.error?.message);
  }
});

test('an executor that differs from the one that runs is shown in full, as the original shows it', () => {
  const exchanges = exchangesOf('scheduler/custom-executor');
  const updates = exchanges.flatMap(events).map(({ update }) => update?.status);
  const refused = updates.find((status) => status?.message?.startsWith('ExecutorInfo is not compatible'));
  const tasks = exchanges
    .filter(({ name }) => name.includes('ACCEPT'))
    .flatMap((exchange) => parseJson(Call, bodyText(exchange)).accept?.operations ?? [])
    .flatMap(({ launch }) => launch?.task_infos ?? [])
    .map(normalised);
  const task = tasks.find(({ task_id }) => task_id.value === refused?.task_id.value);
  const executors = tasks.map(({ executor }) => executor).filter((one) => one !== undefined);
  const running = executors.find(({ executor_id }) => executor_id.value === task?.executor?.executor_id.value);
  if (refused === undefined || task === undefined || running === undefined) throw new Error('not recorded');

  const ours = validateTask(task, {
    frameworkId: FRAMEWORK,
    agentId: task.agent_id.value,
    agentCapabilities: new Set(),
    liveTasks: new Set(),
    unreachableTasks: new Set(),
    executors: new Map([[running.executor_id.value, running]]),
    containersUnder: () => [],
    offered: Resources.parse('cpus:100;mem:100000').allocatedTo('*'),
  });
  expect(ours).toBe(refused.message?.replaceAll(/"[0-9a-f-]{36}-\d{4}"/g, `"${FRAMEWORK}"`));
});

const FRAMEWORK = 'the framework';

/** As the master completes what a framework without MULTI_ROLE launches. */
function normalised(task: TaskInfo): TaskInfo {
  const allocated = <T extends TaskInfo | ExecutorInfo>(message: T): T => ({
    ...message,
    resources: Resources.of(message.resources).allocatedTo('*').toMessages(),
  });
  if (task.executor === undefined) return allocated(task);
  return { ...allocated(task), executor: allocated({ ...task.executor, framework_id: { value: FRAMEWORK } }) };
}
