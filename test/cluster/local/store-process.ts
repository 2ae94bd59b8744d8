// A LocalStore in a process of its own that can be killed. The parent gets a Store that speaks to it over IPC.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Store, StoreError, type StoreErrorCode } from '../../../src/cluster/store.ts';

export interface StoreProcess {
  readonly store: Store;
  kill(): Promise<void>;
}

export type StoreCall = {
  readonly id: number;
  readonly method: 'read' | 'commit' | 'close';
  readonly arguments: readonly unknown[];
};
export type StoreAnswer = {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
};

export async function forkStoreProcess(path: string): Promise<StoreProcess> {
  const main = fileURLToPath(new URL('./store-process-main.ts', import.meta.url));
  const child = fork(main, [path], { serialization: 'advanced', execArgv: [] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (answer: StoreAnswer) => {
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if (answer.error === undefined) resolve?.(answer.value);
    else reject?.(new StoreError(answer.error.code as StoreErrorCode, answer.error.message));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new StoreError('failed', 'the store process was killed'));
  });
  const call = (method: StoreCall['method'], ...rest: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      child.send({ id, method, arguments: rest } satisfies StoreCall);
    });
  const store: Store = {
    read: (prefix) => call('read', prefix) as ReturnType<Store['read']>,
    commit: (changes, options) => call('commit', structuredClone(changes), options) as Promise<void>,
    close: () => call('close') as Promise<void>,
  };
  await store.read('\0 nothing');
  return {
    store,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
