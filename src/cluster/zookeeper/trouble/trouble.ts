// Why a server does not serve us, in words for operators.
import { textOfServer, type ZooKeeperServer } from '../address.ts';

/**
 * What became of one try. `mute`: no answer in time. `refused`: nobody listens there, or no way leads there. `hung-up`:
 * the connection was closed before the handshake was done. `broken`: it served until now. `gibberish`: what came is not ZooKeeper's protocol.
 * `no-quorum`: it says itself that it does not serve. `unresolved`: no name has an address. `auth-failed`: our credentials.
 */
export type TroubleKind =
  | 'mute'
  | 'refused'
  | 'hung-up'
  | 'broken'
  | 'gibberish'
  | 'no-quorum'
  | 'unresolved'
  | 'auth-failed';

/** The latest reason, of one server; of none of them when the names are unknown. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly server: ZooKeeperServer | undefined;
  readonly words: string;
}

/** `detail`: what the operating system or the name service said. */
export function troubleWith(kind: TroubleKind, server: ZooKeeperServer | undefined, detail?: string): Trouble {
  const who = server === undefined ? 'ZooKeeper' : textOfServer(server);
  return { kind, server, words: wordsFor(kind, who, detail) };
}

function wordsFor(kind: TroubleKind, who: string, detail: string | undefined): string {
  switch (kind) {
    case 'mute':
      return `${who} takes connections but does not answer`;
    case 'refused':
      return `no connection to ${who}${detail === undefined ? '' : `: ${detail}`}`;
    case 'hung-up':
      return `${who} closes the connection without a word: it is overloaded, has no quorum, or is not a ZooKeeper`;
    case 'broken':
      return `the connection to ${who} broke`;
    case 'gibberish':
      return `${who} answers, but not as a ZooKeeper does (is it another service, or TLS only?)${detail === undefined ? '' : `: ${detail}`}`;
    case 'no-quorum':
      return `${who} is a ZooKeeper but does not serve now: too few servers of its ensemble are up to have a quorum`;
    case 'unresolved':
      return detail ?? 'no server of the list has an address';
    case 'auth-failed':
      return detail ?? `${who} refuses our credentials`;
  }
}
