import { describe, expect, test } from 'vitest';
import type { Job, JobNotices } from '../../../../src/daemon/chronos/model/job.ts';
import { recipients, write } from '../../../../src/daemon/chronos/notices/letter.ts';
import type { Mail } from '../../../../src/daemon/chronos/notices/mail.ts';
import type { NoticeOptions } from '../../../../src/daemon/chronos/notices/options.ts';
import { PostOffice } from '../../../../src/daemon/chronos/notices/post-office.ts';
import type { ClientRequest, Net } from '../../../../src/world/net.ts';
import { silentLog } from '../../../client/support/fake-master.ts';
import { VirtualClock } from '../../marathon/support/virtual-clock.ts';

const NONE: NoticeOptions = {
  clusterName: undefined,
  mail: undefined,
  slackUrl: undefined,
  mattermostUrl: undefined,
  httpUrl: undefined,
  httpCredentials: undefined,
  webUrl: undefined,
};

function job(owner: string, notify?: JobNotices): Job {
  return {
    definition: {
      name: 'nightly',
      command: 'true',
      arguments: [],
      shell: true,
      executor: '',
      executorFlags: '',
      taskInfoData: '',
      description: '',
      owner,
      ownerName: '',
      retries: 2,
      cpus: 0.5,
      mem: 64,
      disk: 0,
      softError: false,
      highPriority: false,
      concurrent: false,
      maxCompletionTimeSeconds: 0,
      epsilonMs: undefined,
      epsilon: undefined,
      async: false,
      runAsUser: '',
      environmentVariables: [],
      uris: ['http://files/a'],
      fetch: [],
      constraints: [],
      container: undefined,
      dataProcessingJobType: false,
      notify,
      retryDelayMs: undefined,
      retryFactor: 1,
      when: { kind: 'scheduled', text: 'R/2026-01-01T00:00:00Z/P1D', zoneId: '' },
    },
    generation: 1,
    runCount: 4,
    isDisabled: false,
    successCount: 3,
    errorCount: 1,
    errorsSinceLastSuccess: 1,
    lastSuccessMs: undefined,
    lastErrorMs: Date.parse('2026-01-20T02:03:10.004Z'),
    next: undefined,
    successesOf: {},
    changedMs: 0,
  };
}

/** A post office whose mails and requests end up in lists; `answers` are taken one by one, 200 when there are none left. */
function office(options: Partial<NoticeOptions>, { answers = [] as (number | Error)[] } = {}) {
  const clock = new VirtualClock(Date.parse('2026-01-20T02:03:11.000Z'));
  const mails: Mail[] = [];
  const requests: ClientRequest[] = [];
  const answer = (): { status: number; headers: Record<string, string>; body: Uint8Array } => {
    const next = answers.shift() ?? 200;
    if (next instanceof Error) throw next;
    return { status: next, headers: {}, body: new Uint8Array() };
  };
  const net = {
    request: async (request: ClientRequest) => {
      requests.push(request);
      return answer();
    },
  } as unknown as Net;
  const mailer = {
    send: async (mail: Mail) => {
      mails.push(mail);
      answer();
    },
  };
  const lines: string[] = [];
  const log = {
    ...silentLog,
    error: (text: string, fields: unknown) => lines.push(`${text} ${JSON.stringify(fields)}`),
  };
  const post = new PostOffice({ world: { clock, net }, log, options: { ...NONE, ...options }, mailer });
  return { post, clock, mails, requests, lines };
}

const MAIL = { server: 'mail:25', from: 'chronos@example.com', user: undefined, password: undefined, isSsl: false };
const FAILURE = { occasion: 'failure', message: 'Command exited with status 1', taskId: 'ct:1:2:nightly:' } as const;

describe('What a notice says', () => {
  test('its subjects are the original ones, without a blank before them', () => {
    const subject = (occasion: 'removed' | 'disabled' | 'failure', clusterName?: string): string =>
      write({ ...FAILURE, occasion, job: job('') }, 0, { clusterName, webUrl: undefined }).subject;
    expect(subject('removed')).toBe("[Chronos] Your job 'nightly' was deleted!");
    expect(subject('disabled', 'prod')).toBe("[prod] [Chronos] job 'nightly' disabled");
    expect(subject('failure', 'prod')).toBe("[prod] [Chronos] job 'nightly' failed!");
  });

  test('its text tells when, why, which task, how often it was tried, and where its runs are', () => {
    const { text } = write({ ...FAILURE, job: job('') }, Date.parse('2026-01-20T02:03:11Z'), {
      clusterName: undefined,
      webUrl: 'http://127.0.0.1:4400',
    });
    expect(text.split('\n')).toEqual([
      'Failed at 2026-01-20T02:03:11.000Z.',
      'Command exited with status 1',
      'Task: ct:1:2:nightly:',
      'Retries: 2. Errors since the last success: 1.',
      'Runs: http://127.0.0.1:4400/v1/scheduler/job/nightly/runs',
    ]);
  });

  test('what a task says cannot become a header or a second line', () => {
    const hostile = { ...FAILURE, message: 'x\r\nBcc: all@example.com', job: job('') };
    expect(write(hostile, 0, { clusterName: 'a\nb', webUrl: undefined })).toMatchObject({
      subject: "[a b] [Chronos] job 'nightly' failed!",
      text: expect.stringContaining('\nx Bcc: all@example.com\n'),
    });
  });

  test('owners are split at commas, each is told once', () => {
    expect(recipients(' a@x , b@x,,a@x ')).toEqual(['a@x', 'b@x']);
    expect(recipients('')).toEqual([]);
  });
});

describe('Who is told', () => {
  test('each owner gets a mail, a chat one message however many owners there are', async () => {
    const { post, clock, mails, requests } = office({ mail: MAIL, slackUrl: 'https://slack/hook' });
    post.tell({ ...FAILURE, job: job('a@x,b@x') });
    await clock.advance(0);
    expect(mails.map(({ to }) => to)).toEqual(['a@x', 'b@x']);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers?.['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(String(requests[0]?.body)).text).toMatch(/^\[Chronos\] job 'nightly' failed!: Failed at /);
  });

  test('a job without an owner is told to the hooks, never to nobody by mail', async () => {
    const { post, clock, mails, requests } = office({ mail: MAIL, httpUrl: 'http://hook/', httpCredentials: 'u:p' });
    post.tell({ ...FAILURE, occasion: 'removed', job: job('') });
    await clock.advance(0);
    expect(mails).toEqual([]);
    expect(requests[0]?.headers?.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
    const body = JSON.parse(String(requests[0]?.body)) as Record<string, unknown>;
    expect(body).toMatchObject({
      job: 'nightly',
      cpus: '0.5',
      retries: '2',
      uris: 'http://files/a',
      to: '',
      softError: 'false',
    });
    expect(Object.values(body).every((value) => typeof value === 'string')).toBe(true);
  });

  test('without a choice of its own a job is told about as in the original; with one, of that and there only', async () => {
    const { post, clock, requests } = office({ slackUrl: 'http://slack/', mattermostUrl: 'http://mattermost/' });
    for (const occasion of ['success', 'late', 'recovered'] as const) post.tell({ ...FAILURE, occasion, job: job('') });
    await clock.advance(0);
    expect(requests).toEqual([]);
    const chosen = job('', { on: ['success'], channels: ['mattermost'] });
    post.tell({ ...FAILURE, job: chosen });
    post.tell({ ...FAILURE, occasion: 'success', job: chosen });
    await clock.advance(0);
    expect(requests.map(({ url }) => url)).toEqual(['http://mattermost/']);
  });
});

describe('A channel in trouble', () => {
  test('gets three attempts, and then the log says what was not sent, without the address of the hook', async () => {
    const { post, clock, requests, lines } = office(
      { slackUrl: 'http://slack/secret' },
      { answers: [500, new Error('refused'), 404] },
    );
    post.tell({ ...FAILURE, job: job('') });
    await clock.advance(1_999);
    expect(requests).toHaveLength(1);
    await clock.advance(1 + 9_999);
    expect(requests).toHaveLength(2);
    await clock.advance(1);
    expect(requests).toHaveLength(3);
    expect(post.counts().get('slack')).toEqual({ sent: 0, failed: 1, dropped: 0 });
    expect(lines.join()).toContain('the slack hook answered 404');
    expect(lines.join()).not.toContain('secret');
    post.tell({ ...FAILURE, job: job('') });
    await clock.advance(0);
    expect(post.counts().get('slack')?.sent).toBe(1);
  });

  test('delays no other channel, holds a thousand notices and counts what it drops', async () => {
    const never = new Promise<never>(() => undefined);
    const clock = new VirtualClock();
    const urls: string[] = [];
    const net = {
      request: (request: ClientRequest) => {
        urls.push(request.url);
        return request.url.includes('slack')
          ? never
          : Promise.resolve({ status: 200, headers: {}, body: new Uint8Array() });
      },
    } as unknown as Net;
    const options = { ...NONE, slackUrl: 'http://slack/', httpUrl: 'http://hook/' };
    const post = new PostOffice({ world: { clock, net }, log: silentLog, options, mailer: undefined });
    for (let count = 0; count < 1050; count += 1) post.tell({ ...FAILURE, job: job('') });
    for (let turns = 0; turns < 2000 && (post.counts().get('http')?.sent ?? 0) < 1001; turns += 1)
      await Promise.resolve();
    await clock.advance(0);
    expect(urls.filter((url) => url.includes('slack'))).toHaveLength(1);
    expect(post.counts().get('slack')).toEqual({ sent: 0, failed: 0, dropped: 49 });
    expect(post.counts().get('http')?.sent).toBeGreaterThan(1000);
    post.stop();
    expect(clock.pending).toBe(0);
  });
});
