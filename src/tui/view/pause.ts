// What pausing is made of: between the feeds and the view, everything that would change what is shown waits in a queue, and is done
// in its order when it goes on. How the sources are and who leads is never held back.
import type { ViewSink } from './sink.ts';

/** More than this does not wait, it goes on by itself then: some 50 MB of a cluster in which much happens. Counted in rows. */
const MAX_HELD = 200_000;

/** A tap in front of the view. */
export interface PausableSink {
  /** For the feeds. */
  readonly sink: ViewSink;
  hold(): void;
  /** Does what has waited; nothing when nothing is held. */
  release(): void;
}

/** What a change is about; a whole list takes the place of all that waits about the same. */
type About =
  | 'agents'
  | 'frameworks'
  | 'sums'
  | 'tasks'
  | 'offers'
  | 'shares'
  | 'apps'
  | 'deployments'
  | 'jobs'
  | 'backends'
  | 'more';

interface Held {
  readonly about: About;
  readonly rows: number;
  readonly change: () => void;
}

/** `overflowed`: it has gone on by itself. Rows that wait are listed at once, since feeds make them as they are put. */
export function pausable(
  to: ViewSink,
  nowMs: () => number,
  overflowed: () => void,
  limit: number = MAX_HELD,
): PausableSink {
  let held: Held[] | undefined;
  let heldRows = 0;

  function release(): void {
    const waiting = held ?? [];
    held = undefined;
    heldRows = 0;
    for (const { change } of waiting) change();
  }

  function put(about: About, change: () => void, rows = 1): void {
    if (held === undefined) {
      change();
      return;
    }
    held.push({ about, rows, change });
    heldRows += rows;
    if (heldRows < limit) return;
    release();
    overflowed();
  }

  function replace<Row>(about: About, rows: Iterable<Row>, change: (rows: Iterable<Row>) => void): void {
    if (held === undefined) {
      change(rows);
      return;
    }
    const rowsNow = [...rows];
    // Shares come twice a second, and all tasks every few seconds where they are asked for: only the last of them matter.
    forget(about);
    put(about, () => change(rowsNow), Math.max(1, rowsNow.length));
  }

  function forget(about: About): void {
    held = held?.filter((one) => one.about !== about);
    heldRows = (held ?? []).reduce((sum, one) => sum + one.rows, 0);
  }

  return {
    hold: () => {
      held ??= [];
    },
    release,
    sink: {
      setFeed: (feed) => to.setFeed(feed),
      setLeader: (change) => to.setLeader(change),
      replaceAgents: (all) => replace('agents', all, (rows) => to.replaceAgents(rows)),
      putAgent: (row) => put('agents', () => to.putAgent(row)),
      changeAgent: (id, change) => put('agents', () => to.changeAgent(id, change)),
      removeAgent: (id) => put('agents', () => to.removeAgent(id)),
      replaceFrameworks: (all) => replace('frameworks', all, (rows) => to.replaceFrameworks(rows)),
      putFramework: (row) => put('frameworks', () => to.putFramework(row)),
      changeFramework: (id, change) => put('frameworks', () => to.changeFramework(id, change)),
      removeFramework: (id) => put('frameworks', () => to.removeFramework(id)),
      addAllocated: (agentId, frameworkId, amounts, sign) =>
        put('sums', () => to.addAllocated(agentId, frameworkId, amounts, sign)),
      replaceTasks: (all) => replace('tasks', all, (rows) => to.replaceTasks(rows)),
      beginTasks() {
        forget('tasks');
        put('tasks', () => to.beginTasks());
      },
      endTasks: (isWhole) => put('tasks', () => to.endTasks(isWhole)),
      putTask: (row) => put('tasks', () => to.putTask(row)),
      changeTask: (key, change) => put('tasks', () => to.changeTask(key, change)),
      removeTask: (key) => put('tasks', () => to.removeTask(key)),
      setMarathonFramework: (frameworkId) => put('more', () => to.setMarathonFramework(frameworkId)),
      replaceOffers: (all, total) => replace('offers', all, (rows) => to.replaceOffers(rows, total)),
      putOffer: (row) => put('offers', () => to.putOffer(row)),
      removeOffer: (id) => put('offers', () => to.removeOffer(id)),
      addOfferEvent: (event) => put('more', () => to.addOfferEvent(event)),
      replaceShares: (all, total) => replace('shares', all, (rows) => to.replaceShares([...rows], total)),
      replaceApps: (all) => replace('apps', all, (rows) => to.replaceApps(rows)),
      putApp: (row) => put('apps', () => to.putApp(row)),
      changeApp: (id, change) => put('apps', () => to.changeApp(id, change)),
      removeApp: (id) => put('apps', () => to.removeApp(id)),
      replaceDeployments: (all) => replace('deployments', all, (rows) => to.replaceDeployments(rows)),
      putDeployment: (row) => put('deployments', () => to.putDeployment(row)),
      removeDeployment: (id) => put('deployments', () => to.removeDeployment(id)),
      replaceJobs: (all) => replace('jobs', all, (rows) => to.replaceJobs(rows)),
      setHaproxy: (change) => put('more', () => to.setHaproxy(change)),
      replaceBackends: (all) => replace('backends', all, (rows) => to.replaceBackends(rows)),
      addEvent(event) {
        // It has happened now, not when it is shown.
        const atMs = event.atMs ?? nowMs();
        put('more', () => to.addEvent({ ...event, atMs }));
      },
    },
  };
}
