// What the feeds may do to the view, and nothing else may: put rows in, take them out. The view store carries it out
// (src/tui/view/store.ts); feeds never read the view, they know from their own stream what they need.
import type { MutableAmounts } from './amounts.ts';
import type {
  AgentRow,
  AppRow,
  BackendRow,
  DeploymentRow,
  EventRow,
  FeedRow,
  FrameworkRow,
  HaproxyView,
  JobRow,
  LeaderRow,
  OfferEvent,
  OfferRow,
  ShareRow,
  TaskRow,
} from './model.ts';

/**
 * Rows handed over belong to the store from then on: feeds make a fresh one for every `put` and do not touch it afterwards.
 * A `put` of a known id replaces the row's contents; a `remove` of an unknown id does nothing; `replace…` is a `put` of all and a
 * `remove` of all others. Every call is synchronous and costs what it changes (`replace…`: what is there before and after).
 *
 * What the store keeps by itself, so that feeds may leave it 0 or empty:
 * - `taskCount` of agents and frameworks: tasks in the view that have not ended.
 * - `offered` of agents and frameworks, and in the totals: the sum over the offers in the view.
 * - `offersSent` of frameworks: the `offered` events seen.
 * - the totals, `taskCounts`, the history and the alarms.
 * `allocated` of agents and frameworks is what the feed says, in the row and by `addAllocated`.
 */
export interface ViewSink {
  /** `sinceMs` is set by the store when the state changes. */
  setFeed(feed: Omit<FeedRow, 'sinceMs'>): void;
  /** Only the fields given; `changes` is counted by the feed that follows the leader. */
  setLeader(change: Partial<LeaderRow>): void;

  replaceAgents(rows: Iterable<AgentRow>): void;
  putAgent(row: AgentRow): void;
  /** Fields of an agent that is there; nothing when it is not. */
  changeAgent(id: string, change: Partial<Omit<AgentRow, 'id'>>): void;
  removeAgent(id: string): void;

  replaceFrameworks(rows: Iterable<FrameworkRow>): void;
  putFramework(row: FrameworkRow): void;
  changeFramework(id: string, change: Partial<Omit<FrameworkRow, 'id'>>): void;
  removeFramework(id: string): void;

  /** Adds to `allocated` of the agent, of the framework and of the totals (those of the two that are there). */
  addAllocated(agentId: string, frameworkId: string, amounts: Readonly<MutableAmounts>, sign: 1 | -1): void;

  /** Tasks that have ended stay in the view, the latest 1,000 of them; the store drops the oldest by `changedMs`. */
  replaceTasks(rows: Iterable<TaskRow>): void;
  /**
   * The same piece by piece: what is put until `endTasks` takes the place of all that is there. Screens are told at the end. With
   * `isWhole` false the source has broken off, and what was not put stays.
   */
  beginTasks(): void;
  endTasks(isWhole: boolean): void;
  putTask(row: TaskRow): void;
  changeTask(
    key: string,
    change: Partial<Omit<TaskRow, 'key' | 'id' | 'frameworkId' | 'agentId' | 'executorId'>>,
  ): void;
  removeTask(key: string): void;
  /** Tasks of this framework belong to Marathon's apps; the app is in the task's id (`group_app.instance-…`). */
  setMarathonFramework(frameworkId: string | undefined): void;

  /** `total` counts those beyond the limit too. */
  replaceOffers(rows: Iterable<OfferRow>, total: number): void;
  putOffer(row: OfferRow): void;
  removeOffer(id: string): void;
  /** Only into the list of events: putting and removing the offer is said separately. */
  addOfferEvent(event: OfferEvent): void;
  /** In allocation order. `total` counts those beyond the limit too. */
  replaceShares(rows: readonly ShareRow[], total: number): void;

  replaceApps(rows: Iterable<AppRow>): void;
  putApp(row: AppRow): void;
  changeApp(id: string, change: Partial<Omit<AppRow, 'id'>>): void;
  removeApp(id: string): void;
  replaceDeployments(rows: Iterable<DeploymentRow>): void;
  putDeployment(row: DeploymentRow): void;
  removeDeployment(id: string): void;
  replaceJobs(rows: Iterable<JobRow>): void;

  /** Only the fields given. */
  setHaproxy(change: Partial<HaproxyView>): void;
  replaceBackends(rows: Iterable<BackendRow>): void;

  /** The store numbers it; `atMs` is now unless said. Text may come from outside: the store makes it harmless. */
  addEvent(event: Omit<EventRow, 'seq' | 'atMs'> & { readonly atMs?: number }): void;
}
