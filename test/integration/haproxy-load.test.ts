// Nobody notices that services move: requests at a constant rate through a real HAProxy, while apps are scaled, deployed,
// killed and drained through Marathon, and `mctl haproxy watch` follows. MCTL_CHANGES=200 makes it the long run.
import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { DaemonProcess, until } from './daemon-processes.ts';
import { HAS_HAPROXY, HaproxyProcess } from './haproxy-process.ts';
import { type Json, MarathonCluster, type MarathonProcess, WEB_APP_COMMAND } from './marathon-process.ts';
import type { RequestCounts } from './request-load-main.ts';

const CHANGES = Number(process.env.MCTL_CHANGES ?? 20);
// In the short run beside other tests the machine is not to be the one that loses requests.
const RATE = Number(process.env.MCTL_RATE ?? (CHANGES >= 200 ? 1_100 : 200));
const LOAD = fileURLToPath(new URL('request-load-main.ts', import.meta.url));
/** Longer than reloads are apart (5 s), two seconds until a turn begins, and the turn: what sticky sessions may take. */
const SERVE_AFTER_TERM_MS = 8_000;
/** Sticky sessions need cookies, and those need reloads. */
const APPS = ['/web/one', '/web/two', '/web/three', '/web/sticky'] as const;

let cluster: MarathonCluster;
let marathon: MarathonProcess;
let haproxy: HaproxyProcess;
let watch: DaemonProcess;
let load: ChildProcess | undefined;
/** HAProxy's own words on answers that are no success, newest. */
const complaints: string[] = [];
const log = createSocket('udp4');
const ports = new Map<string, number>();

beforeAll(async () => {
  if (!HAS_HAPROXY) return;
  cluster = await MarathonCluster.start(3, ['--enable_features=task_killing']);
  marathon = cluster.marathon;
  haproxy = await HaproxyProcess.start();
  for (const id of APPS) ports.set(id, await freePort());
  await Promise.all(APPS.map((id) => marathon.deploy('PUT', `/v2/apps${id}`, webApp(id), 60_000)));
  await new Promise<void>((resolve) => log.bind(0, '127.0.0.1', resolve));
  log.on('message', (message) => {
    const line = message.toString();
    if (/ [45]\d\d \d+ - - | is DOWN|no server available/.test(line)) complaints.push(line.slice(0, 300).trim());
    if (complaints.length > 40) complaints.shift();
  });
  const flags = haproxy.flags(marathon.url, [
    '--listen=off',
    '--health=all',
    // What a dying server leaves unanswered goes to another one.
    '--retry-requests',
    `--haproxy-log=127.0.0.1:${log.address().port}`,
    '--global-default-options=redispatch,http-server-close,dontlognull,httplog,dontlog-normal',
  ]);
  watch = new DaemonProcess('watch', '', ['haproxy', 'watch', ...flags]);
  await until('all are served', 30_000, async () => (await haproxy.serving()).length === 2 * APPS.length);
});

afterAll(async () => {
  load?.kill('SIGKILL');
  log.close();
  await watch?.kill('SIGTERM');
  await haproxy?.end();
  await cluster?.stop();
});

function webApp(id: string): Json {
  const port = ports.get(id) ?? 0;
  return {
    id,
    cmd: WEB_APP_COMMAND,
    cpus: 0.1,
    mem: 32,
    instances: 2,
    env: { VERSION: 'first', LISTEN_ON: '0.0.0.0', SERVE_AFTER_TERM_MS: String(SERVE_AFTER_TERM_MS) },
    labels: {
      HAPROXY_GROUP: 'test',
      HAPROXY_0_BIND_ADDR: '127.0.0.1',
      HAPROXY_0_MODE: 'http',
      ...(id.endsWith('sticky') && { HAPROXY_0_STICKY: 'true' }),
    },
    portDefinitions: [{ port }],
    healthChecks: [{ protocol: 'HTTP', path: '/health', intervalSeconds: 1, gracePeriodSeconds: 60 }],
    taskKillGracePeriodSeconds: 20,
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    backoffSeconds: 0,
  };
}

type Kind = 'scale up' | 'scale down' | 'deploy' | 'kill' | 'drain' | 'SIGKILL' | 'configure';

/** What is done to an app one after the other; it ends as it began. */
const ROUND: readonly Kind[] = ['scale up', 'kill', 'deploy', 'drain', 'SIGKILL', 'scale down', 'configure'];

async function change(id: string, kind: Kind, number: number): Promise<void> {
  const app = `/v2/apps${id}`;
  switch (kind) {
    case 'scale up':
      await marathon.deploy('PUT', app, { instances: 3 }, 60_000);
      break;
    case 'scale down':
      await marathon.deploy('PUT', app, { instances: 2 }, 60_000);
      break;
    case 'deploy': {
      const { env } = webApp(id);
      await marathon.deploy('PUT', app, { env: { ...(env as Json), VERSION: `version-${number}` } }, 60_000);
      break;
    }
    case 'configure': {
      const { labels } = webApp(id);
      await marathon.deploy(
        'PUT',
        app,
        { labels: { ...(labels as Json), HAPROXY_0_BACKEND_WEIGHT: `${number}` } },
        60_000,
      );
      break;
    }
    case 'kill': {
      const [task] = await marathon.running(id);
      await marathon.change('DELETE', `${app}/tasks/${task?.id}`);
      break;
    }
    case 'drain': {
      // It goes and is not replaced; what it has begun to answer it ends.
      const [task] = await marathon.running(id);
      await marathon.change('POST', '/v2/tasks/delete?scale=true', { ids: [task?.id] });
      await whenWell(id);
      await marathon.deploy('PUT', app, { instances: 3 }, 60_000);
      break;
    }
    case 'SIGKILL': {
      const [task] = await marathon.running(id);
      for (const pid of cluster.processes().get(task?.id ?? '') ?? []) process.kill(pid, 'SIGKILL');
      await until('it is missed', 30_000, async () => (await marathon.tasks(id)).every((one) => one.id !== task?.id));
      break;
    }
  }
  await whenWell(id);
}

async function whenWell(id: string): Promise<void> {
  await until(`${id} is well`, 60_000, async () => {
    const { instances, tasks, tasksHealthy, deployments } = await marathon.app(id);
    const isEnding = tasks.some(({ state }) => state !== 'TASK_RUNNING');
    return deployments.length === 0 && !isEnding && tasksHealthy >= instances;
  });
}

function startLoad(): ChildProcess {
  const child = fork(LOAD, [String(RATE)], { stdio: 'inherit' });
  child.send({ targets: [...ports.values()].map((port) => `http://127.0.0.1:${port}`) });
  return child;
}

function endLoad(child: ChildProcess): Promise<RequestCounts> {
  return new Promise((resolve, reject) => {
    child.once('message', (counts) => resolve(counts as RequestCounts));
    child.once('exit', (code) => reject(new Error(`the load ended with ${code}`)));
    child.send('stop');
  });
}

describe.skipIf(!HAS_HAPROXY)('under constant load', () => {
  test(
    `${CHANGES} changes lose no request`,
    async () => {
      const before = haproxy.state();
      load = startLoad();
      const done: Partial<Record<Kind, number>> = {};
      let next = 0;
      const start = performance.now();
      await Promise.all(
        APPS.map(async (id) => {
          for (let step = 0; next < CHANGES; step += 1) {
            const number = next++;
            const kind = ROUND[step % ROUND.length] ?? 'deploy';
            await change(id, kind, number);
            done[kind] = (done[kind] ?? 0) + 1;
          }
        }),
      );
      const seconds = (performance.now() - start) / 1000;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const counts = await endLoad(load);
      const after = haproxy.state();
      const reloads = (after.reloads.ok ?? 0) - (before.reloads.ok ?? 0);
      const perSecond = counts.answered / counts.seconds;
      console.info(
        `haproxy: ${next} changes in ${seconds.toFixed(0)} s (${Object.entries(done)
          .map(([kind, times]) => `${times} ${kind}`)
          .join(', ')}): ` +
          `${reloads} reloads, ${after.runtimeUpdates - before.runtimeUpdates} runtime updates; ` +
          `${counts.answered} of ${counts.sent} requests answered, ${perSecond.toFixed(0)} a second, median ${counts.medianMs} ms, ` +
          `slowest ${counts.slowestMs} ms, ${counts.retriedByClient} sent again on a closed idle connection; ` +
          `lost: ${JSON.stringify(counts.lost)}`,
      );
      if (counts.examples.length > 0)
        console.info([...counts.examples, ...complaints, watch.output.slice(-4_000)].join('\n'));
      expect(counts.lost).toEqual({});
      expect(counts.answered).toBe(counts.sent);
      expect(after.reloads.failed ?? 0).toBe(before.reloads.failed ?? 0);
      expect(after.runtimeUpdates).toBeGreaterThan(before.runtimeUpdates);
      // Some machines that run tests are busy; the long run is made on one that is not.
      if (CHANGES >= 200) expect(perSecond).toBeGreaterThanOrEqual(1_000);
    },
    60_000 + CHANGES * 15_000,
  );
});
