// Where masters are, as people write it: host:port (several with commas), zk://host:port,…/path, or file:///path of a file
// that holds one of these. Texts only: what they stand for is opened by open.ts.
import { readFileSync } from 'node:fs';
import { baseUrl } from '../../client/master-addresses.ts';
import { parseZooKeeperAddress, withoutCredentials, ZooKeeperAddressError } from '../../cluster/zookeeper/address.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** The pieces of a list; an election or a file stands alone, whatever commas are in it. */
export function splitMasters(text: string): string[] {
  const trimmed = text.trim();
  if (isElection(trimmed) || isMistypedElection(trimmed) || isFile(trimmed)) return [trimmed];
  return trimmed.split(',').map((address) => address.trim());
}

/** `zk://…`. */
export function isElection(text: string): boolean {
  return /^zk:\/\//i.test(text);
}

/** A slash or the colon is missing: as a list of hosts it would be taken for servers of another kind. */
function isMistypedElection(text: string): boolean {
  return /^zk(?::\/(?!\/)|\/\/)/i.test(text);
}

/** `file://…`. */
export function isFile(text: string): boolean {
  return /^file:\/\//i.test(text);
}

/** What may be shown to anybody: no credentials. */
export function shownMaster(text: string): string {
  return isElection(text) ? withoutCredentials(text) : text;
}

/** Throws Problem `usage` for what is none of them. `source` is where it was read, for who did not just type it. */
export function checkMaster(text: string, source?: string, whose = 'A master'): void {
  const from = source === undefined ? '' : ` (${source})`;
  if (isFile(text)) {
    if (fileOf(text).startsWith('/')) return;
    const why = 'A file is given with its whole path, as file:///etc/mesos/zk.';
    throw new Problem(EXIT.usage, { what: `'${text}'${from} is no file.`, why });
  }
  if (isMistypedElection(text)) {
    // Not shown: there may be a password in it.
    throw new Problem(EXIT.usage, {
      what: `The ZooKeeper URL${from} is mistyped.`,
      why: 'It begins with zk://, as in zk://host1:2181,host2:2181,host3:2181/mesos.',
    });
  }
  try {
    if (isElection(text)) parseZooKeeperAddress(text);
    else baseUrl(text);
  } catch (cause) {
    const isZooKeeper = cause instanceof ZooKeeperAddressError;
    const forms = `${whose} is given as host:port, http://host:port, zk://host:port,…/path or file:///path.`;
    throw new Problem(
      EXIT.usage,
      {
        what: `'${shownMaster(text)}'${from} is not an address.`,
        why: isZooKeeper ? `${cause.message}.` : forms,
      },
      { cause },
    );
  }
}

/**
 * The masters that these texts mean, with what files say in their place. Throws Problem `usage` for a file that cannot be
 * read or holds no address.
 */
export function readMasters(masters: readonly string[]): readonly string[] {
  return masters.flatMap((master) => {
    if (!isFile(master)) return [master];
    const found = splitMasters(readAddress(master));
    for (const address of found) {
      if (isFile(address)) {
        throw new Problem(EXIT.usage, {
          what: `${master} names another file.`,
          why: 'It must hold the address itself.',
        });
      }
      checkMaster(address, master);
    }
    return found;
  });
}

/** Content of `file:///path`, trimmed. Throws Problem `usage`. */
export function readAddress(url: string): string {
  try {
    return readFileSync(fileOf(url), 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(EXIT.usage, { what: `${url} cannot be read.`, why }, { cause });
  }
}

function fileOf(url: string): string {
  return url.slice('file://'.length);
}
