// One test for each exchange of a recorded situation.
import { expect, it } from 'vitest';
import { type Exchange, exchangesOf } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import type { LiveCluster } from './live-cluster.ts';
import { type Names, replay } from './replay.ts';

/** Those that can be answered alike by now. */
export const due = (situation: string): readonly Exchange[] =>
  exchangesOf(situation).filter(({ needs }) => needs === undefined);

export interface SituationOptions {
  /** Looked up when the situation is there. */
  readonly names?: () => Names;
  /** These before the others, in this order. */
  readonly first?: readonly string[];
  readonly without?: readonly string[];
  readonly only?: readonly string[];
  /** Which of the agents is asked, from 0. Default: the first. */
  readonly agent?: number;
}

/** Replays a situation against the cluster, one after the other on connections of their own. */
export function replayed(situation: string, cluster: () => LiveCluster, options: SituationOptions = {}): void {
  const { names = () => new Map(), first = [], without = [], only, agent = 0 } = options;
  const renaming = new Renaming();
  const rank = ({ name }: Exchange): number => (first.includes(name) ? first.indexOf(name) : first.length);
  const exchanges = due(situation)
    .filter(({ name }) => !without.includes(name) && (only?.includes(name) ?? true))
    .sort((a, b) => rank(a) - rank(b));
  it.each(exchanges.map((one) => [one.name, one] as const))(`${situation}: %s`, async (_, exchange) => {
    const { masterPort, agents, directory } = cluster();
    const port = exchange.daemon === 'master' ? masterPort : (agents[agent]?.port ?? 0);
    const { unexpected, notSeen } = await replay(
      exchange,
      port,
      names(),
      renaming,
      new Map([[directory, '/var/lib/mesos']]),
    );
    expect({ unexpected, notSeen }).toEqual({ unexpected: [], notSeen: [] });
  });
}
