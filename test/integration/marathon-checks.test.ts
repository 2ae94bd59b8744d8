// Health and readiness checks of both families on real processes: Marathon's own probes, and those that the agents run.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SELF_SIGNED } from '../world/real/net/self-signed.ts';
import { until } from './daemon-processes.ts';
import { figure, MarathonCluster, type MarathonProcess, type Task, WEB_APP_COMMAND } from './marathon-process.ts';

/** So long the servers take to listen, after their task runs. */
const LISTEN_AFTER_MS = 1_500;
let cluster: MarathonCluster;
let marathon: MarathonProcess;

beforeAll(async () => {
  cluster = await MarathonCluster.start(1);
  marathon = cluster.marathon;
});

afterAll(() => cluster.stop());

/** Agents ask their tasks on the loopback address of their machine, as the original's do; Marathon on the agent's. */
function addressFor(protocol: string): Record<string, string> {
  return protocol.startsWith('MESOS_') ? { LISTEN_ON: '127.0.0.1' } : {};
}

const server = { cmd: WEB_APP_COMMAND, cpus: 0.1, mem: 32 };
const check = { intervalSeconds: 1, timeoutSeconds: 10, gracePeriodSeconds: 30, delaySeconds: 0 };

function only<T>(list: readonly T[]): T {
  const [one, ...others] = list;
  if (one === undefined || others.length > 0) throw new Error(`Expected one, not ${list.length}`);
  return one;
}

function startedMs(task: Task & { readonly startedAt?: string }): number {
  return Date.parse(task.startedAt ?? '');
}

describe('a deployment ends when its instance is healthy, and not before', () => {
  test.concurrent.each([
    { protocol: 'HTTP', path: '/health' },
    { protocol: 'TCP' },
    { protocol: 'HTTPS', path: '/health' },
    { protocol: 'MESOS_HTTP', path: '/health' },
    { protocol: 'MESOS_TCP' },
    { protocol: 'COMMAND', command: { value: 'test -e listening' } },
  ])('$protocol', async ({ protocol, ...rest }) => {
    const id = `/healthy/${protocol.toLowerCase().replace('_', '-')}`;
    const tls = protocol === 'HTTPS' ? { TLS_KEY: SELF_SIGNED.key, TLS_CERT: SELF_SIGNED.cert } : {};
    const env = { LISTEN_AFTER_MS: String(LISTEN_AFTER_MS), ...addressFor(protocol), ...tls };
    await marathon.deploy('POST', '/v2/apps', { ...server, id, env, healthChecks: [{ protocol, ...check, ...rest }] });
    const endedMs = Date.now();
    const app = await marathon.app(id);
    const afterMs = endedMs - startedMs(only(app.tasks));
    figure(
      `${protocol}: deployment ends after the start of its task by`,
      `${afterMs} ms`,
      `over ${LISTEN_AFTER_MS} ms`,
    );
    expect(afterMs).toBeGreaterThan(LISTEN_AFTER_MS);
    expect(app).toMatchObject({ tasksRunning: 1, tasksHealthy: 1, tasksUnhealthy: 0 });
    expect(only(app.tasks).healthCheckResults).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    await marathon.change('DELETE', `/v2/apps${id}`);
  });
});

describe('an instance that turns unhealthy is killed and launched again', () => {
  test.concurrent.each(['HTTP', 'MESOS_HTTP'])('%s', async (protocol) => {
    const id = `/turns-sick/${protocol.toLowerCase().replace('_', '-')}`;
    const healthChecks = [{ protocol, path: '/health', ...check, maxConsecutiveFailures: 1 }];
    await marathon.deploy('POST', '/v2/apps', { ...server, id, env: addressFor(protocol), healthChecks });
    const before = only(await marathon.running(id));
    const address = protocol === 'HTTP' ? before.host : '127.0.0.1';
    await fetch(`http://${address}:${before.ports[0]}/sick`, { method: 'POST' });
    const start = Date.now();
    await until('another task is healthy', 30_000, async () => {
      const { tasks, tasksHealthy } = await marathon.app(id);
      return tasksHealthy === 1 && tasks.length === 1 && only(tasks).id !== before.id;
    });
    // The same instance, the next incarnation.
    expect(only(await marathon.running(id)).id).toBe(before.id.replace(/\.1$/, '.2'));
    await until('its process is gone', 30_000, () => !cluster.processes().has(before.id));
    // Marathon's own checks kill with one failure more than those of the agent.
    const promised = protocol === 'HTTP' ? 'two probes, and a launch' : 'one probe, and a launch';
    figure(`${protocol}: sick → healthy again`, `${Date.now() - start} ms`, promised);
    const { lastTaskFailure } = (await marathon.app(id)) as { lastTaskFailure?: unknown };
    if (protocol === 'HTTP') {
      expect(lastTaskFailure).toMatchObject({
        taskId: before.id,
        state: 'TASK_KILLED',
        message: expect.stringContaining('Task was killed since health check failed. Reason: 500'),
      });
    }
    await marathon.change('DELETE', `/v2/apps${id}`);
  });
});

test.each([
  { with: 'readiness alone', healthChecks: [] },
  { with: 'health and readiness', healthChecks: [{ protocol: 'HTTP', path: '/health', ...check }] },
])('a deployment ends when its instance is ready: $with', async ({ healthChecks }) => {
  const id = '/ready';
  const readinessCheck = {
    name: 'takes-requests',
    portName: 'web',
    path: '/ready',
    intervalSeconds: 2,
    timeoutSeconds: 1,
  };
  const { deployments } = (await marathon.change('POST', '/v2/apps', {
    ...server,
    id,
    env: { READY_AFTER_MS: '1500' },
    portDefinitions: [{ name: 'web' }],
    healthChecks,
    readinessChecks: [{ ...readinessCheck, preserveLastResponse: true }],
  })) as { deployments: { id: string }[] };
  await until('a result is shown', 30_000, async () => {
    const [deployment] =
      await marathon.get<readonly { currentActions: { readinessCheckResults: unknown[] }[] }[]>('/v2/deployments');
    const results = deployment?.currentActions[0]?.readinessCheckResults ?? [];
    if (results.length === 0) return false;
    expect(results).toMatchObject([{ name: 'takes-requests', ready: false, taskId: expect.any(String) }]);
    return true;
  });
  await marathon.whenDeployed(only(deployments).id);
  const endedMs = Date.now();
  const afterMs = endedMs - startedMs(only(await marathon.running(id)));
  figure('readiness: deployment ends after the start of its task by', `${afterMs} ms`, 'over 1500 ms');
  expect(afterMs).toBeGreaterThan(1_500);
  await marathon.deploy('DELETE', `/v2/apps${id}`);
});

test('a task that does not listen to SIGTERM has the grace period that its app says', async () => {
  const tookMs = async (graceSeconds: number): Promise<number> => {
    const id = `/stubborn-${graceSeconds}`;
    const healthChecks = [{ protocol: 'MESOS_TCP', ...check }];
    const env = { IGNORE_TERM: 'yes', ...addressFor('MESOS_TCP') };
    await marathon.deploy('POST', '/v2/apps', {
      ...server,
      id,
      env,
      healthChecks,
      taskKillGracePeriodSeconds: graceSeconds,
    });
    const { id: taskId } = only(await marathon.running(id));
    const start = performance.now();
    await marathon.change('PUT', `/v2/apps${id}`, { instances: 0 });
    await until('its process is gone', 30_000, () => !cluster.processes().has(taskId));
    const took = performance.now() - start;
    figure(`kill with a grace period of ${graceSeconds} s`, `${took.toFixed(0)} ms`, `${graceSeconds * 1000} ms`);
    expect(took).toBeGreaterThan(graceSeconds * 1000 - 50);
    await until('the deployment has ended', 30_000, async () => (await marathon.app(id)).deployments.length === 0);
    return took;
  };
  // Whatever the machine adds, it adds to both.
  const [short, long] = await Promise.all([tookMs(1), tookMs(4)]);
  expect(short).toBeLessThan(long);
});
