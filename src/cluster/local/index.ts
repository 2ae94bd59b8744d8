// Durable state and leadership without other machines: an SQLite file and a lock in the work directory.
export { LocalElection } from './local-election.ts';
export { openLocalStore } from './local-store.ts';
