// Through what Chronos tells people of its jobs, as flags, environment and files say (chronos.md 12.5–12.7, 16). Secrets are members of
// their own, so that nobody prints them with the rest by mistake.

/** `host:port` of an SMTP server; `from` is the sender's address. */
export interface MailOptions {
  readonly server: string;
  readonly from: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** TLS from the first byte on; otherwise it is begun when the server offers it. */
  readonly isSsl: boolean;
}

export interface NoticeOptions {
  /** Before the subject in brackets; undefined: nothing. */
  readonly clusterName: string | undefined;
  readonly mail: MailOptions | undefined;
  readonly slackUrl: string | undefined;
  readonly mattermostUrl: string | undefined;
  readonly httpUrl: string | undefined;
  /** `user:password`. */
  readonly httpCredentials: string | undefined;
  /** Where people reach our API: for links to a job's runs. */
  readonly webUrl: string | undefined;
}
