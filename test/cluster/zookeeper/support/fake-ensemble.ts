// An ensemble of one without a network: what ZooKeeper promises of nodes, versions, ephemerals, watches and multis, and
// answers that get lost wherever a test wants it. Real ones are in ensemble.ts.
import type {
  CreateOptions,
  NodeData,
  NodeOperation,
  NodeStat,
  SessionState,
  Subscription,
  TreeWatch,
  ZooKeeperConnection,
  ZooKeeperSession,
} from '../../../../src/cluster/zookeeper/session.ts';
import { ZooKeeperError, type ZooKeeperErrorCode } from '../../../../src/cluster/zookeeper/zookeeper-error.ts';

interface FakeNode {
  data: Buffer;
  version: number;
  czxid: number;
  mzxid: number;
  childrenVersion: number;
  owner: string | undefined;
}

/** `unsent`: the request gets lost. `unanswered`: only its answer does. `late`: it is done when `deliverLate` is called. */
export type Fault = 'unsent' | 'unanswered' | 'late';

/** A request, as faults see it. */
export interface FakeRequest {
  readonly kind: 'create' | 'get' | 'children' | 'set' | 'remove' | 'multi' | 'sync' | 'watch';
  readonly path: string;
  readonly session: string;
}

export class FakeEnsemble {
  readonly nodes = new Map<string, FakeNode>();
  readonly requests: FakeRequest[] = [];
  readonly sessions = new Map<string, FakeSession>();
  /** Asked for every request. */
  fault: (request: FakeRequest) => Fault | ZooKeeperErrorCode | undefined = () => undefined;
  #zxid = 0;
  #sequence = 0;
  #sessions = 0;
  #late: (() => void)[] = [];

  constructor() {
    this.nodes.set('', { data: Buffer.alloc(0), version: 0, czxid: 0, mzxid: 0, childrenVersion: 0, owner: undefined });
  }

  connect(): FakeConnection {
    return new FakeConnection(this);
  }

  openSession(): FakeSession {
    const session = new FakeSession(this, (++this.#sessions).toString(16));
    this.sessions.set(session.id, session);
    return session;
  }

  /** Ends a session and its ephemeral nodes. */
  expire(id: string): void {
    this.sessions.delete(id);
    for (const [path, node] of [...this.nodes]) if (node.owner === id) this.remove(path, -1);
  }

  deliverLate(): void {
    for (const act of this.#late.splice(0)) {
      try {
        act();
      } catch (error) {
        // Nobody waits for the answer any more.
        if (!(error instanceof ZooKeeperError)) throw error;
      }
    }
  }

  async request<T>(request: FakeRequest, isAlive: () => boolean, act: () => T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isAlive()) throw new ZooKeeperError('session-lost', `${request.kind}: the session is over`);
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault === undefined) return act();
    if (fault === 'late') this.#late.push(act);
    else if (fault === 'unanswered') act();
    else if (fault !== 'unsent') throw new ZooKeeperError(fault, `${request.kind} ${request.path}: ${fault}`, request);
    throw new ZooKeeperError('connection-loss', `${request.kind} ${request.path}: the answer got lost`, request);
  }

  create(path: string, data: Uint8Array, options: CreateOptions, owner: string): string {
    const parent = this.#node(path.slice(0, path.lastIndexOf('/')));
    const full = options.sequential === true ? `${path}${`${this.#sequence++}`.padStart(10, '0')}` : path;
    if (this.nodes.has(full)) throw new ZooKeeperError('node-exists', `${full} exists`, { path: full });
    const zxid = ++this.#zxid;
    this.nodes.set(full, {
      data: Buffer.from(data),
      version: 0,
      czxid: zxid,
      mzxid: zxid,
      childrenVersion: 0,
      owner: options.ephemeral === true ? owner : undefined,
    });
    parent.childrenVersion++;
    this.#changed(full, true);
    return full;
  }

  get(path: string): NodeData | undefined {
    const node = this.nodes.get(path);
    return node === undefined ? undefined : { data: Buffer.from(node.data), stat: this.#stat(path, node) };
  }

  children(path: string): string[] | undefined {
    if (!this.nodes.has(path)) return undefined;
    return [...this.nodes.keys()]
      .filter((other) => other !== '' && other.slice(0, other.lastIndexOf('/')) === path)
      .map((other) => other.slice(path.length + 1));
  }

  set(path: string, data: Uint8Array, version: number): NodeStat {
    const node = this.check(path, version);
    Object.assign(node, { data: Buffer.from(data), version: node.version + 1, mzxid: ++this.#zxid });
    this.#changed(path, false);
    return this.#stat(path, node);
  }

  remove(path: string, version: number): void {
    this.check(path, version);
    if (this.children(path)?.length !== 0) throw new ZooKeeperError('not-empty', `${path} has children`, { path });
    this.nodes.delete(path);
    this.#zxid++;
    this.#changed(path, true);
  }

  check(path: string, version: number): FakeNode {
    const node = this.#node(path);
    if (version !== -1 && version !== node.version) {
      throw new ZooKeeperError('bad-version', `${path} has version ${node.version}, not ${version}`, { path });
    }
    return node;
  }

  multi(operations: readonly NodeOperation[], owner: string): void {
    const before = new Map([...this.nodes].map(([path, node]) => [path, { ...node }]));
    try {
      for (const operation of operations) {
        const { kind, path } = operation;
        if (kind === 'create') this.create(path, operation.data, operation.options ?? {}, owner);
        else if (kind === 'set') this.set(path, operation.data, operation.version ?? -1);
        else if (kind === 'remove') this.remove(path, operation.version ?? -1);
        else this.check(path, operation.version);
      }
    } catch (error) {
      this.nodes.clear();
      for (const [path, node] of before) this.nodes.set(path, node);
      throw error;
    }
  }

  #node(path: string): FakeNode {
    const node = this.nodes.get(path);
    if (node === undefined) throw new ZooKeeperError('no-node', `${path} is not there`, { path });
    return node;
  }

  #stat(path: string, node: FakeNode): NodeStat {
    const { version, czxid, mzxid, childrenVersion, owner } = node;
    const counts = { childrenCount: this.children(path)?.length ?? 0, dataLength: node.data.length };
    return { version, czxid, mzxid, ctimeMs: czxid, mtimeMs: mzxid, childrenVersion, ...counts, ephemeralOwner: owner };
  }

  #changed(path: string, isListed: boolean): void {
    for (const session of this.sessions.values()) {
      session.fire('data', path);
      if (isListed) session.fire('children', path.slice(0, path.lastIndexOf('/')));
    }
  }
}

export class FakeSession implements ZooKeeperSession {
  readonly id: string;
  readonly timeoutMs = 10_000;
  state: SessionState = 'connected';
  isCertainNow = true;
  readonly #ensemble: FakeEnsemble;
  readonly #watches = new Set<{ readonly kind: 'data' | 'children'; readonly path: string; readonly fn: () => void }>();
  readonly #treeWatches = new Set<{ readonly path: string; readonly fn: (path: string) => void }>();
  readonly #states = new Set<(state: SessionState) => void>();

  constructor(ensemble: FakeEnsemble, id: string) {
    this.#ensemble = ensemble;
    this.id = id;
  }

  /** Paths that are watched now, as `data /x`. */
  get watched(): string[] {
    return [...this.#watches].map(({ kind, path }) => `${kind} ${path}`).sort();
  }

  become(state: SessionState): void {
    this.state = state;
    if (state === 'lost' || state === 'closed') this.#ensemble.expire(this.id);
    for (const fn of this.#states) queueMicrotask(() => fn(state));
  }

  fire(kind: 'data' | 'children', path: string): void {
    for (const watch of this.#watches) if (watch.kind === kind && watch.path === path) queueMicrotask(watch.fn);
    if (kind === 'children') return;
    for (const watch of this.#treeWatches) if (path.startsWith(`${watch.path}/`)) queueMicrotask(() => watch.fn(path));
  }

  isCertain(): boolean {
    return this.isCertainNow;
  }

  onState(fn: (state: SessionState) => void): Subscription {
    this.#states.add(fn);
    return { stop: () => void this.#states.delete(fn) };
  }

  create(path: string, data: Uint8Array, options: CreateOptions = {}): Promise<string> {
    return this.#request('create', path, () => this.#ensemble.create(path, data, options, this.id));
  }

  async ensurePath(path: string): Promise<void> {
    for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
      const part = end < 0 ? path : path.slice(0, end);
      await this.create(part, Buffer.alloc(0)).catch((error: ZooKeeperError) => {
        if (error.code !== 'node-exists') throw error;
      });
      if (end < 0) return;
    }
  }

  get(path: string): Promise<NodeData | undefined> {
    return this.#request('get', path, () => this.#ensemble.get(path));
  }

  children(path: string): Promise<string[] | undefined> {
    return this.#request('children', path, () => this.#ensemble.children(path));
  }

  set(path: string, data: Uint8Array, version = -1): Promise<NodeStat> {
    return this.#request('set', path, () => this.#ensemble.set(path, data, version));
  }

  remove(path: string, version = -1): Promise<void> {
    return this.#request('remove', path, () => this.#ensemble.remove(path, version));
  }

  multi(operations: readonly NodeOperation[]): Promise<void> {
    const path = operations.map((operation) => operation.path).join(' ');
    return this.#request('multi', path, () => this.#ensemble.multi(operations, this.id));
  }

  sync(path: string): Promise<void> {
    return this.#request('sync', path, () => undefined);
  }

  watchData(path: string, fn: () => void): Subscription {
    return this.#watch('data', path, fn);
  }

  watchChildren(path: string, fn: () => void): Subscription {
    return this.#watch('children', path, fn);
  }

  async watchTree(path: string, fn: (path: string) => void): Promise<TreeWatch> {
    await this.#request('watch', path, () => undefined);
    const watch = { path, fn };
    this.#treeWatches.add(watch);
    return { isWhole: true, stop: () => void this.#treeWatches.delete(watch) };
  }

  async close(): Promise<void> {
    this.become('closed');
  }

  #watch(kind: 'data' | 'children', path: string, fn: () => void): Subscription {
    const watch = { kind, path, fn };
    this.#watches.add(watch);
    return { stop: () => void this.#watches.delete(watch) };
  }

  #request<T>(kind: FakeRequest['kind'], path: string, act: () => T): Promise<T> {
    const isAlive = (): boolean => this.state !== 'lost' && this.state !== 'closed';
    return this.#ensemble.request({ kind, path, session: this.id }, isAlive, act);
  }
}

export class FakeConnection implements ZooKeeperConnection {
  readonly where = 'zk1:2181';
  readonly path = '';
  trouble: string | undefined;
  readonly #ensemble: FakeEnsemble;
  readonly #subscribers = new Set<(session: ZooKeeperSession) => void>();
  #session: FakeSession | undefined;

  constructor(ensemble: FakeEnsemble) {
    this.#ensemble = ensemble;
    this.open();
  }

  get session(): FakeSession | undefined {
    return this.#session;
  }

  /** The session for tests that know that there is one. */
  get present(): FakeSession {
    if (this.#session === undefined) throw new Error('there is no session');
    return this.#session;
  }

  open(): FakeSession {
    const session = this.#ensemble.openSession();
    this.#session = session;
    for (const fn of this.#subscribers) queueMicrotask(() => fn(session));
    return session;
  }

  /** The session is over; `open` makes the next. */
  lose(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.become('lost');
  }

  async connected(timeoutMs: number): Promise<ZooKeeperSession> {
    if (this.#session !== undefined) return this.#session;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#session !== undefined) return this.#session;
    throw new ZooKeeperError('timed-out', `no session with ${this.where} within ${timeoutMs} ms`);
  }

  onSession(fn: (session: ZooKeeperSession) => void): Subscription {
    this.#subscribers.add(fn);
    const session = this.#session;
    if (session !== undefined) queueMicrotask(() => fn(session));
    return { stop: () => void this.#subscribers.delete(fn) };
  }

  async close(): Promise<void> {
    await this.#session?.close();
    this.#session = undefined;
  }
}
