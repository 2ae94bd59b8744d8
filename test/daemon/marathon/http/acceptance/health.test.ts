// Deployments of apps with health checks of every kind, and of apps that never get healthy (marathon.md 17, 24.1).
import { expect } from 'vitest';
import { Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const base = { id: '/web', cpus: 0.1, mem: 16 };
const quick = { intervalSeconds: 5, gracePeriodSeconds: 600, timeoutSeconds: 3 };

const CASES = [
  ['HTTP', { protocol: 'HTTP', path: '/healthy' }],
  ['MESOS_HTTP', { protocol: 'MESOS_HTTP', path: '/healthy', delaySeconds: 1 }],
  ['HTTP with port', { protocol: 'HTTP', path: '/healthy', port: 31007, portIndex: undefined }],
  ['TCP', { protocol: 'TCP' }],
  ['MESOS_TCP', { protocol: 'MESOS_TCP', delaySeconds: 1 }],
  ['COMMAND', { protocol: 'COMMAND', command: { value: 'cat healthy' }, delaySeconds: 1 }],
] as const;

for (const [name, check] of CASES)
  line(
    'Marathon HTTP check, MESOS_HTTP check, HTTP check with `port`, Marathon TCP, MESOS_TCP, COMMAND: deployment completes only when healthy (six cases)',
    name,
    async () => {
      const scene = await Scene.start();
      // Healthy after 40 s: from then on it listens, or the file is there.
      scene.serve('/web', () => ({ status: 200 }), { afterMs: 40_000 });
      const port = 'port' in check ? { portDefinitions: [{ port: check.port }], requirePorts: true } : {};
      const cmd = `sleep 40; echo ok > healthy; ${SLEEP}`;
      expect(
        (await scene.post('/v2/apps', { ...base, ...port, cmd, healthChecks: [{ ...quick, ...check }] })).status,
      ).toBe(201);
      await scene.running('/web', 1);
      await scene.pass(30_000);
      expect(await scene.deployments()).toHaveLength(1);
      expect((await scene.app('/web')).tasksHealthy).toBe(0);
      await scene.deployed(60_000);
      const app = await scene.app('/web');
      expect(app).toMatchObject({ tasksRunning: 1, tasksHealthy: 1, tasksUnhealthy: 0 });
      expect(app.tasks[0].healthCheckResults).toMatchObject([{ alive: true, consecutiveFailures: 0 }]);
    },
  );

line('always-unhealthy app: deployment stays open, can be cancelled', async () => {
  const scene = await Scene.start();
  scene.serve('/web', () => ({ status: 500 }));
  await scene.post('/v2/apps', { ...base, cmd: SLEEP, healthChecks: [{ ...quick, protocol: 'HTTP' }] });
  await scene.pass(300_000);
  const [deployment] = await scene.deployments();
  expect(deployment).toMatchObject({ affectedApps: ['/web'], currentStep: 2, totalSteps: 2 });
  expect(await scene.app('/web')).toMatchObject({
    tasksRunning: 1,
    tasksUnhealthy: 1,
    deployments: [{ id: deployment.id }],
  });
  const cancelled = await scene.delete(`/v2/deployments/${deployment.id}?force=true`);
  expect([cancelled.status, cancelled.text]).toEqual([202, '']);
  expect(await scene.deployments()).toEqual([]);
});

line('app healthy too late for its grace period: killed, deployment stays open', async () => {
  const scene = await Scene.start();
  const events = await scene.events('?event_type=unhealthy_instance_kill_event&event_type=failed_health_check_event');
  scene.serve('/web', () => ({ status: 200 }), { afterMs: 60_000 });
  const check = { protocol: 'HTTP', intervalSeconds: 2, gracePeriodSeconds: 10, timeoutSeconds: 1 };
  await scene.post('/v2/apps', { ...base, cmd: SLEEP, healthChecks: [check] });
  await scene.until(() => events.some(({ eventType }) => eventType === 'unhealthy_instance_kill_event'), 60_000);
  // Three failures are borne, the fourth kills (marathon.md 26.10).
  expect(events.map(({ eventType }) => eventType)).toEqual([
    ...Array(4).fill('failed_health_check_event'),
    'unhealthy_instance_kill_event',
  ]);
  await scene.pass(5_000);
  expect(await scene.deployments()).toHaveLength(1);
  const { lastTaskFailure } = await scene.app('/web');
  expect(lastTaskFailure.state).toBe('TASK_KILLED');
  expect(lastTaskFailure.message).toMatch(/^Task was killed since health check failed\. Reason: /);
});
