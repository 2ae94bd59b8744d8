// Chronos as an app of our Marathon, as the README has it: its agent loses power, later it is moved by a constraint; each time it goes on
// elsewhere as the same framework with the same jobs, and every run is accounted for by the ledger that the runs write themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Ensemble, MISSING, startEnsemble } from '../cluster/zookeeper/ensemble.ts';
import { account, type SoakedJob } from './chronos/account.ts';
import type { SoakJob } from './chronos/jobs.ts';
import { Ledger, type Verdict } from './chronos/ledger.ts';
import { toldOf } from './chronos/told.ts';
import { getJson, until } from './daemon-processes.ts';
import { type Json, MarathonCluster, type Task } from './marathon-process.ts';

const MCTL = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const APP = '/chronos';
/** So that the move takes seconds. */
const QUICK = [
  '--zk-session-timeout=4000',
  '--unreachable-timeout=2secs',
  '--failure-retry=1000',
  '--min-revive-offers-interval=200',
  '--job-history-limit=1000',
];
const YEARLY = '2101-01-01T00:00:00.000Z';

/** The README's definition, of this checkout and for these addresses. */
function appOfReadme(master: string, zk: string): Json {
  const blocks = readFileSync(README, 'utf8').match(/```yaml\n[\s\S]*?```/g) ?? [];
  const text = blocks.find((block) => block.includes(`id: ${APP}\n`));
  if (text === undefined) throw new Error('The README does not say how Chronos is an app');
  const app = parse(text.replace(/^```yaml\n|```$/g, '')) as Json & { cmd: string };
  const cmd = app.cmd
    .replace(/\bmctl\b/, `${process.execPath} ${MCTL}`)
    .replace(/--master=\S+/, `--master=${master}`)
    .replace(/--zk=\S+/, `--zk=${zk}`);
  return { ...app, cmd: [cmd, ...QUICK].join(' ') };
}

describe.skipIf(MISSING !== undefined)('Chronos as an app of Marathon', () => {
  let ensemble: Ensemble;
  let cluster: MarathonCluster;
  let ledger: Ledger;
  let jobs: readonly SoakJob[] = [];

  beforeAll(async () => {
    [ensemble, cluster] = await Promise.all([startEnsemble({ members: 1 }), MarathonCluster.start(2)]);
    ledger = new Ledger(join(cluster.daemons.directory, 'ledger'));
  });

  afterAll(async () => {
    await cluster?.stop();
    await ensemble?.stop();
  });

  const places = async (): Promise<Task[]> => await cluster.marathon.running(APP);

  async function askOnce<T>(method: string, path: string, body?: object): Promise<T> {
    const [task] = await places();
    const response = await fetch(`http://${task?.host}:${task?.ports[0]}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answers: T[] = [];
    await until(`${method} ${path} is answered`, 60_000, async () => {
      answers.push(await askOnce<T>(method, path, body));
      return true;
    });
    return answers[0] as T;
  }

  /** It works on one of these hosts: its framework. */
  async function worksOn(host: string): Promise<string> {
    let id = '';
    await until(`Chronos works on ${host}`, 60_000, async () => {
      const tasks = await places();
      if (tasks.length !== 1 || tasks[0]?.host !== host) return false;
      const health = await askOnce<{ healthy: boolean; frameworkId: string }>('GET', '/mctl/v1/health');
      id = health.frameworkId;
      return health.healthy;
    });
    return id;
  }

  /** Of every job a run that was due since has succeeded, as history tells. */
  async function allRunSince(ms: number): Promise<void> {
    for (const { name } of jobs) {
      await until(`a run of ${name} has succeeded`, 60_000, async () => {
        const path = `/v1/scheduler/job/${name}/runs`;
        const { runs } = await ask<{ runs: { state: string; due: string }[] }>('GET', path);
        return runs.some(({ state, due }) => state === 'success' && Date.parse(due) > ms);
      });
    }
  }

  function scheduled(name: string, periodSeconds: number, verdict: Verdict, epsilonSeconds?: number): SoakJob {
    const startMs = Date.now() + 3_000;
    const retries = verdict === 'succeed' ? 2 : 1;
    const schedule = `R/${new Date(startMs).toISOString()}/PT${periodSeconds}S`;
    const epsilon = epsilonSeconds === undefined ? {} : { epsilon: `PT${epsilonSeconds}S` };
    const common = { name, retries, isConcurrent: false, isSoft: false };
    return {
      ...common,
      epsilonMs: epsilonSeconds === undefined ? undefined : epsilonSeconds * 1000,
      when: { kind: 'scheduled', startMs, periodMs: periodSeconds * 1000, limit: undefined },
      body: { name, retries, schedule, ...epsilon, ...SMALL, command: ledger.command(0.3, verdict) },
    };
  }

  function after(name: string, parents: readonly string[]): SoakJob {
    const common = { name, retries: 2, isConcurrent: false, isSoft: false, epsilonMs: undefined };
    const body = { name, parents, retries: 2, ...SMALL, command: ledger.command(0.3, 'succeed') };
    return { ...common, when: { kind: 'dependent', parents }, body };
  }

  async function store({ body, when }: SoakJob): Promise<void> {
    await ask('POST', `/v1/scheduler/${when.kind === 'scheduled' ? 'iso8601' : 'dependency'}`, body);
  }

  /** Nothing new by the calendar, and everything that was begun at its end. */
  async function settled(): Promise<SoakedJob[]> {
    for (const { name, when } of jobs)
      if (when.kind === 'scheduled') await ask('PUT', `/mctl/v1/jobs/${name}`, { disabled: true });
    let idleLooks = 0;
    await until('no run is under way', 40_000, async () => {
      const { jobs: all } = await ask<{ jobs: { alive: unknown[] }[] }>('GET', '/mctl/v1/jobs');
      idleLooks = all.some(({ alive }) => alive.length > 0) ? 0 : idleLooks + 1;
      return idleLooks > 10;
    });
    return await Promise.all(jobs.map((job) => toldOf(job, (path) => ask('GET', path))));
  }

  test('its jobs run; moved to another agent it goes on with them as the same framework, and loses and doubles no run', async () => {
    const { agents, master } = cluster.daemons;
    const masterAddress = new URL(master.url).host;
    await cluster.marathon.deploy('PUT', `/v2/apps${APP}`, appOfReadme(masterAddress, ensemble.url('/chronos')));
    const [first] = await places();
    if (first === undefined) throw new Error('Chronos does not run');
    const framework = await worksOn(first.host);
    jobs = [scheduled('often', 2, 'succeed', 6), scheduled('retried', 3, 'fail-first'), after('then', ['often'])];
    for (const job of jobs) await store(job);
    await ask('POST', '/v1/scheduler/iso8601', { name: 'yearly', command: 'true', schedule: `R/${YEARLY}/P1Y` });
    await allRunSince(0);

    const lost = cluster.agentOn(first.host);
    const other = agents.find((agent) => agent !== lost);
    if (other === undefined) throw new Error('There is one agent only');
    await cluster.losePower(lost);
    const lostMs = Date.now();
    expect(await worksOn(new URL(other.url).hostname)).toBe(framework);
    await allRunSince(lostMs);

    lost.restart();
    await cluster.daemons.whenRegistered();
    const constraints = [['hostname', 'LIKE', first.host.replaceAll('.', '\\.')]];
    await cluster.marathon.deploy('PUT', `/v2/apps${APP}`, { constraints });
    const movedMs = Date.now();
    expect(await worksOn(first.host)).toBe(framework);
    await allRunSince(movedMs);

    const stoppedMs = Date.now();
    const told = await settled();
    const kept = account(told, ledger.read(), stoppedMs);
    expect(kept.wrong).toEqual([]);
    // Its history goes back to before the first move.
    for (const { history } of told)
      for (const [fromMs, toMs] of [
        [0, lostMs],
        [lostMs, movedMs],
        [movedMs, stoppedMs],
      ] as const)
        expect(history.some((line) => line.result === 'success' && line.dueMs > fromMs && line.dueMs <= toMs)).toBe(
          true,
        );
    expect(await ask('GET', '/mctl/v1/jobs/yearly')).toMatchObject({ nextRun: YEARLY, successCount: 0 });
    const { frameworks } = await getJson<{ frameworks: { name: string }[] }>(`${master.url}/frameworks`);
    expect(frameworks.filter(({ name }) => name === 'chronos')).toHaveLength(1);
    console.info(
      `${kept.starts} runs of ${kept.occurrences} occurrences and ${kept.sets} sets: ${JSON.stringify(kept.results)}`,
    );
  }, 300_000);
});

const SMALL = { cpus: 0.1, mem: 16, disk: 8 };
