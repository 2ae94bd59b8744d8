// The thread that owns the SQLite file: the flush to the disk must not stop the daemon's event loop. What arrives while
// a transaction runs goes into the next one together (group commit).
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import { StoreDatabase } from './store-database.ts';
import type { StoreReply, StoreRequest, StoreWorkerData } from './store-protocol.ts';

/** A transaction takes at most this many requests, so that the first of a flood is not answered last. */
const MAX_GROUP = 1_000;

const port = parentPort;
if (port === null) throw new Error('this module is the main of a worker thread');

const database = open();
/** After a failed transaction nothing may go on: what is on the disk is not known any more. */
let failure: string | undefined;

function open(): StoreDatabase | undefined {
  try {
    const opened = new StoreDatabase((workerData as StoreWorkerData).path);
    answer({ id: 0, kind: 'done' });
    return opened;
  } catch (cause) {
    const code = cause instanceof StoreError ? cause.code : 'failed';
    answer({ id: 0, kind: 'refused', code, message: (cause as Error).message });
    return undefined;
  }
}

function answer(reply: StoreReply): void {
  port?.postMessage(reply);
}

if (database === undefined) port.close();
else port.on('message', (first: StoreRequest) => handle(database, first));

function handle(store: StoreDatabase, first: StoreRequest): void {
  const group: Exclude<StoreRequest, { kind: 'close' }>[] = [];
  let close: StoreRequest | undefined;
  let request: StoreRequest | undefined = first;
  while (request !== undefined) {
    if (request.kind === 'close') close = request;
    else group.push(request);
    request = close === undefined && group.length < MAX_GROUP && port !== null ? receive(port) : undefined;
  }
  if (group.length > 0) applyGroup(store, group);
  if (close !== undefined) {
    store.close();
    answer({ id: close.id, kind: 'done' });
    port?.close();
  }
}

function receive(from: NonNullable<typeof port>): StoreRequest | undefined {
  return receiveMessageOnPort(from)?.message;
}

function applyGroup(store: StoreDatabase, group: Exclude<StoreRequest, { kind: 'close' }>[]): void {
  if (failure === undefined) {
    try {
      for (const reply of store.apply(group)) answer(reply);
      return;
    } catch (cause) {
      failure = (cause as Error).message;
    }
  }
  for (const { id } of group)
    answer({ id, kind: 'refused', code: 'failed', message: `the database failed: ${failure}` });
}
