// Main of the process behind store-process.ts.
import { openLocalStore } from '../../../src/cluster/local/index.ts';
import type { Store } from '../../../src/cluster/store.ts';
import type { StoreAnswer, StoreCall } from './store-process.ts';

const store = await openLocalStore(process.argv[2] ?? '');

process.on('message', (call: StoreCall) => {
  const method = store[call.method] as (...rest: unknown[]) => Promise<unknown>;
  method.apply(store satisfies Store, [...call.arguments]).then(
    (value) => process.send?.({ id: call.id, value } satisfies StoreAnswer),
    (error: { code: string; message: string }) =>
      process.send?.({ id: call.id, error: { code: error.code, message: error.message } } satisfies StoreAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
