// Chronos' jobs: it has no stream of events, so that the summary of all jobs is asked for by a clock.
import type { ChronosClient, JobSummary } from '../../client/chronos.ts';
import type { JobRow } from '../view/model.ts';
import type { Feed, FeedContext } from './feed.ts';
import { type Attempt, Keeper } from './keeper.ts';
import { hostOf } from './master/master-feed.ts';

const LOOK_MS = 2_000;
const LOOK_FOR_IT_MS = 10_000;

export interface ChronosFeedOptions {
  /** Where Chronos is: an address, or what the cluster says. Undefined when it has none: asked again. */
  readonly find: () => Promise<ChronosClient | undefined>;
}

export interface ChronosFeed extends Feed {
  /** The Chronos that is shown, once one is known. */
  readonly chronos: ChronosClient | undefined;
}

/** Looks at once, and every two seconds while there is a Chronos. */
export function startChronosFeed({ sink, world }: FeedContext, { find }: ChronosFeedOptions): ChronosFeed {
  let known: ChronosClient | undefined;
  let address: string | undefined;
  let isKnownBroken = false;
  sink.setFeed({ name: 'chronos', state: 'connecting', address, why: undefined });

  async function run(attempt: Attempt): Promise<void> {
    const chronos = await findAtLast(attempt);
    if (chronos === undefined) return;
    known = chronos;
    address = hostOf(chronos.api.address);
    while (!attempt.isOver) {
      const jobs = await chronos.summary();
      if (attempt.isOver) return;
      address = hostOf(chronos.api.address);
      sink.replaceJobs(jobs.map(jobRow));
      sink.setFeed({ name: 'chronos', state: 'polling', address, why: undefined });
      attempt.succeeded();
      if (isKnownBroken) sink.addEvent({ source: 'top', kind: 'chronos-back', text: 'Chronos answers', tone: 'good' });
      isKnownBroken = false;
      await world.clock.sleep(LOOK_MS);
    }
  }

  /** A cluster that has none may get one. Undefined when the attempt is over. */
  async function findAtLast(attempt: Attempt): Promise<ChronosClient | undefined> {
    while (!attempt.isOver) {
      const found = await find();
      if (attempt.isOver) return undefined;
      if (found !== undefined) return found;
      // What is shown of one that has gone for good would be nobody's jobs.
      known = undefined;
      sink.replaceJobs([]);
      sink.setFeed({ name: 'chronos', state: 'absent', address: undefined, why: 'this cluster has no Chronos' });
      isKnownBroken = false;
      await world.clock.sleep(LOOK_FOR_IT_MS);
    }
    return undefined;
  }

  const keeper = new Keeper(world, {
    run,
    failed: (why) => {
      sink.setFeed({ name: 'chronos', state: 'broken', address, why });
      if (!isKnownBroken) sink.addEvent({ source: 'top', kind: 'chronos-lost', text: why, tone: 'bad' });
      isKnownBroken = true;
    },
  });
  return {
    close: () => keeper.close(),
    restart: () => keeper.restart(),
    get chronos() {
      return known;
    },
  };
}

function jobRow(job: JobSummary): JobRow {
  const { name, status, state, schedule, parents, disabled, nextRun, unplaceable } = job;
  const nextRunMs = Date.parse(nextRun ?? '');
  return {
    id: name,
    kind: parents.length > 0 ? 'dependent' : 'scheduled',
    status: status === 'success' || status === 'failure' ? status : 'fresh',
    state,
    nextRunMs: Number.isNaN(nextRunMs) ? undefined : nextRunMs,
    schedule,
    parents,
    isDisabled: disabled,
    unplaceable,
  };
}
