// Mail through an SMTP server. The protocol is a library's business, outside (the daemon gets a Mailer); here is what is sent to whom.
import type { Channel } from './channel.ts';

/** One message to one recipient. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Speaks SMTP. */
export interface Mailer {
  /** Resolves when the server has taken it. Rejects with words that hold no secret. */
  send(mail: Mail): Promise<void>;
}

/** One message an owner, so that nobody sees the others and one bad address harms no other. Rejects when any could not be sent. */
export function mailChannel(mailer: Mailer, from: string): Channel {
  return {
    name: 'mail',
    needsRecipient: true,
    async send({ subject, text }, _notice, to) {
      const results = await Promise.allSettled(to.map((address) => mailer.send({ from, to: address, subject, text })));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}
