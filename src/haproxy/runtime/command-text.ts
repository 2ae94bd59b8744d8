// Commands of the runtime API as text. Whatever is put into a line is checked first: `;` or a newline in a name would be a
// second command (haproxy.md 11.2, 17.9).
import { RuntimeError } from './runtime-error.ts';

/** A change of one server in the running process. */
export type RuntimeCommand =
  /** `words`: address and options as in the file. With `isDisabled` it stays in MAINT. */
  | {
      readonly kind: 'add';
      readonly backend: string;
      readonly server: string;
      readonly words: readonly string[];
      readonly isDisabled: boolean;
    }
  | { readonly kind: 'ready'; readonly backend: string; readonly server: string }
  | { readonly kind: 'maint'; readonly backend: string; readonly server: string }
  | { readonly kind: 'weight'; readonly backend: string; readonly server: string; readonly weight: number }
  /** MAINT, then out when it has no connections; else it is left for a later turn (haproxy.md 11.5). */
  | { readonly kind: 'remove'; readonly backend: string; readonly server: string };

/** Proxy names as HAProxy takes them, server names as haproxy.md 5.6 makes them; 200 as in 17.11. */
const BACKEND = /^[A-Za-z0-9_.:-]{1,207}$/;
const SERVER = /^[A-Za-z0-9_.:-]{1,600}$/;
/** Addresses, numbers, times, keywords, paths of certificates. */
const WORD = /^[A-Za-z0-9_.:/,%=+@*[\]()-]+$/;

/** Whether backend and server can be named in a command. */
export function canBeNamed(backend: string, server: string): boolean {
  return BACKEND.test(backend) && SERVER.test(server);
}

/** Whether a word of a server line means the same in a command: no quotes, no escapes, no variables. */
export function isPlainWord(word: string): boolean {
  return WORD.test(word);
}

/** `be/name` for a command. Throws RuntimeError `refused` for anything that could be more than a name. */
export function serverPath(backend: string, server: string): string {
  if (!canBeNamed(backend, server)) {
    throw new RuntimeError('refused', `no name of a server: ${JSON.stringify(`${backend}/${server}`)}`);
  }
  return `${backend}/${server}`;
}

/** The words of `add server`. */
export function addText(command: RuntimeCommand & { readonly kind: 'add' }): string {
  const odd = command.words.find((word) => !isPlainWord(word));
  if (odd !== undefined) throw new RuntimeError('refused', `no plain word of a server line: ${JSON.stringify(odd)}`);
  return ['add server', serverPath(command.backend, command.server), ...command.words].join(' ');
}
