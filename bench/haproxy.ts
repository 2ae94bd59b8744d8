// The balancer's work at size: Marathon's answer read, modelled and rendered, then turns that find nothing to do beside a
// real HAProxy. The answer is text, as it comes from the network; the fetch is not in any figure. The reference is
// marathon-lb's regenerate_config on the same machine, with the same apps.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SETTINGS } from '../src/haproxy/apply/settings.ts';
import { Applier } from '../src/haproxy/apply/turn.ts';
import type { Discovery } from '../src/haproxy/discovery/discovered.ts';
import { readApps } from '../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../src/haproxy/model/build-model.ts';
import { type BalancerOptions, DEFAULT_OPTIONS } from '../src/haproxy/model/options.ts';
import { render } from '../src/haproxy/render/render.ts';
import type { Rendered } from '../src/haproxy/render/rendered.ts';
import { loadTemplates } from '../src/haproxy/render/templates/load-templates.ts';
import { createRealWorld, type RealWorld } from '../src/world/real/index.ts';
import { type BenchOptions, type BenchRow, coreShare, median, row, timed } from './row.ts';

const TASKS = 5;
const ROUNDS = 5;
/** Node has compiled what is run often after so many apps; a `watch` that has run for minutes is measured, not its start. */
const WARM_UP_APPS = 15_000;
const HAPROXY = '/usr/sbin/haproxy';
/** Of the whole benchmark: a loopback address that nothing else listens on. */
const HOST = '127.0.77.1';
/** Apps → seconds of the original. */
const SIZES: readonly (readonly [apps: number, reference: number])[] = [
  [1000, 0.1],
  [10_000, 5.2],
];
/** Each app has a listener, and some kernels' limits end below 10,000 of them. */
const TURN_APPS = 1000;
/** Marathon takes at least this long for its answer, in which HAProxy is asked; not counted. */
const FETCH_MS = 30;
let fetchedMs = 0;

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  const world = createRealWorld({ log: { level: 'silent' } });
  const rows: BenchRow[] = [];
  try {
    for (const [apps, reference] of quick ? SIZES.slice(0, 1) : SIZES) {
      note(`${apps} apps of ${TASKS} tasks`);
      rows.push(...(await renderings(world, apps, reference)));
    }
    note(`had a core for ${Math.round(coreShare() * 100)} % of the measured time`);
    rows.push(...(await idleTurns(world, quick ? 100 : TURN_APPS, note)));
  } finally {
    await world.close();
  }
  return rows;
}

/** Each round begins with nothing known: what the renderer remembers of equal values is not what is measured. */
async function renderings(world: RealWorld, apps: number, reference: number): Promise<BenchRow[]> {
  const text = answer(apps);
  const read: number[] = [];
  const made: number[] = [];
  let discovery: Discovery | undefined;
  let rendered: Rendered | undefined;
  let again = 0;
  const warmUp = Math.ceil(WARM_UP_APPS / apps);
  for (let round = 0; round < warmUp + ROUNDS; round += 1) {
    const templates = await loadTemplates(world.disk);
    const options = benchOptions('/etc/haproxy');
    read.push(
      timed(() => {
        discovery = readApps(JSON.parse(text), 'bench');
      }),
    );
    const before = rendered;
    made.push(timed(() => (rendered = renderOnce(discovery, options, templates))));
    again = timed(() => renderOnce(discovery, options, templates));
    check(rendered, apps);
    if (before !== undefined && before.config !== rendered?.config) throw new Error('the same input gave other bytes');
  }
  const whole = read.map((ms, index) => (ms + (made[index] ?? 0)) / 1000);
  const at = `${apps} apps × ${TASKS} tasks`;
  const [first = 0] = whole;
  return [
    row(`read + render, new process: ${at}`, first, reference, 's'),
    row(`read + render: ${at}`, median(whole.slice(warmUp)), reference, 's'),
    row(`  of it reading: ${at}`, median(read.slice(warmUp)) / 1000, undefined, 's'),
    row(`  of it model and rendering: ${at}`, median(made.slice(warmUp)) / 1000, undefined, 's'),
    row(`model and rendering once more, unchanged: ${at}`, again / 1000, undefined, 's'),
  ];
}

function renderOnce(
  discovery: Discovery | undefined,
  options: BalancerOptions,
  templates: Parameters<typeof render>[2],
): Rendered {
  if (discovery === undefined) throw new Error('nothing was read');
  const model = buildModel(discovery, options, { addresses: new Map() });
  const { rendered, problems } = render(model, options, templates);
  const [problem] = [...model.problems, ...problems];
  if (problem !== undefined) throw new Error(`${problem.appId}: ${problem.message}`);
  return rendered;
}

function check(rendered: Rendered | undefined, apps: number): void {
  const servers = rendered?.config.match(/^ {2}server /gm)?.length;
  const hosts = rendered?.config.match(/hdr\(host\)/g)?.length;
  if (servers !== apps * TASKS || hosts !== apps) throw new Error(`${servers} servers and ${hosts} hosts came out`);
}

/** The first of a process, as cron makes it, and the next of one that goes on, as watch does. */
async function idleTurns(world: RealWorld, apps: number, note: (text: string) => void): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-bench-'));
  chmodSync(directory, 0o755);
  const text = answer(apps);
  const socket = join(directory, 'admin.sock');
  const hasHaproxy = existsSync(HAPROXY);
  if (!hasHaproxy) note('there is no HAProxy: nobody is asked what runs');
  let haproxy: ChildProcess | undefined;
  try {
    const environment = { HAPROXY_HTTP_FRONTEND_HEAD: `frontend marathon_http_in\\n  bind ${HOST}:8080\\n  mode http` };
    const templates = await loadTemplates(world.disk, { environment });
    const applier = (): Applier =>
      new Applier(
        world,
        {
          ...DEFAULT_SETTINGS,
          configPath: join(directory, 'haproxy.cfg'),
          stateDirectory: join(directory, 'state'),
          reload: { kind: 'command', command: 'true' },
          ...(haproxy && { runtimeSocket: socket }),
          minReloadIntervalMs: 0,
        },
        {
          options: { ...benchOptions(directory), runtimeSocket: socket },
          templates,
          discover: async () => {
            const start = performance.now();
            await new Promise((resolve) => setTimeout(resolve, FETCH_MS));
            fetchedMs += performance.now() - start;
            return { discovery: readApps(JSON.parse(text), 'bench'), addresses: new Map(), definitions: new Map() };
          },
        },
      );
    await turn(applier(), 'reload');
    if (hasHaproxy) {
      haproxy = spawn(HAPROXY, ['-db', '-f', join(directory, 'haproxy.cfg')], { stdio: 'ignore' });
      await listening(socket, haproxy);
      await turn(applier());
    }
    const fresh: number[] = [];
    const later: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const one = applier();
      fresh.push(await turn(one, 'nothing'));
      later.push(await turn(one, 'nothing'));
    }
    const servers = readFileSync(join(directory, 'haproxy.cfg'), 'utf8').match(/^ {2}server /gm)?.length;
    if (servers !== apps * TASKS) throw new Error(`${servers} servers came out`);
    const at = `${apps} apps × ${TASKS} tasks${haproxy ? ', beside HAProxy' : ''}`;
    return [
      row(`turn with nothing to do, beyond the fetch: ${at}`, median(fresh), undefined, 'ms'),
      row(`the same, next of one process: ${at}`, median(later), undefined, 'ms'),
    ];
  } finally {
    haproxy?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** ms beyond the fetch. */
async function turn(applier: Applier, expected?: string): Promise<number> {
  fetchedMs = 0;
  const start = performance.now();
  const { outcome, failure } = await applier.turn();
  if (failure !== undefined) throw failure;
  if (expected !== undefined && outcome !== expected) throw new Error(`the turn came to ${outcome}, not ${expected}`);
  return performance.now() - start - fetchedMs;
}

async function listening(socket: string, haproxy: ChildProcess): Promise<void> {
  const end = performance.now() + 10_000;
  while (!existsSync(socket)) {
    if (haproxy.exitCode !== null || performance.now() > end) throw new Error('HAProxy does not come up');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function benchOptions(directory: string): BalancerOptions {
  return {
    ...DEFAULT_OPTIONS,
    groups: ['external'],
    certificates: [],
    statsBind: `${HOST}:9090`,
    configPath: join(directory, 'haproxy.cfg'),
    maxConnections: 500,
  };
}

/** As Marathon answers GET /v2/apps?embed=apps.tasks. */
function answer(apps: number): string {
  return JSON.stringify({ apps: Array.from({ length: apps }, (_, index) => app(index)) });
}

function app(index: number): Record<string, unknown> {
  const id = `/team-${index % 50}/service-${index}`;
  const version = '2026-01-01T00:00:00.000Z';
  const tasks = Array.from({ length: TASKS }, (_, number) => ({
    id: `${id.slice(1).replace('/', '_')}.instance-${number}`,
    appId: id,
    host: `10.1.${(index + number) % 200}.${1 + (index % 250)}`,
    ports: [10_000 + ((index * TASKS + number) % 20_000)],
    slaveId: `agent-${(index + number) % 200}`,
    state: 'TASK_RUNNING',
    version,
    startedAt: version,
    stagedAt: version,
    ipAddresses: [],
    healthCheckResults: [{ alive: true, consecutiveFailures: 0, instanceId: `instance-${number}` }],
  }));
  return {
    id,
    cmd: 'exec server',
    cpus: 0.1,
    mem: 64,
    instances: TASKS,
    version,
    labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: `service-${index}.example.com`, HAPROXY_0_BIND_ADDR: HOST },
    portDefinitions: [{ port: 10_000 + index, protocol: 'tcp' }],
    ports: [10_000 + index],
    networks: [{ mode: 'host' }],
    healthChecks: [{ protocol: 'HTTP', path: '/health', portIndex: 0, intervalSeconds: 10, timeoutSeconds: 5 }],
    tasks,
  };
}
