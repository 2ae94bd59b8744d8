// Marathon against a real master and 100 agents in one process whose tasks start nothing: one app scaled to 1,000
// instances, and apps of one instance in growing numbers. The cost of one more app is to stay the same.
import { type DaemonProcess, getJson, until } from '../test/integration/daemon-processes.ts';
import { type IdleCluster, startIdleCluster, timed } from './idle-cluster.ts';
import { type BenchOptions, type BenchRow, median, row } from './row.ts';

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const instances = quick ? 100 : 1000;
  const sizes = quick ? [10, 100] : [100, 1000, 5000];
  await withCluster(async (cluster) => {
    rows.push(...(await scaleOneApp(cluster, instances)));
  });
  await withCluster(async (cluster) => {
    await warmUp(cluster);
    for (const apps of sizes) {
      note(`${apps} apps`);
      rows.push(...(await growTo(cluster, apps)));
    }
  });
  return rows;
}

/** 0 → `instances` → 0. */
async function scaleOneApp({ framework: marathon, daemons }: IdleCluster, instances: number): Promise<BenchRow[]> {
  const usage = usageOf(marathon);
  await send(marathon, 'POST', '/v2/apps', { ...definition('one'), instances: 0 });
  const up = await timed(async () => {
    await send(marathon, 'PUT', '/v2/apps/one', { instances });
    await running(marathon, instances);
  });
  const cpuSeconds = usage.cpuSeconds();
  const down = await timed(async () => {
    await send(marathon, 'PUT', '/v2/apps/one', { instances: 0 });
    await running(marathon, 0);
  });
  return [
    row(`1 app, 0 → ${instances} instances, all running`, up, undefined, 's'),
    row(`1 app, 0 → ${instances}: Marathon CPU an instance`, (cpuSeconds / instances) * 1000, undefined, 'ms'),
    row(`1 app, ${instances} → 0 instances`, down, undefined, 's'),
    row('Marathon resident memory after', marathon.residentMb(), undefined, 'MB'),
    row('master resident memory after', daemons.master.residentMb(), undefined, 'MB'),
  ];
}

/** What the first apps cost is mostly the compiling of the programs; it is not what an app costs. */
async function warmUp({ framework: marathon }: IdleCluster): Promise<void> {
  for (let i = 0; i < 100; i++) await send(marathon, 'POST', '/v2/apps', definition(`warm/app${i}`));
  await running(marathon, 100);
  await send(marathon, 'DELETE', '/v2/groups/warm?force=true', {});
  await running(marathon, 0);
  await settled(marathon);
}

let apps = 0;

/** Adds apps one request after the other, eight at a time, until there are `count`; then costs of single requests. */
async function growTo({ framework: marathon }: IdleCluster, count: number): Promise<BenchRow[]> {
  const added = count - apps;
  const usage = usageOf(marathon);
  const seconds = await timed(async () => {
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let next = apps++; next < count; next = apps++)
          await send(marathon, 'POST', '/v2/apps', definition(name(next)));
      }),
    );
    apps = count;
    await running(marathon, count);
    await settled(marathon);
  });
  const cpuMs = (usage.cpuSeconds() / added) * 1000;
  const changes: number[] = [];
  for (let i = 0; i < Math.min(count, 21); i++) {
    changes.push(
      await timed(() => send(marathon, 'PUT', `/v2/apps/${name(i)}`, { labels: { round: `${count}-${i}` } })),
    );
    await settled(marathon);
  }
  const list = await timed(() => getJson(`${marathon.url}/v2/apps`));
  return [
    row(`${count} apps: add one and have it run, each`, (seconds / added) * 1000, undefined, 'ms'),
    row(`${count} apps: Marathon CPU an app added`, cpuMs, undefined, 'ms'),
    row(`${count} apps: change one, answer after`, median(changes) * 1000, undefined, 'ms'),
    row(`${count} apps: GET /v2/apps`, list * 1000, undefined, 'ms'),
    row(`${count} apps: Marathon resident memory`, marathon.residentMb(), undefined, 'MB'),
  ];
}

const name = (index: number): string => `g${index % 50}/app${index}`;

function definition(id: string): object {
  return { id: `/${id}`, cmd: 'sleep 1000', cpus: 0.1, mem: 16, instances: 1 };
}

async function running({ url }: DaemonProcess, count: number): Promise<void> {
  await until(`${count} instances run`, 600_000, async () => {
    const { gauges } = await getJson<{ gauges: Record<string, { value: number }> }>(`${url}/metrics`);
    return gauges['marathon.instances.running.gauge']?.value === count;
  });
}

async function settled({ url }: DaemonProcess): Promise<void> {
  await until(
    'no deployment is left',
    60_000,
    async () => (await getJson<unknown[]>(`${url}/v2/deployments`)).length === 0,
  );
}

async function send({ url }: DaemonProcess, method: string, path: string, body: object): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}${path}`, { method, body: JSON.stringify(body) });
    const text = await response.text();
    if (response.ok) return;
    // The original's limit of deployments that run side by side.
    if (response.status !== 403) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function usageOf(daemon: DaemonProcess): { cpuSeconds(): number } {
  const before = daemon.cpuSeconds();
  return { cpuSeconds: () => daemon.cpuSeconds() - before };
}

async function withCluster(work: (cluster: IdleCluster) => Promise<void>): Promise<void> {
  apps = 0;
  const cluster = await startIdleCluster('marathon', ['--launch-tokens=1000', '--max-running-deployments=1000']);
  try {
    await work(cluster);
  } finally {
    await cluster.stop();
  }
}
