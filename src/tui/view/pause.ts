// What pausing is made of: between the feeds and the view, everything that would change what is shown waits in a queue, and is done
// in its order when it goes on. How the sources are and who leads is never held back.
import type { ViewSink } from './sink.ts';

/** More changes than this do not wait, it goes on by itself then: some 50 MB of a cluster in which much happens. */
const MAX_HELD = 100_000;

/** A tap in front of the view. */
export interface PausableSink {
  /** For the feeds. */
  readonly sink: ViewSink;
  hold(): void;
  /** Does what has waited; nothing when nothing is held. */
  release(): void;
}

/** `overflowed`: it has gone on by itself. Rows that wait are listed at once, since feeds make them as they are put. */
export function pausable(
  to: ViewSink,
  nowMs: () => number,
  overflowed: () => void,
  limit: number = MAX_HELD,
): PausableSink {
  let held: (() => void)[] | undefined;

  function release(): void {
    const waiting = held ?? [];
    held = undefined;
    for (const change of waiting) change();
  }

  function wait(change: () => void): void {
    held?.push(change);
    if ((held?.length ?? 0) < limit) return;
    release();
    overflowed();
  }

  return {
    hold: () => {
      held ??= [];
    },
    release,
    sink: {
      setFeed: (feed) => to.setFeed(feed),
      setLeader: (change) => to.setLeader(change),
      replaceAgents(rows) {
        if (held === undefined) return to.replaceAgents(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceAgents(rowsNow));
      },
      putAgent(row) {
        if (held === undefined) to.putAgent(row);
        else wait(() => to.putAgent(row));
      },
      changeAgent(id, change) {
        if (held === undefined) to.changeAgent(id, change);
        else wait(() => to.changeAgent(id, change));
      },
      removeAgent(id) {
        if (held === undefined) to.removeAgent(id);
        else wait(() => to.removeAgent(id));
      },
      replaceFrameworks(rows) {
        if (held === undefined) return to.replaceFrameworks(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceFrameworks(rowsNow));
      },
      putFramework(row) {
        if (held === undefined) to.putFramework(row);
        else wait(() => to.putFramework(row));
      },
      changeFramework(id, change) {
        if (held === undefined) to.changeFramework(id, change);
        else wait(() => to.changeFramework(id, change));
      },
      removeFramework(id) {
        if (held === undefined) to.removeFramework(id);
        else wait(() => to.removeFramework(id));
      },
      addAllocated(agentId, frameworkId, amounts, sign) {
        if (held === undefined) to.addAllocated(agentId, frameworkId, amounts, sign);
        else wait(() => to.addAllocated(agentId, frameworkId, amounts, sign));
      },
      replaceTasks(rows) {
        if (held === undefined) return to.replaceTasks(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceTasks(rowsNow));
      },
      putTask(row) {
        if (held === undefined) to.putTask(row);
        else wait(() => to.putTask(row));
      },
      changeTask(key, change) {
        if (held === undefined) to.changeTask(key, change);
        else wait(() => to.changeTask(key, change));
      },
      removeTask(key) {
        if (held === undefined) to.removeTask(key);
        else wait(() => to.removeTask(key));
      },
      setMarathonFramework(frameworkId) {
        if (held === undefined) to.setMarathonFramework(frameworkId);
        else wait(() => to.setMarathonFramework(frameworkId));
      },
      replaceOffers(rows, total) {
        if (held === undefined) return to.replaceOffers(rows, total);
        const rowsNow = [...rows];
        wait(() => to.replaceOffers(rowsNow, total));
      },
      putOffer(row) {
        if (held === undefined) to.putOffer(row);
        else wait(() => to.putOffer(row));
      },
      removeOffer(id) {
        if (held === undefined) to.removeOffer(id);
        else wait(() => to.removeOffer(id));
      },
      addOfferEvent(event) {
        if (held === undefined) to.addOfferEvent(event);
        else wait(() => to.addOfferEvent(event));
      },
      replaceShares(rows, total) {
        if (held === undefined) to.replaceShares(rows, total);
        else wait(() => to.replaceShares(rows, total));
      },
      replaceApps(rows) {
        if (held === undefined) return to.replaceApps(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceApps(rowsNow));
      },
      putApp(row) {
        if (held === undefined) to.putApp(row);
        else wait(() => to.putApp(row));
      },
      changeApp(id, change) {
        if (held === undefined) to.changeApp(id, change);
        else wait(() => to.changeApp(id, change));
      },
      removeApp(id) {
        if (held === undefined) to.removeApp(id);
        else wait(() => to.removeApp(id));
      },
      replaceDeployments(rows) {
        if (held === undefined) return to.replaceDeployments(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceDeployments(rowsNow));
      },
      putDeployment(row) {
        if (held === undefined) to.putDeployment(row);
        else wait(() => to.putDeployment(row));
      },
      removeDeployment(id) {
        if (held === undefined) to.removeDeployment(id);
        else wait(() => to.removeDeployment(id));
      },
      setHaproxy(change) {
        if (held === undefined) to.setHaproxy(change);
        else wait(() => to.setHaproxy(change));
      },
      replaceBackends(rows) {
        if (held === undefined) return to.replaceBackends(rows);
        const rowsNow = [...rows];
        wait(() => to.replaceBackends(rowsNow));
      },
      addEvent(event) {
        if (held === undefined) return to.addEvent(event);
        // It has happened now, not when it is shown.
        const atMs = event.atMs ?? nowMs();
        wait(() => to.addEvent({ ...event, atMs }));
      },
    },
  };
}
