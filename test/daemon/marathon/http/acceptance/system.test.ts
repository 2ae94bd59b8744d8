// Queue, events, info and the system endpoints (marathon.md 7.3, 8, 9, 22, 24.1).
import { expect } from 'vitest';
import { Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };

line(
  'empty queue; pending app with impossible constraint shows count and reasons; failing app shows delay not overdue',
  async () => {
    const scene = await Scene.start();
    expect((await scene.get('/v2/queue')).json).toEqual({ queue: [] });
    await scene.post('/v2/apps', {
      ...web,
      id: '/nowhere',
      instances: 3,
      constraints: [['hostname', 'CLUSTER', 'na']],
    });
    await scene.pass(10_000);
    const [item] = (await scene.get('/v2/queue?embed=lastUnusedOffers')).json.queue;
    expect(item).toMatchObject({
      app: { id: '/nowhere' },
      count: 3,
      role: '*',
      delay: { timeLeftSeconds: 0, overdue: true },
    });
    const { rejectSummaryLastOffers, rejectSummaryLaunchAttempt, ...summary } = item.processedOffersSummary;
    expect(summary.unusedOffersCount).toBeGreaterThan(0);
    expect(summary.lastUnusedOfferAt).toBeDefined();
    for (const rejects of [rejectSummaryLastOffers, rejectSummaryLaunchAttempt]) {
      const declined = Object.fromEntries(
        rejects.map((one: { reason: string; declined: number }) => [one.reason, one.declined]),
      );
      expect(declined).toMatchObject({ UnfulfilledRole: 0, InsufficientCpus: 0 });
      expect(declined.UnfulfilledConstraint).toBeGreaterThan(0);
    }
    expect(item.lastUnusedOffers[0]).toMatchObject({
      offer: { hostname: expect.stringMatching(/^agent-/), agentId: expect.any(String) },
      reason: ['UnfulfilledConstraint'],
    });
    expect((await scene.get('/v2/queue')).json.queue[0]).not.toHaveProperty('lastUnusedOffers');
    await scene.post('/v2/apps', { ...web, id: '/crash', cmd: 'exit 1', backoffSeconds: 100 });
    await scene.pass(10_000);
    const crash = (await scene.get('/v2/queue')).json.queue.find(
      (one: { app: { id: string } }) => one.app.id === '/crash',
    );
    expect(crash).toMatchObject({ count: 1, delay: { overdue: false } });
  },
);

line('event filter delivers only the requested types; plans in events are light', async () => {
  const scene = await Scene.start();
  const events = await scene.events('?plan-format=light&event_type=deployment_info&event_type=deployment_success');
  await scene.run(web);
  expect(events.map(({ eventType }) => eventType)).toEqual([
    'deployment_info',
    'deployment_info',
    'deployment_success',
  ]);
  const [info] = events;
  expect(Object.keys(info?.plan).sort()).toEqual(['id', 'steps', 'version']);
  expect(info?.currentStep).toEqual({ actions: [{ action: 'StartApplication', app: '/web' }] });
});

line('info shows configured values; no ZooKeeper credentials', async () => {
  const scene = await Scene.start({
    flags: ['--framework_name=mine', '--max_instances_per_offer=7', '--webui_url=http://w'],
  });
  const { json } = await scene.get('/v2/info');
  expect(json).toMatchObject({
    elected: true,
    leader: '10.0.3.1:8080',
    frameworkId: scene.marathon.mesos.frameworkId,
    marathon_config: { framework_name: 'mine', max_instances_per_offer: 7, webui_url: 'http://w', mesos_role: '*' },
    zookeeper_config: { zk: null, zk_max_versions: 50 },
    http_config: { http_port: 8080, https_port: null },
  });
});

line('gauge apps.active grows by one after create', async () => {
  const scene = await Scene.start();
  const active = async () => (await scene.get('/metrics')).json.gauges['marathon.apps.active.gauge'].value;
  const before = await active();
  await scene.run(web);
  expect(await active()).toBe(before + 1);
});

line('ping; metrics JSON; Prometheus text; HTTP in/out byte counters grow', async () => {
  const scene = await Scene.start();
  const ping = async (accept: string) => {
    const { status, headers, text } = await scene.get('/ping', { headers: { accept } });
    return [status, headers['content-type'], text];
  };
  expect(await ping('text/plain')).toEqual([200, 'text/plain', 'pong']);
  expect(await ping('text/html, */*')).toEqual([200, 'text/html', 'pong']);
  expect(await ping('*/*')).toEqual([200, 'text/plain', 'pong']);
  expect(await ping('application/json')).toEqual([200, 'application/json', '"pong"']);
  expect(await ping('image/png')).toEqual([204, undefined, '']);
  expect((await scene.request('HEAD', '/ping')).status).toBe(200);
  const bytes = async () => {
    const { counters } = (await scene.get('/metrics')).json;
    return ['requests', 'responses'].map((which) => counters[`marathon.http.${which}.size.counter.bytes`].count);
  };
  const [inBefore = 0, outBefore = 0] = await bytes();
  await scene.run(web);
  const [inAfter = 0, outAfter = 0] = await bytes();
  expect(inAfter).toBeGreaterThan(inBefore);
  expect(outAfter).toBeGreaterThan(outBefore);
  const { json } = await scene.get('/metrics');
  expect(Object.keys(json).sort()).toEqual(['counters', 'gauges', 'histograms', 'meters', 'timers', 'version']);
  expect(json.gauges['marathon.instances.running.gauge']).toEqual({ value: 1 });
  expect(json.timers['marathon.http.requests.post.duration.timer.seconds'].count).toBe(1);
  expect(json.meters['marathon.http.responses.2xx.rate.meter'].count).toBeGreaterThan(5);
  const prometheus = await scene.get('/metrics/prometheus');
  expect(prometheus.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(prometheus.text).toMatch(/^marathon_instances_running_gauge 1$/m);
  expect(prometheus.text).toMatch(/^marathon_tasks_launched_counter 1$/m);
  expect(prometheus.text).toMatch(/^marathon_http_requests_duration_timer_seconds_count \d+$/m);
});
