// The view store: rows by id, put in by the feeds and read by the screens. Rows are changed in place; what is shown of several rows
// together (sums, counts, indices) is kept up to date with each change, so that a drawing costs what is on it. Here is what hangs
// together; the rest is in plain-rows.ts.
import { AgentTable } from './agent-table.ts';
import { type AlarmSource, findAlarms } from './alarms.ts';
import { addAmounts, type MutableAmounts } from './amounts.ts';
import type {
  AgentRow,
  Alarm,
  ClusterView,
  FrameworkRow,
  OfferEvent,
  OfferRow,
  ShareRow,
  TaskRow,
  TaskStep,
  Topic,
} from './model.ts';
import { OfferBook } from './offer-book.ts';
import { PlainRows } from './plain-rows.ts';
import type { ViewSink } from './sink.ts';
import { type Standings, stands } from './standings.ts';
import { type TaskChange, TaskTable } from './task-table.ts';

const MAX_SAMPLES = 120;

export interface ViewStore extends ClusterView, ViewSink {
  /** Takes a sample for the history; to be called every 2 s. */
  sample(): void;
}

/** `nowMs` since 1970. */
export function createViewStore(nowMs: () => number): ViewStore {
  return new Store(nowMs);
}

class Store extends PlainRows implements ViewStore {
  readonly frameworks = new Map<string, FrameworkRow>();
  readonly history = { cpus: [] as number[], memMb: [] as number[], diskMb: [] as number[], gpus: [] as number[] };
  shares: readonly ShareRow[] = [];
  shareTotal = 0;
  readonly totals: { total: MutableAmounts; allocated: MutableAmounts; offered: MutableAmounts };
  readonly #offers = new OfferBook();
  readonly #tasks: TaskTable;
  readonly #agents: AgentTable;
  readonly #frameworkTrouble: Standings = new Map();
  #alarms: { readonly key: string; readonly found: readonly Alarm[] } | undefined;

  constructor(nowMs: () => number) {
    super(nowMs);
    this.#agents = new AgentTable(nowMs, (agent) => {
      agent.taskCount = this.#tasks.liveOfAgent(agent.id);
      agent.offered = { ...this.#offers.ofAgent(agent.id) };
    });
    const { total, allocated } = this.#agents;
    this.totals = { total, allocated, offered: this.#offers.total };
    this.#tasks = new TaskTable({
      one: (agentId, frameworkId) => this.#countLive(agentId, frameworkId),
      all: () => this.#countAllLive(),
    });
  }

  version = (topic: Topic): number => (topic === 'tasks' ? this.#tasks.journal.version : this.versionOf(topic));

  get agents(): ReadonlyMap<string, AgentRow> {
    return this.#agents.rows;
  }

  get tasks(): ReadonlyMap<string, TaskRow> {
    return this.#tasks.rows;
  }

  get offers(): ReadonlyMap<string, OfferRow> {
    return this.#offers.rows;
  }

  get offerTotal(): number {
    return this.#offers.outstanding;
  }

  get offerEvents(): readonly OfferEvent[] {
    return this.#offers.events;
  }

  get taskCounts(): ReadonlyMap<string, number> {
    return this.#tasks.countByState;
  }

  tasksOfAgent = (agentId: string): Iterable<TaskRow> => this.#tasks.ofAgent(agentId);
  tasksOfFramework = (frameworkId: string): Iterable<TaskRow> => this.#tasks.ofFramework(frameworkId);
  tasksOfApp = (appId: string): Iterable<TaskRow> => this.#tasks.ofApp(appId);
  isSharedHost = (hostname: string): boolean => this.#agents.isSharedHost(hostname);
  stepsOfTask = (key: string): readonly TaskStep[] => this.#tasks.stepsOf(key);
  tasksChangedSince = (version: number): readonly string[] | undefined => this.#tasks.journal.since(version);

  alarms = (): readonly Alarm[] => {
    const nowMs = this.nowMs();
    const key = `${this.versionOfAll},${this.#tasks.journal.version},${Math.floor(nowMs / 1000)}`;
    if (this.#alarms?.key !== key) this.#alarms = { key, found: findAlarms(this.#alarmSource(nowMs)) };
    return this.#alarms.found;
  };

  sample(): void {
    const { total, allocated } = this.totals;
    for (const key of ['cpus', 'memMb', 'diskMb', 'gpus'] as const) {
      const samples = this.history[key];
      samples.push(total[key] > 0 ? Math.min(1, Math.max(0, allocated[key] / total[key])) : 0);
      if (samples.length > MAX_SAMPLES) samples.shift();
    }
  }

  replaceAgents(rows: Iterable<AgentRow>): void {
    this.#agents.replace(rows);
    this.changed('agents');
  }

  putAgent(row: AgentRow): void {
    this.#agents.put(row);
    this.changed('agents');
  }

  changeAgent(id: string, change: Partial<Omit<AgentRow, 'id'>>): void {
    if (this.#agents.change(id, change)) this.changed('agents');
  }

  removeAgent(id: string): void {
    if (this.#agents.remove(id)) this.changed('agents');
  }

  replaceFrameworks(rows: Iterable<FrameworkRow>): void {
    const before = new Set(this.frameworks.keys());
    for (const row of rows) {
      before.delete(row.id);
      this.putFramework(row);
    }
    for (const id of before) this.removeFramework(id);
    this.changed('frameworks');
  }

  putFramework(row: FrameworkRow): void {
    const known = this.frameworks.get(row.id);
    const framework = known === undefined ? row : Object.assign(known, row);
    this.frameworks.set(row.id, framework);
    this.#completeFramework(framework);
  }

  changeFramework(id: string, change: Partial<Omit<FrameworkRow, 'id'>>): void {
    const framework = this.frameworks.get(id);
    if (framework === undefined) return;
    Object.assign(framework, change);
    this.#completeFramework(framework);
  }

  removeFramework(id: string): void {
    if (!this.frameworks.delete(id)) return;
    this.#frameworkTrouble.delete(id);
    this.#offers.forgetFramework(id);
    this.changed('frameworks');
  }

  addAllocated(agentId: string, frameworkId: string, amounts: Readonly<MutableAmounts>, sign: 1 | -1): void {
    if (this.#agents.addAllocated(agentId, amounts, sign)) this.changed('agents');
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    addAmounts(framework.allocated, amounts, sign);
    this.changed('frameworks');
  }

  replaceTasks(rows: Iterable<TaskRow>): void {
    this.#tasks.replace(rows);
  }

  beginTasks(): void {
    this.#tasks.begin();
  }

  endTasks(isWhole: boolean): void {
    this.#tasks.end(isWhole);
  }

  putTask(row: TaskRow): void {
    this.#tasks.put(row);
  }

  changeTask(key: string, change: TaskChange): void {
    this.#tasks.change(key, change);
  }

  removeTask(key: string): void {
    this.#tasks.remove(key);
  }

  setMarathonFramework(frameworkId: string | undefined): void {
    this.#tasks.setMarathonFramework(frameworkId);
    this.changed('apps');
  }

  replaceOffers(rows: Iterable<OfferRow>, total: number): void {
    const touched = [...this.#offers.rows.values()];
    this.#offers.replace(rows, total);
    for (const row of touched) this.#countOffered(row);
    for (const row of this.#offers.rows.values()) this.#countOffered(row);
    this.changed('offers');
  }

  putOffer(row: OfferRow): void {
    this.#offers.put(row);
    this.#countOffered(row);
    this.changed('offers');
  }

  removeOffer(id: string): void {
    const row = this.#offers.remove(id);
    if (row === undefined) return;
    this.#countOffered(row);
    this.changed('offers');
  }

  addOfferEvent(event: OfferEvent): void {
    this.#offers.happened(event);
    const framework = this.frameworks.get(event.frameworkId);
    if (framework !== undefined) framework.offersSent = this.#offers.sentTo(event.frameworkId);
    this.changed('offers');
  }

  replaceShares(rows: readonly ShareRow[], total: number): void {
    this.shares = rows;
    this.shareTotal = total;
    this.changed('roles');
  }

  #completeFramework(framework: FrameworkRow): void {
    framework.taskCount = this.#tasks.liveOfFramework(framework.id);
    framework.offered = { ...this.#offers.ofFramework(framework.id) };
    framework.offersSent = this.#offers.sentTo(framework.id);
    const state = framework.state === 'completed' ? 'active' : framework.state;
    stands(this.#frameworkTrouble, framework.id, state, this.nowMs());
    this.changed('frameworks');
  }

  #countLive(agentId: string, frameworkId: string): void {
    const agent = this.agents.get(agentId);
    if (agent !== undefined) {
      agent.taskCount = this.#tasks.liveOfAgent(agentId);
      this.changed('agents');
    }
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    framework.taskCount = this.#tasks.liveOfFramework(frameworkId);
    this.changed('frameworks');
  }

  #countAllLive(): void {
    for (const agent of this.agents.values()) agent.taskCount = this.#tasks.liveOfAgent(agent.id);
    for (const framework of this.frameworks.values()) {
      framework.taskCount = this.#tasks.liveOfFramework(framework.id);
    }
    this.changed('agents');
    this.changed('frameworks');
  }

  #countOffered({ agentId, frameworkId }: OfferRow): void {
    const agent = this.agents.get(agentId);
    if (agent !== undefined) {
      Object.assign(agent.offered, this.#offers.ofAgent(agentId));
      this.changed('agents');
    }
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    Object.assign(framework.offered, this.#offers.ofFramework(frameworkId));
    this.changed('frameworks');
  }

  #alarmSource(nowMs: number): AlarmSource {
    return {
      view: this,
      nowMs,
      agents: this.#agents.trouble,
      frameworks: this.#frameworkTrouble,
      tasksInTrouble: this.#tasks.inTrouble,
      ended: this.#tasks.ended,
    };
  }
}
