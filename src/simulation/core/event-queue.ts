// What will happen, ordered by virtual time and, at the same time, by who asked first.

/** `atMs` is virtual time. */
export interface ScheduledEvent {
  atMs: number;
  readonly sequence: number;
  /** What kind of thing it is; goes into the fingerprint. */
  readonly label: string;
  readonly fn: () => void;
  /** The process it happens in: skipped when that is dead, put off while it is stopped. */
  readonly owner: EventOwner | undefined;
  isCancelled: boolean;
}

/** What the engine must know of a process. */
export interface EventOwner {
  readonly isAlive: boolean;
  /** Virtual time until which the process gets no CPU; in the past when it runs. */
  readonly stoppedUntilMs: number;
  readonly serial: number;
  /** An exception came out of an event of this process. */
  onUncaught(error: unknown): void;
  /** An event of this process has happened, with everything that followed from it. */
  afterEvent(): void;
}

/** A binary heap. Cancelled events stay in it until their time comes. */
export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): ScheduledEvent | undefined {
    return this.#heap[0];
  }

  push(event: ScheduledEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as ScheduledEvent;
      if (!isBefore(event, parent)) {
        break;
      }
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  pop(): ScheduledEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      const left = heap[childIndex];
      if (left === undefined) {
        break;
      }
      const right = heap[childIndex + 1];
      let child = left;
      if (right !== undefined && isBefore(right, left)) {
        child = right;
        childIndex++;
      }
      if (!isBefore(child, last)) {
        break;
      }
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
