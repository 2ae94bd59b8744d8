// Which notices go through which channels (chronos.md 12). Without a `notify` of its own a job is told about as in the original: when it
// is deleted, disabled, or has failed for good.
import type { Log, World } from '../../../world/world.ts';
import type { Notices } from '../core.ts';
import type { NoticeOccasion } from '../model/job.ts';
import type { Channel } from './channel.ts';
import { chatChannel, httpChannel } from './hooks.ts';
import { type Notice, recipients, write } from './letter.ts';
import { type Mailer, mailChannel } from './mail.ts';
import type { NoticeOptions } from './options.ts';
import { Outbox, type OutboxCounts } from './outbox.ts';

const TOLD_BY_DEFAULT: ReadonlySet<NoticeOccasion> = new Set(['removed', 'disabled', 'failure']);

export interface PostOfficeSetting {
  readonly world: Pick<World, 'clock' | 'net'>;
  readonly log: Log;
  readonly options: NoticeOptions;
  /** Undefined where no mail server is configured. */
  readonly mailer: Mailer | undefined;
}

/** One box a channel, so that one that hangs delays no other. */
export class PostOffice implements Notices {
  readonly #setting: PostOfficeSetting;
  readonly #boxes: readonly { readonly channel: Channel; readonly outbox: Outbox }[];

  constructor(setting: PostOfficeSetting) {
    this.#setting = setting;
    const { world, log } = setting;
    this.#boxes = channelsOf(setting).map((channel) => ({ channel, outbox: new Outbox(channel, world.clock, log) }));
  }

  tell(notice: Notice): void {
    const { job, occasion } = notice;
    const { notify, owner } = job.definition;
    if (!(notify === undefined ? TOLD_BY_DEFAULT.has(occasion) : notify.on.includes(occasion))) return;
    const to = recipients(owner);
    const letter = write(notice, this.#setting.world.clock.nowMs(), this.#setting.options);
    for (const { channel, outbox } of this.#boxes) {
      if (channel.needsRecipient && to.length === 0) continue;
      if (notify?.channels !== undefined && !notify.channels.includes(channel.name)) continue;
      outbox.add({ letter, notice, to });
    }
  }

  /** By channel. */
  counts(): ReadonlyMap<Channel['name'], OutboxCounts> {
    return new Map(this.#boxes.map(({ channel, outbox }) => [channel.name, outbox.counts]));
  }

  stop(): void {
    for (const { outbox } of this.#boxes) outbox.stop();
  }
}

function channelsOf({ world, options, mailer }: PostOfficeSetting): readonly Channel[] {
  const { mail, slackUrl, mattermostUrl, httpUrl, httpCredentials } = options;
  return [
    ...(mail !== undefined && mailer !== undefined ? [mailChannel(mailer, mail.from)] : []),
    ...(slackUrl === undefined ? [] : [chatChannel('slack', world.net, slackUrl)]),
    ...(mattermostUrl === undefined ? [] : [chatChannel('mattermost', world.net, mattermostUrl)]),
    ...(httpUrl === undefined ? [] : [httpChannel(world.net, httpUrl, httpCredentials)]),
  ];
}
