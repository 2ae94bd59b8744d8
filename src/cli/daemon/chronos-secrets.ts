// Flags of Chronos that name files or belong together, made into what it is started with. Secrets are read here and go no further than to
// who needs them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isFile } from '../../daemon/chronos/flags/secrets.ts';
import type { ChronosOptions } from '../../daemon/chronos/flags.ts';
import type { MailOptions, NoticeOptions } from '../../daemon/chronos/notices/options.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Throws Problem `usage`. */
export function noticeOptions(options: ChronosOptions): NoticeOptions {
  const { clusterName, webuiUrl, slackUrl, mattermostUrl, httpNotificationUrl, httpNotificationCredentials } = options;
  return {
    clusterName,
    mail: mailOptions(options),
    slackUrl: secretOf('slack_url', slackUrl),
    mattermostUrl: secretOf('mattermost_url', mattermostUrl),
    httpUrl: httpNotificationUrl,
    httpCredentials: secretOf('http_notification_credentials', httpNotificationCredentials),
    webUrl: webuiUrl,
  };
}

function mailOptions({
  mailServer,
  mailFrom,
  mailUser,
  mailPassword,
  mailSsl,
}: ChronosOptions): MailOptions | undefined {
  if (mailServer === undefined) return undefined;
  if (mailFrom === undefined) {
    throw new Problem(EXIT.usage, {
      what: '--mail-server needs --mail-from.',
      why: 'A mail has a sender.',
      next: '--mail-from=chronos@example.com',
    });
  }
  const password = secretOf('mail_password', mailPassword);
  return { server: mailServer, from: mailFrom, user: mailUser, password, isSsl: mailSsl };
}

/** `--zk_hosts` and `--zk_path` as an address; undefined without. Throws Problem `usage`. */
export function originalZk({ zkHosts, zkPath, zkAuth }: ChronosOptions): string | undefined {
  if (zkHosts === undefined) return undefined;
  const credentials = secretOf('zk_auth', zkAuth);
  return `zk://${credentials === undefined ? '' : `${credentials}@`}${zkHosts}${zkPath}`;
}

/** The text itself, or what the file holds that it names. */
function secretOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || !isFile(text)) return text;
  const path = text.startsWith('file://') ? fileURLToPath(text) : text;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(
      EXIT.usage,
      { what: `The file of --${flag.replaceAll('_', '-')} cannot be read.`, why },
      { cause },
    );
  }
}
