// Leadership and durable state on a ZooKeeper ensemble.
export { parseZooKeeperAddress, ZooKeeperAddress } from './address.ts';
export { type ConnectOptions, connectZooKeeper, type ZooKeeperWorld } from './connection.ts';
export { type Custody, takeCustody } from './custody.ts';
export type { RosterNews, StandingCandidate } from './election/roster.ts';
export { SoleElection } from './election/sole-election.ts';
export { ZooKeeperElection, type ZooKeeperElectionOptions } from './election/zookeeper-election.ts';
export type { SessionState, Subscription, ZooKeeperConnection, ZooKeeperSession } from './session.ts';
export { openZooKeeperStore, type ZooKeeperStoreOptions } from './store/zookeeper-store.ts';
export type { ZooKeeperErrorCode } from './zookeeper-error.ts';
