// Where an election is held, and what its parts share.
import type { World } from '../../../world/world.ts';
import type { ZooKeeperConnection } from '../session.ts';
import type { CandidateNames } from './candidate-names.ts';

/** Pause after an error that may pass (mesos-semantics.md 11.2). */
export const RETRY_MS = 2_000;

/** One election, as this process sees it. */
export interface Place {
  readonly world: Pick<World, 'clock' | 'random' | 'log'>;
  readonly connection: ZooKeeperConnection;
  /** Parent of the candidates' nodes. */
  readonly path: string;
  readonly names: CandidateNames;
  /** Who reads and changes the nodes, when the session has a user. */
  readonly access: 'private' | 'published';
  /** Nodes of this process' own candidacies: any other node of our session was made by an answer that never came. */
  readonly own: Set<string>;
}
