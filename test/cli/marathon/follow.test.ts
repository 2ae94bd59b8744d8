// Following a deployment, from scripted answers: ours, the original's, and a Marathon that goes away meanwhile.
import { describe, expect, test } from 'vitest';
import { type ChangeContext, carryOut } from '../../../src/cli/marathon/changes/carry-out.ts';
import { marksText } from '../../../src/cli/marathon/follow/marks.ts';
import { progressLine, progressRows } from '../../../src/cli/marathon/follow/progress-text.ts';
import { COLOURED, PLAIN } from '../../../src/cli/output/style.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import type { Problem } from '../../../src/cli/problem.ts';
import { type DeploymentProgress, MarathonClient } from '../../../src/client/marathon.ts';
import { type ClientRequest, type Net, NetError } from '../../../src/world/net.ts';
import { FakeClock, settle } from '../../client/support/fake-master.ts';

type Marks = readonly DeploymentProgress['actions'][number]['instances'][number]['mark'][];

function progress(marks: Marks, more: Partial<DeploymentProgress> = {}, waitsFor?: string): DeploymentProgress {
  return {
    id: 'd1',
    state: 'running',
    currentStep: 1,
    totalSteps: 2,
    actions: [
      {
        action: 'RestartApplication',
        appId: '/web',
        target: 2,
        done: false,
        instances: marks.map((mark, index) => ({ id: `i${index}`, mark })),
        ...(waitsFor !== undefined && { waitsFor }),
      },
    ],
    ...more,
  };
}

const DONE = progress(['healthy'], { state: 'succeeded' });

type Answer = { readonly status?: number; readonly body?: unknown } | NetError;

/** `answers`: by `METHOD path`, one after the other; the last one stays. */
function scripted(answers: Readonly<Record<string, readonly Answer[]>>, options: Partial<ChangeContext> = {}) {
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]));
  const asked: string[] = [];
  const net = {
    request: async ({ method, url }: ClientRequest) => {
      const key = `${method} ${new URL(url).pathname}`;
      asked.push(key);
      const list = left.get(key) ?? [{ status: 404, body: { message: 'URI not found' } }];
      const answer = (list.length > 1 ? list.shift() : list[0]) ?? {};
      if (answer instanceof NetError) throw answer;
      const body = new TextEncoder().encode(JSON.stringify(answer.body ?? {}));
      return { status: answer.status ?? 200, headers: {}, body };
    },
  } as unknown as Net;
  const said: string[] = [];
  const terminal = {
    say: (text: string) => said.push(text),
    stderrIsTty: false,
    hasMarks: true,
    style: PLAIN,
    errorStyle: PLAIN,
  } as unknown as Terminal;
  const clock = new FakeClock();
  const marathon = new MarathonClient({ net, addresses: ['m:8080'] });
  const context: ChangeContext = {
    marathon,
    clock,
    terminal,
    quiet: false,
    force: false,
    detach: false,
    rollback: false,
    timeoutMs: undefined,
    ...options,
  };
  const send = () => marathon.changeApp('/web', {});
  const outcome = carryOut(context, { subjects: ['/web'], done: 'Updated', next: 'mctl app show /web', send });
  return { context, clock, said, asked, outcome };
}

const OK = { 'PUT /v2/apps/web': [{ body: { deploymentId: 'd1', version: 'v1' } }] };
const OWN = 'GET /mctl/v1/deployments/d1';

async function run(clock: FakeClock, ms = 5000): Promise<void> {
  for (let past = 0; past < ms; past += 400) {
    await settle();
    await clock.advance(400);
  }
  await settle();
}

async function problemOf(outcome: Promise<unknown>): Promise<Problem> {
  return outcome.then(
    () => {
      throw new Error('it went well');
    },
    (error) => error,
  );
}

describe('a followed change', () => {
  test('tells each step once a second at most, what it waits for, and what is useful next', async () => {
    const { clock, said, outcome } = scripted({
      ...OK,
      [OWN]: [
        { body: progress(['old', 'old', 'staged'], {}, '1 of 2 instances is being started') },
        { body: progress(['old', 'old', 'running'], {}, '1 of 2 instances is not healthy yet') },
        { body: progress(['old', 'old', 'running'], {}, '1 of 2 instances is not healthy yet') },
        { body: progress(['old', 'healthy'], { currentStep: 2 }) },
        { body: DONE },
      ],
    });
    await run(clock);
    expect((await outcome).data).toMatchObject({ state: 'succeeded', deploymentId: 'd1', version: 'v1' });
    expect(said).toEqual([
      'step 1 of 2: restart /web  ○○◔  1 of 2 instances is being started',
      'step 2 of 2: restart /web  ○✔',
      'step 1 of 2: restart /web  ✔',
      'Next: mctl app show /web',
    ]);
  });

  test('says so when there was nothing to do', async () => {
    const gone = { status: 404, body: { message: 'DeploymentPlan d1 does not exist' } };
    const { clock, outcome } = scripted({ ...OK, [OWN]: [gone] });
    await run(clock);
    expect((await outcome).data).toMatchObject({ state: 'unchanged' });
    const empty = scripted({ ...OK, [OWN]: [{ body: { ...DONE, totalSteps: 0, currentStep: 0, actions: [] } }] });
    await run(empty.clock);
    expect((await empty.outcome).data).toMatchObject({ state: 'unchanged' });
  });

  test('is not followed with --detach', async () => {
    const { said, outcome, asked } = scripted(OK, { detach: true });
    expect((await outcome).data).toMatchObject({ state: 'detached', deploymentId: 'd1' });
    expect(said).toEqual(['Follow it with: mctl deployment watch d1']);
    expect(asked).toHaveLength(1);
  });

  test('goes on when Marathon is restarted meanwhile', async () => {
    const away = new NetError('refused', 'no');
    const { clock, said, outcome } = scripted({
      ...OK,
      [OWN]: [{ body: progress(['old']) }, away, away, { status: 503 }, { body: DONE }],
    });
    await run(clock);
    expect((await outcome).data).toMatchObject({ state: 'succeeded' });
    expect(said.filter((text) => /Marathon/.test(text))).toEqual([
      'Marathon does not answer; trying again. The deployment goes on when it is back.',
      'Marathon is back.',
    ]);
  });

  test('fails as unreachable when Marathon stays away for two minutes', async () => {
    const { clock, outcome } = scripted({ ...OK, [OWN]: [{ body: progress(['old']) }, new NetError('refused', 'no')] });
    const failed = problemOf(outcome);
    await run(clock, 130_000);
    expect(await failed).toMatchObject({ code: 'unreachable' });
  });

  test('that another one took the place of fails with 6 and names the other', async () => {
    const { clock, outcome } = scripted({
      ...OK,
      [OWN]: [{ body: progress(['old'], { state: 'cancelled', reason: 'The upgrade has been cancelled' }) }],
      'GET /v2/deployments': [{ body: [{ id: 'd2', affectedApps: ['/web'] }] }],
    });
    const failed = problemOf(outcome);
    await run(clock);
    expect(await failed).toMatchObject({ exitCode: 6, text: { next: 'mctl deployment watch d2' } });
  });

  test('that is locked is refused with 4 and names the deployment and --force', async () => {
    const body = { message: 'App is locked', deployments: [{ id: 'd0' }] };
    const { outcome } = scripted({ 'PUT /v2/apps/web': [{ status: 409, body }] });
    const { exitCode, text } = await problemOf(outcome);
    expect(exitCode).toBe(4);
    expect(text.why).toContain('d0');
    expect(text.next).toContain('Add --force to cancel it and go on.');
  });
});

const WEB = {
  'GET /v2/apps/web': [
    { body: { app: { id: '/web', lastTaskFailure: { taskId: 't', state: 'TASK_FAILED', message: 'exit 1' } } } },
  ],
};

describe('when --timeout ends', () => {
  const waiting = { [OWN]: [{ body: progress(['old', 'waiting'], {}, '1 of 2 instances waits for an offer') }] };
  const why = (state: string) => ({
    body: {
      app: { id: '/web' },
      missing: 1,
      why: {
        missing: 1,
        places: 0,
        state,
        agentCount: 3,
        funnel: [{ reason: 'InsufficientCpus', declined: 3, processed: 3 }],
        agents: [],
      },
    },
  });

  test('and nothing fits, the change fails with 5 and says why', async () => {
    const { clock, outcome, said } = scripted(
      { ...OK, ...waiting, ...WEB, 'GET /mctl/v1/apps/web/why': [why('none')] },
      { timeoutMs: 6000 },
    );
    const failed = problemOf(outcome);
    await run(clock, 8000);
    const { exitCode, text } = await failed;
    expect(exitCode).toBe(5);
    expect(text.why).toContain('no agent fits: not enough cpus');
    expect(text.next).toContain('mctl app why /web');
    expect(said.at(-1)).toContain('no agent fits');
  });

  test('and everything fits, it fails with 10: it goes on, and says what it waits for', async () => {
    const { clock, outcome } = scripted(
      { ...OK, ...waiting, ...WEB, 'GET /mctl/v1/apps/web/why': [why('fits')] },
      { timeoutMs: 1000 },
    );
    const failed = problemOf(outcome);
    await run(clock, 2000);
    expect(await failed).toMatchObject({ exitCode: 10, text: { why: '/web: 1 of 2 instances waits for an offer' } });
  });

  test('and tasks end too soon, it says so with the last failure', async () => {
    const delayed = { ...why('delayed').body, delayedUntil: new Date(30_000).toISOString() };
    const { clock, outcome } = scripted(
      { ...OK, ...waiting, ...WEB, 'GET /mctl/v1/apps/web/why': [{ body: delayed }] },
      { timeoutMs: 1000 },
    );
    const failed = problemOf(outcome);
    await run(clock, 2000);
    const { exitCode, text } = await failed;
    expect(exitCode).toBe(10);
    expect(text.why).toMatch(/its tasks end too soon, launched again in \d+s; the last one: TASK_FAILED, exit 1/);
  });

  test('with --rollback, it is taken back and fails with 7', async () => {
    const { clock, outcome, asked } = scripted(
      {
        ...OK,
        [OWN]: [{ body: progress(['old', 'unhealthy'], {}, 'waits for health') }],
        'DELETE /v2/deployments/d1': [{ body: { deploymentId: 'd2', version: 'v2' } }],
        'GET /mctl/v1/deployments/d2': [{ body: progress(['old']) }, { body: DONE }],
      },
      { timeoutMs: 1000, rollback: true },
    );
    const failed = problemOf(outcome);
    await run(clock);
    expect(await failed).toMatchObject({ exitCode: 7, text: { why: '/web: waits for health' } });
    expect(asked).toContain('DELETE /v2/deployments/d1');
  });
});

describe("an original Marathon's deployment", () => {
  const running = {
    id: 'd1',
    affectedApps: ['/web'],
    currentStep: 1,
    totalSteps: 1,
    currentActions: [{ action: 'ScaleApplication', app: '/web' }],
  };
  const task = (id: string, state: string) => ({ id, state, version: '2', healthCheckResults: [] });
  const app = (instances: number, tasks: object[], tasksRunning: number) => ({
    body: { app: { id: '/web', instances, tasks, tasksRunning } },
  });

  test('is followed by what is listed, and has succeeded when its apps are as they were to be', async () => {
    const { clock, outcome, said } = scripted({
      ...OK,
      'GET /v2/deployments': [{ body: [running] }, { body: [] }],
      'GET /v2/apps/web': [app(2, [task('a', 'TASK_RUNNING')], 1), app(2, [], 2)],
    });
    await run(clock);
    expect((await outcome).data).toMatchObject({ state: 'succeeded' });
    expect(said[0]).toBe('step 1 of 1: scale /web to 2  ●·  1 of 2 instances wait for an offer');
  });

  test('has not when they are not', async () => {
    const { clock, outcome } = scripted({
      ...OK,
      'GET /v2/deployments': [{ body: [running] }, { body: [] }],
      'GET /v2/apps/web': [app(2, [task('a', 'TASK_STAGING')], 0), app(2, [], 1)],
    });
    const failed = problemOf(outcome);
    await run(clock);
    expect(await failed).toMatchObject({ exitCode: 6 });
  });
});

describe('progress on a terminal', () => {
  test('has a row an app, and tells what the marks mean', () => {
    const rows = progressRows(
      progress(['old', 'healthy', 'staged'], {}, 'waits'),
      { hasMarks: true, style: PLAIN },
      'why',
    );
    expect(rows).toEqual([
      'Step 1 of 2  deployment d1',
      '  restart /web  ○✔◔  waits',
      '  why',
      '  ○ old  ✔ healthy  ◔ staged',
    ]);
  });
  test('is plain ASCII where marks cannot be shown', () => {
    const line = progressLine(progress(['old', 'healthy', 'staged', 'killed', 'unreachable']), {
      hasMarks: false,
      style: PLAIN,
    });
    expect(line).toBe('step 1 of 2: restart /web  ohsx?');
  });
  test('counts the marks of many instances', () => {
    const marks = [...Array<'healthy'>(990).fill('healthy'), ...Array<'staged'>(10).fill('staged')];
    expect(marksText(marks, true, PLAIN)).toBe('✔×990 ◔×10');
    expect(marksText(marks, false, PLAIN)).toBe('h*990 s*10');
  });
  test('counts apps beyond a screen, and lets nothing of theirs move the cursor', () => {
    const [action] = progress(['old']).actions;
    const actions = Array.from({ length: 100 }, (_, index) => ({ ...action, appId: `/a\u001b[2J${index}` }));
    const rows = progressRows({ ...DONE, actions } as DeploymentProgress, { hasMarks: true, style: COLOURED });
    expect(rows.length).toBeLessThan(20);
    expect(rows.join('\n')).not.toContain('\u001b[2J');
    expect(rows.join('\n')).toContain('and 85 more apps');
  });
});
