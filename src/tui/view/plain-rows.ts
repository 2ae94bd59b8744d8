// Rows of the view that stand for themselves: what the sources are, who leads, apps, deployments, jobs, the balancer, events. And the
// version of every topic.
import { harmless } from '../frame/harmless.ts';
import type {
  AppRow,
  BackendRow,
  DeploymentRow,
  EventRow,
  FeedRow,
  HaproxyView,
  JobRow,
  LeaderRow,
  Topic,
} from './model.ts';

const MAX_EVENTS = 2000;
const MAX_EVENT_TEXT = 1000;

/** The part of the view store that keeps them; each does what ViewSink and ClusterView say. */
export class PlainRows {
  readonly feeds = new Map<FeedRow['name'], FeedRow>();
  readonly apps = new Map<string, AppRow>();
  readonly deployments = new Map<string, DeploymentRow>();
  readonly jobs = new Map<string, JobRow>();
  readonly backends = new Map<string, BackendRow>();
  readonly events: EventRow[] = [];
  leader: LeaderRow = {
    address: undefined,
    id: undefined,
    electedMs: undefined,
    version: undefined,
    clusterName: undefined,
    candidates: [],
    changes: 0,
  };
  haproxy: HaproxyView = {
    configPath: undefined,
    lastSuccessMs: undefined,
    lastOutcome: undefined,
    lastErrorMs: undefined,
    lastError: undefined,
    reloads: undefined,
    services: undefined,
    servers: undefined,
    excluded: [],
  };
  protected readonly nowMs: () => number;
  readonly #versions = new Map<Topic, number>();
  #nextSeq = 1;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  setFeed(feed: Omit<FeedRow, 'sinceMs'>): void {
    const known = this.feeds.get(feed.name);
    const sinceMs = known?.state === feed.state ? known.sinceMs : this.nowMs();
    this.feeds.set(feed.name, { ...feed, why: tidy(feed.why), sinceMs });
    this.changed('feeds');
  }

  setLeader(change: Partial<LeaderRow>): void {
    this.leader = { ...this.leader, ...change };
    this.changed('leader');
  }

  replaceApps(rows: Iterable<AppRow>): void {
    replaceAll(this.apps, rows);
    this.changed('apps');
  }

  putApp(row: AppRow): void {
    putRow(this.apps, row);
    this.changed('apps');
  }

  changeApp(id: string, change: Partial<Omit<AppRow, 'id'>>): void {
    const app = this.apps.get(id);
    if (app === undefined) return;
    Object.assign(app, change);
    this.changed('apps');
  }

  removeApp(id: string): void {
    if (this.apps.delete(id)) this.changed('apps');
  }

  replaceDeployments(rows: Iterable<DeploymentRow>): void {
    replaceAll(this.deployments, rows);
    this.changed('deployments');
  }

  putDeployment(row: DeploymentRow): void {
    putRow(this.deployments, row);
    this.changed('deployments');
  }

  removeDeployment(id: string): void {
    if (this.deployments.delete(id)) this.changed('deployments');
  }

  replaceJobs(rows: Iterable<JobRow>): void {
    replaceAll(this.jobs, rows);
    this.changed('jobs');
  }

  setHaproxy(change: Partial<HaproxyView>): void {
    this.haproxy = { ...this.haproxy, ...change };
    this.changed('haproxy');
  }

  replaceBackends(rows: Iterable<BackendRow>): void {
    replaceAll(this.backends, rows);
    this.changed('haproxy');
  }

  addEvent(event: Omit<EventRow, 'seq' | 'atMs'> & { readonly atMs?: number }): void {
    const { atMs = this.nowMs(), text } = event;
    this.events.push({ ...event, atMs, seq: this.#nextSeq, text: tidy(text) ?? '' });
    this.#nextSeq += 1;
    if (this.events.length > MAX_EVENTS) this.events.shift();
    this.changed('events');
  }

  protected changed(topic: Topic): void {
    this.#versions.set(topic, this.versionOf(topic) + 1);
  }

  protected versionOf(topic: Topic): number {
    return this.#versions.get(topic) ?? 0;
  }

  /** Another whenever one of them has changed. */
  protected get versionOfAll(): string {
    return [...this.#versions.values()].join();
  }
}

function putRow<Row extends { readonly id: string }>(rows: Map<string, Row>, row: Row): void {
  const known = rows.get(row.id);
  if (known === undefined) rows.set(row.id, row);
  else Object.assign(known, row);
}

function replaceAll<Row extends { readonly id: string }>(known: Map<string, Row>, rows: Iterable<Row>): void {
  const before = new Set(known.keys());
  for (const row of rows) {
    before.delete(row.id);
    putRow(known, row);
  }
  for (const id of before) known.delete(id);
}

function tidy(text: string | undefined): string | undefined {
  return text === undefined ? undefined : harmless(text.length > MAX_EVENT_TEXT ? text.slice(0, MAX_EVENT_TEXT) : text);
}
