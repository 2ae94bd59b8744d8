// What an operator can do about an ensemble that does not let us do something.
import type { ZooKeeperError } from '../zookeeper-error.ts';

/** For `no-auth` and `auth-failed`. `where`: the ensemble, without credentials; `otherwise`: the node, where the error names none. */
export function notAllowedWords(where: string, { code, path }: ZooKeeperError, otherwise = 'it'): string {
  if (code === 'auth-failed') return `${where} refuses the credentials of the address`;
  return (
    `${where} does not let us at ${path ?? otherwise}: it belongs to another user. ` +
    'Give the credentials of that user in the address (zk://user:password@…), or take another path'
  );
}
