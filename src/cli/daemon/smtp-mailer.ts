// Mail for daemons, over SMTP by nodemailer. Texts of its errors may quote what was said to the server, so only codes are passed on.
import { createTransport } from 'nodemailer';
import type { Mailer } from '../../daemon/chronos/notices/mail.ts';
import type { MailOptions } from '../../daemon/chronos/notices/options.ts';

const TIMEOUT_MS = 15_000;

/** Connections are made as mails are sent. `server` is `host:port` or a host (port 25, 465 with TLS). */
export function smtpMailer({ server, user, password, isSsl }: MailOptions): Mailer {
  const [, host = server, port] = /^(.*):(\d+)$/.exec(server) ?? [];
  const transport = createTransport({
    host,
    port: port === undefined ? (isSsl ? 465 : 25) : Number(port),
    secure: isSsl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail(mail);
      } catch (error) {
        const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
        throw new Error(
          `the mail server ${server} did not take it: ${code}${responseCode === undefined ? '' : ` ${responseCode}`}`,
        );
      }
    },
  };
}
