// Hooks that take a POST (chronos.md 12.6, 12.7): Slack, Mattermost, and any HTTP server. Answers other than 2xx are failures.
import type { Net } from '../../../world/net.ts';
import type { Channel } from './channel.ts';
import type { Letter, Notice } from './letter.ts';

const TIMEOUT_MS = 10_000;

/** `{"text": …}`, UTF-8, as JSON. */
export function chatChannel(name: 'slack' | 'mattermost', net: Pick<Net, 'request'>, url: string): Channel {
  return {
    name,
    needsRecipient: false,
    send: ({ subject, text }) => post(name, net, url, { text: `${subject}: ${text}` }, {}),
  };
}

/** All values are strings, as existing receivers expect them. `credentials`: `user:password`. */
export function httpChannel(net: Pick<Net, 'request'>, url: string, credentials: string | undefined): Channel {
  const headers: Record<string, string> =
    credentials === undefined ? {} : { authorization: `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}` };
  return {
    name: 'http',
    needsRecipient: false,
    send: (letter, notice, to) => post('http', net, url, members(letter, notice, to), headers),
  };
}

function members({ subject, text }: Letter, { job }: Notice, to: readonly string[]): Readonly<Record<string, string>> {
  const { definition } = job;
  const time = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());
  return {
    subject,
    message: text,
    to: to.join(', '),
    job: definition.name,
    command: definition.command,
    cpus: String(definition.cpus),
    mem: String(definition.mem),
    softError: String(definition.softError),
    errorCount: String(job.errorCount),
    errorsSinceLastSuccess: String(job.errorsSinceLastSuccess),
    executor: definition.executor,
    executorFlags: definition.executorFlags,
    lastError: time(job.lastErrorMs),
    lastSuccess: time(job.lastSuccessMs),
    retries: String(definition.retries),
    successCount: String(job.successCount),
    uris: (definition.fetch.length > 0 ? definition.fetch.map(({ uri }) => uri) : definition.uris).join(', '),
  };
}

async function post(
  name: string,
  net: Pick<Net, 'request'>,
  url: string,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { status } = await net.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  });
  // Neither the URL (Slack's is a secret) nor the answer belongs into a log.
  if (status < 200 || status > 299) throw new Error(`the ${name} hook answered ${status}`);
}
