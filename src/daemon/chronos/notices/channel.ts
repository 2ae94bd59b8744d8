// A way to tell people something.
import type { Letter, Notice } from './letter.ts';

/** `send` resolves when the other side has taken it; it rejects with the reason, which never holds a secret. */
export interface Channel {
  /** As in a job's `notify.channels`. */
  readonly name: 'mail' | 'slack' | 'mattermost' | 'http';
  /** `to`: all recipients. Channels that know where to write are called once, whoever the owner is (chronos.md 12.4). */
  send(letter: Letter, notice: Notice, to: readonly string[]): Promise<void>;
  /** Whether there is anything to do without a recipient. */
  readonly needsRecipient: boolean;
}
