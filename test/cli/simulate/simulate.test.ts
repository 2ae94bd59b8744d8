import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import { Problem } from '../../../src/cli/problem.ts';
import { policiesOf } from '../../../src/cli/simulate/choices.ts';
import { readWorkloadFile } from '../../../src/cli/simulate/read-file.ts';
import { simulate } from '../../../src/cli/simulate/simulate.ts';
import { simulationView } from '../../../src/cli/simulate/view.ts';
import { glyphs } from '../../../src/tui/widgets/glyphs.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'workload-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

const problemOf = async (act: () => unknown): Promise<Problem> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
};

const SMALL = `
agents:
  - {count: 2, resources: {cpus: 2, mem: 4GB}}
frameworks:
  - name: web
    jobs: [{tasks: 2, resources: {cpus: 1, mem: 1GB}, duration: 10s}]
  - name: batch
    jobs: [{tasks: 8, resources: {cpus: 1, mem: 512}, duration: 1m}]
`;

describe('a file that is wrong', () => {
  test('is told with every fault, its line, and what may have been meant', async () => {
    const path = file(
      'wrong.yaml',
      `agents:
  - cont: 3
    resources: {cpus: 2, mem: 4 apples}
frameworks:
  - name: a
    jobs:
      - tasks: 0
        resources: {cpus: 1}
        duration: {exponental: 4s}
      - tasks: 1
        resources: {cpus: 1}
compare:
  - policy: fair
roles:
  - {name: a, weight: 0}
`,
    );
    const { exitCode, text } = await problemOf(() => readWorkloadFile(path));
    expect(exitCode).toBe(EXIT.usage);
    expect((text.why ?? '').replaceAll(`${path}:`, '').split('\n').sort()).toEqual([
      '10  frameworks.0.jobs.1.duration is missing',
      '13  compare.0.policy must be drf, random or static',
      '15  roles.0.weight must be above 0',
      '2  agents.0.cont is no member; is it count?',
      '3  agents.0.resources mem must be a number, of mem and disk also a size such as 16GB',
      '7  frameworks.0.jobs.0.tasks must be a whole number from 1 on',
      expect.stringMatching(/^9 {2}frameworks\.0\.jobs\.0\.duration must be one value, or one of uniform, exponential/),
    ]);
  });

  test('may be right member by member and still make no sense', async () => {
    const path = file(
      'senseless.yaml',
      `agents:
  - {count: 1, resources: {cpus: 2}}
frameworks:
  - name: a
    jobs:
      - {tasks: 1, duration: 1s, resources: {cpus: 3}}
      - {tasks: 1, duration: 1s, resources: {cpus: 1}, every: 5s}
      - {tasks: 9, duration: 1s, resources: {cpus: 1}, minParallel: 4, maxParallel: 2}
      - {tasks: 1, duration: 1s, resources: {cpu: 1}}
  - name: a
    where: {disk: ssd}
    jobs: [{tasks: 1, duration: 1s, resources: {cpus: 1}}]
roles:
  - {name: a/b, limit: {cpus: 1}}
  - {name: c, guarantee: {cpus: 1, memory: 5}, limit: {cpus: 2, gpus: 0}}
`,
    );
    const { text } = await problemOf(() => readWorkloadFile(path));
    expect((text.why ?? '').replaceAll(`${path}:`, '').split('\n').sort()).toEqual([
      '10  frameworks.1.name is there twice',
      '12  frameworks.1.jobs.0 no agent has what the framework asks for in where',
      '14  roles.0 a role below another has no quota of its own',
      '15  roles.1.guarantee no agent has memory',
      '6  frameworks.0.jobs.0.resources no agent is large enough for such a task',
      '7  frameworks.0.jobs.1 jobs without a count need a duration of the whole',
      '8  frameworks.0.jobs.2.minParallel is more than maxParallel',
      '9  frameworks.0.jobs.3.resources no agent has cpu',
    ]);
  });
});

describe('what is shown', () => {
  const now = (): number => 0;
  const options = { timeoutMs: undefined, progress: () => undefined, now };

  test('policies side by side, and each framework under each, with how much sooner its jobs are done', async () => {
    const workload = await readWorkloadFile(file('small.yaml', SMALL));
    const reports = simulate(workload, { ...options, policies: policiesOf(['static', 'drf']) ?? [] });
    const view = simulationView(workload, reports, glyphs(true));
    const text = await renderView(view, 'table', PLAIN, 0);
    expect(text).toContain('small, seed 1');
    expect(text).toMatch(/^static partitions +\d/m);
    expect(text).toMatch(/^batch +static partitions .* 1\.00x$/m);
    expect(text).toMatch(/^batch +sharing .* 1\.\d\dx$/m);
    expect(view.names).toEqual(['web', 'batch']);
    expect(view.data).toMatchObject({ workload: 'small', seed: 1, policies: [{ kind: 'static' }, { kind: 'drf' }] });
    expect(JSON.parse(await renderView(view, 'json', PLAIN, 0))).toEqual(view.data);
  });

  test('no times where nothing could run', async () => {
    const path = file(
      'limited.yaml',
      `duration: 1m
agents: [{count: 1, resources: {cpus: 4}}]
roles: [{name: a, limit: {cpus: 0.5}}]
frameworks: [{name: a, jobs: [{tasks: 1, resources: {cpus: 1}, duration: 4s}]}]`,
    );
    const workload = await readWorkloadFile(path);
    const view = simulationView(
      workload,
      simulate(workload, { ...options, policies: workload.policies }),
      glyphs(true),
    );
    expect(await renderView(view, 'table', PLAIN, 0)).toMatch(/^sharing +0\.0% +\S+ +- +- +- +- /m);
  });

  test('how far it is, when it takes long; and no more once the time is over', async () => {
    const path = file(
      'long.yaml',
      `duration: 2d
agents: [{count: 1, resources: {cpus: 1}}]
frameworks: [{name: a, jobs: [{every: 5s, tasks: 1, resources: {cpus: 1}, duration: 4s}]}]`,
    );
    const workload = await readWorkloadFile(path);
    let clockMs = 0;
    const told: string[] = [];
    const slow = {
      policies: workload.policies,
      progress: (text: string) => void told.push(text),
      now: () => (clockMs += 400),
    };
    simulate(workload, { ...slow, timeoutMs: undefined });
    expect(told[0]).toMatch(/^sharing: \d.*\(\d+ %\), \d+ tasks$/);
    clockMs = 0;
    const problem = await problemOf(() => simulate(workload, { ...slow, timeoutMs: 2000 }));
    expect(problem.exitCode).toBe(EXIT.timedOut);
  });

  test('policies that do not exist, or come twice, are refused', async () => {
    expect((await problemOf(() => policiesOf(['drf', 'fair']))).text.what).toBe("--compare: 'fair' is no policy.");
    expect((await problemOf(() => policiesOf(['drf', 'drf']))).text.what).toBe('--compare: drf is there twice.');
  });
});
