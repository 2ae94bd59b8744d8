// What `--zk` of a daemon says, itself or in a file.
import { parseZooKeeperAddress, type ZooKeeperAddress } from '../../cluster/zookeeper/address.ts';
import { EXIT } from '../exit-codes.ts';
import { checkMaster, isElection, readMasters } from '../masters/texts.ts';
import { Problem } from '../problem.ts';

/** `zk://…` or `file:///…` of a file that holds one. Throws Problem `usage`, without credentials in it. */
export function electionAddress(zk: string): ZooKeeperAddress {
  checkMaster(zk, '--zk', 'ZooKeeper');
  const [text = ''] = readMasters([zk]);
  if (!isElection(text)) {
    throw new Problem(EXIT.usage, {
      what: '--zk is no ZooKeeper URL.',
      why: 'It is given as zk://[user:password@]host:port,…/path, or as file:///path of a file that holds that.',
    });
  }
  return parseZooKeeperAddress(text);
}
