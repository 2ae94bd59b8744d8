// The tasks: the largest table of the view, so each is small (texts and amounts are shared) and found by agent, framework and app
// without a search. Ended tasks stay, the latest thousand of them.
import type { MutableAmounts } from './amounts.ts';
import { SharedAmounts, Texts } from './interning.ts';
import { Journal } from './journal.ts';
import type { TaskRow, TaskStep } from './model.ts';
import { appOfTaskId, hasEnded, isTaskInTrouble } from './task-ids.ts';

const MAX_ENDED = 1000;
const MAX_STEPS = 5000;
const NONE: ReadonlySet<TaskRecord> = new Set();

export type TaskChange = Partial<Omit<TaskRow, 'key' | 'id' | 'frameworkId' | 'agentId' | 'executorId'>>;

/** What many tasks say, once. Ids of agents and frameworks are apart, so that ever new names do not push them out. */
interface Shared {
  readonly ids: Texts;
  readonly texts: Texts;
  readonly amounts: SharedAmounts;
}

/** One shape for all of them, whatever the feed handed over. */
class TaskRecord implements TaskRow {
  readonly key: string;
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly executorId: string | undefined;
  name: string;
  role: string;
  state: string;
  healthy: boolean | undefined;
  amounts: MutableAmounts;
  startedMs: number | undefined;
  changedMs: number | undefined;
  message: string;
  reason: string | undefined;

  constructor(row: TaskRow, { ids, texts, amounts }: Shared) {
    this.key = row.key;
    // A part of the key, not another copy of the text; and what is the same text is the same object.
    this.id = row.key.endsWith(row.id) ? row.key.slice(row.key.length - row.id.length) : row.id;
    this.frameworkId = ids.of(row.frameworkId);
    this.agentId = ids.of(row.agentId);
    this.executorId = row.executorId === row.id ? this.id : row.executorId;
    this.name = row.name === row.id ? this.id : texts.of(row.name);
    this.role = texts.of(row.role);
    this.state = texts.of(row.state);
    this.healthy = row.healthy;
    this.amounts = amounts.of(row.amounts);
    this.startedMs = row.startedMs;
    this.changedMs = row.changedMs;
    this.message = texts.of(row.message);
    this.reason = row.reason === undefined ? undefined : texts.of(row.reason);
  }
}

/** Tasks that have something in common, and how many of them go on. */
interface Group {
  readonly tasks: Set<TaskRecord>;
  live: number;
}

/** Told when the number of tasks that go on has changed for an agent and a framework. */
export interface LiveListener {
  one(agentId: string, frameworkId: string): void;
  all(): void;
}

export class TaskTable {
  readonly journal = new Journal();
  readonly rows = new Map<string, TaskRecord>();
  readonly countByState = new Map<string, number>();
  /** Of tasks that want looking at and have not ended. */
  readonly inTrouble = new Set<TaskRecord>();
  /** Oldest first, by their latest status. */
  readonly ended: TaskRecord[] = [];
  /** States that tasks were seen to come into one by one, oldest first; what was there when all were read is no step. */
  readonly #steps: TaskStep[] = [];
  readonly #byAgent = new Map<string, Group>();
  readonly #byFramework = new Map<string, Group>();
  readonly #byApp = new Map<string, Set<TaskRecord>>();
  readonly #shared: Shared = { ids: new Texts(), texts: new Texts(), amounts: new SharedAmounts() };
  readonly #onLive: LiveListener;
  #marathonFramework: string | undefined;
  /** While all are read: those that were there before and have not been put since. */
  #unseen: Set<string> | undefined;

  constructor(onLive: LiveListener) {
    this.#onLive = onLive;
  }

  put(row: TaskRow): void {
    this.#unseen?.delete(row.key);
    const known = this.rows.get(row.key);
    const isSame = known !== undefined && known.agentId === row.agentId && known.executorId === row.executorId;
    if (isSame) {
      this.change(row.key, row);
      return;
    }
    if (known !== undefined) this.#takeOut(known);
    const task = new TaskRecord(row, this.#shared);
    this.#putIn(task);
    this.#step(task);
    this.#said(row.key);
  }

  change(key: string, change: TaskChange): void {
    const task = this.rows.get(key);
    if (task === undefined) return;
    const { state, healthy } = task;
    const { texts, amounts } = this.#shared;
    this.#uncount(task);
    if (change.name !== undefined) task.name = texts.of(change.name);
    if (change.role !== undefined) task.role = texts.of(change.role);
    if (change.state !== undefined) task.state = texts.of(change.state);
    if ('healthy' in change) task.healthy = change.healthy;
    if (change.amounts !== undefined) task.amounts = amounts.of(change.amounts);
    if ('startedMs' in change) task.startedMs = change.startedMs;
    if ('changedMs' in change) task.changedMs = change.changedMs;
    if (change.message !== undefined) task.message = texts.of(change.message);
    if ('reason' in change) task.reason = change.reason === undefined ? undefined : texts.of(change.reason);
    this.#count(task);
    if (task.state !== state || task.healthy !== healthy) this.#step(task);
    this.#said(key);
    this.#dropOldest();
  }

  remove(key: string): void {
    const task = this.rows.get(key);
    if (task === undefined) return;
    this.#takeOut(task);
    this.#said(key);
  }

  replace(rows: Iterable<TaskRow>): void {
    this.begin();
    for (const row of rows) this.put(row);
    this.end(true);
  }

  /** Until `end` nobody is told of anything. */
  begin(): void {
    this.#unseen = new Set(this.rows.keys());
  }

  /** `isWhole`: what was not put since `begin` is gone. */
  end(isWhole: boolean): void {
    const unseen = this.#unseen;
    if (unseen === undefined) return;
    if (isWhole) for (const key of unseen) this.remove(key);
    this.#unseen = undefined;
    this.journal.changedAll();
    this.#onLive.all();
  }

  /** Which tasks are Marathon's: only those belong to apps. Costs a look at that framework's tasks. */
  setMarathonFramework(frameworkId: string | undefined): void {
    if (this.#marathonFramework === frameworkId) return;
    this.#marathonFramework = frameworkId;
    this.#byApp.clear();
    if (frameworkId === undefined) return;
    for (const task of this.ofFramework(frameworkId)) this.#putIntoApp(task);
  }

  get #isSilent(): boolean {
    return this.#unseen !== undefined;
  }

  liveOfAgent(agentId: string): number {
    return this.#byAgent.get(agentId)?.live ?? 0;
  }

  liveOfFramework(frameworkId: string): number {
    return this.#byFramework.get(frameworkId)?.live ?? 0;
  }

  ofAgent(agentId: string): ReadonlySet<TaskRecord> {
    return this.#byAgent.get(agentId)?.tasks ?? NONE;
  }

  ofFramework(frameworkId: string): ReadonlySet<TaskRecord> {
    return this.#byFramework.get(frameworkId)?.tasks ?? NONE;
  }

  ofApp(appId: string): ReadonlySet<TaskRecord> {
    return this.#byApp.get(appId) ?? NONE;
  }

  stepsOf(key: string): readonly TaskStep[] {
    return this.#steps.filter((step) => step.key === key);
  }

  #step({ key, state, healthy, message, changedMs, startedMs }: TaskRecord): void {
    if (this.#isSilent) return;
    this.#steps.push({ key, state, healthy, message, atMs: changedMs ?? startedMs ?? 0 });
    if (this.#steps.length > MAX_STEPS) this.#steps.shift();
  }

  #said(key: string): void {
    if (!this.#isSilent) this.journal.changed(key);
  }

  #putIn(task: TaskRecord): void {
    this.rows.set(task.key, task);
    groupOf(this.#byAgent, task.agentId).tasks.add(task);
    groupOf(this.#byFramework, task.frameworkId).tasks.add(task);
    if (task.frameworkId === this.#marathonFramework) this.#putIntoApp(task);
    this.#count(task);
    this.#dropOldest();
  }

  #takeOut(task: TaskRecord): void {
    this.#uncount(task);
    this.rows.delete(task.key);
    takeFrom(this.#byAgent, task.agentId, task);
    takeFrom(this.#byFramework, task.frameworkId, task);
    const app = task.frameworkId === this.#marathonFramework ? appOfTaskId(task.id) : undefined;
    const ofApp = app === undefined ? undefined : this.#byApp.get(app);
    if (app === undefined || ofApp === undefined) return;
    ofApp.delete(task);
    if (ofApp.size === 0) this.#byApp.delete(app);
  }

  #putIntoApp(task: TaskRecord): void {
    const app = appOfTaskId(task.id);
    if (app === undefined) return;
    const known = this.#byApp.get(app);
    if (known === undefined) this.#byApp.set(app, new Set([task]));
    else known.add(task);
  }

  #count(task: TaskRecord): void {
    this.countByState.set(task.state, (this.countByState.get(task.state) ?? 0) + 1);
    if (hasEnded(task.state)) {
      this.#putAmongEnded(task);
      return;
    }
    if (isTaskInTrouble(task)) this.inTrouble.add(task);
    this.#addLive(task, 1);
  }

  #uncount(task: TaskRecord): void {
    const left = (this.countByState.get(task.state) ?? 1) - 1;
    if (left === 0) this.countByState.delete(task.state);
    else this.countByState.set(task.state, left);
    if (hasEnded(task.state)) {
      const at = this.ended.indexOf(task);
      if (at >= 0) this.ended.splice(at, 1);
      return;
    }
    this.inTrouble.delete(task);
    this.#addLive(task, -1);
  }

  #addLive(task: TaskRecord, sign: 1 | -1): void {
    groupOf(this.#byAgent, task.agentId).live += sign;
    groupOf(this.#byFramework, task.frameworkId).live += sign;
    if (!this.#isSilent) this.#onLive.one(task.agentId, task.frameworkId);
  }

  /** They come in the order of time nearly always, so the search begins at the end. */
  #putAmongEnded(task: TaskRecord): void {
    const changedMs = task.changedMs ?? 0;
    let at = this.ended.length;
    while (at > 0 && (this.ended[at - 1]?.changedMs ?? 0) > changedMs) at -= 1;
    this.ended.splice(at, 0, task);
  }

  #dropOldest(): void {
    while (this.ended.length > MAX_ENDED) {
      const oldest = this.ended[0];
      if (oldest === undefined) return;
      this.remove(oldest.key);
    }
  }
}

function groupOf(groups: Map<string, Group>, id: string): Group {
  const known = groups.get(id);
  if (known !== undefined) return known;
  const group: Group = { tasks: new Set(), live: 0 };
  groups.set(id, group);
  return group;
}

function takeFrom(groups: Map<string, Group>, id: string, task: TaskRecord): void {
  const group = groups.get(id);
  if (group === undefined) return;
  group.tasks.delete(task);
  if (group.tasks.size === 0) groups.delete(id);
}
