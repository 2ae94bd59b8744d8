// What a notice says (chronos.md 12.2, 12.3): subjects as in the original, texts that name what happened, when, and where to look.
import type { Job, NoticeOccasion } from '../model/job.ts';

/** Something that happened to a job and that somebody may want to know. `message`: the reason, or Mesos' words. */
export interface Notice {
  readonly occasion: NoticeOccasion;
  readonly job: Job;
  readonly message: string;
  readonly taskId: string | undefined;
  /** Address of the files of its run. */
  readonly sandbox?: string | undefined;
}

/** One text for all channels. */
export interface Letter {
  readonly subject: string;
  /** Plain text, never empty: Slack refuses what has none. */
  readonly text: string;
}

const ENDINGS: Readonly<Record<NoticeOccasion, string>> = {
  removed: "Your job '%' was deleted!",
  disabled: "job '%' disabled",
  failure: "job '%' failed!",
  recovered: "job '%' recovered",
  late: "job '%' is late",
  success: "job '%' succeeded",
};

/** `clusterName` in brackets before it all; a line end in a name or a message cannot become a header. */
export function write(
  notice: Notice,
  atMs: number,
  options: { readonly clusterName: string | undefined; readonly webUrl: string | undefined },
): Letter {
  const { job, occasion, taskId, sandbox } = notice;
  const { name, retries } = job.definition;
  const cluster = options.clusterName === undefined || options.clusterName === '' ? '' : `[${options.clusterName}] `;
  const subject = oneLine(`${cluster}[Chronos] ${ENDINGS[occasion].replace('%', () => name)}`);
  const lines = [
    `${occasion === 'failure' ? 'Failed' : 'Told'} at ${new Date(atMs).toISOString()}.`,
    ...(notice.message === '' ? [] : [oneLine(notice.message)]),
    ...(taskId === undefined ? [] : [`Task: ${oneLine(taskId)}`]),
    ...(occasion === 'failure'
      ? [`Retries: ${retries}. Errors since the last success: ${job.errorsSinceLastSuccess}.`]
      : []),
    ...(sandbox === undefined ? [] : [`Files: ${oneLine(sandbox)}`]),
    ...(options.webUrl === undefined || occasion === 'removed'
      ? []
      : [`Runs: ${options.webUrl}/v1/scheduler/job/${encodeURIComponent(name)}/runs`]),
  ];
  return { subject, text: lines.join('\n') };
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}

/** Addresses of `owner`: split at commas, blanks dropped; none when it is empty (chronos.md 12.4). */
export function recipients(owner: string): readonly string[] {
  return [...new Set(owner.split(',').map((address) => address.trim()))].filter((address) => address !== '');
}
