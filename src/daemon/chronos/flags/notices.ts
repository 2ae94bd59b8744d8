// Flags of where people are told of their jobs (chronos.md 12, 16). What is secret is never shown, and comes from a file or from the
// environment (secrets.ts).
import * as kind from '../../serving/flag-kinds.ts';

/** A part of CHRONOS_FLAGS. */
export const NOTICE_FLAGS = {
  mailServer: kind.text('mail_server', { help: 'host:port of the SMTP server.' }),
  mailUser: kind.text('mail_user', { help: 'Name at the mail server, where it asks for one.' }),
  mailPassword: kind.secret('mail_password', {
    help: 'Path of a file with the password at the mail server, or CHRONOS_MAIL_PASSWORD.',
  }),
  mailFrom: kind.text('mail_from', { help: "The sender's address. Required with --mail_server." }),
  mailSsl: kind.boolean('mail_ssl', {
    default: 'false',
    help: 'TLS from the first byte on; otherwise it begins when the server offers it.',
  }),
  slackUrl: kind.secret('slack_url', { help: 'Hook of Slack, or a file that holds it.' }),
  mattermostUrl: kind.secret('mattermost_url', { help: 'Hook of Mattermost, or a file that holds it.' }),
  httpNotificationUrl: kind.url('http_notification_url', { help: 'Gets a POST with a JSON object for each notice.' }),
  httpNotificationCredentials: kind.secret('http_notification_credentials', {
    help: 'Path of a file with user:password for --http_notification_url, or CHRONOS_HTTP_NOTIFICATION_CREDENTIALS.',
  }),
};
