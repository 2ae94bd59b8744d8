// What LocalStore and its worker thread say to each other.
import type { StoreChange, StoreEntry, StoreErrorCode } from '../store.ts';

/** From the main thread to the worker; `id` comes back in the reply. */
export type StoreRequest =
  | {
      readonly id: number;
      readonly kind: 'commit';
      readonly changes: readonly StoreChange[];
      readonly expect: Readonly<Record<string, number>>;
      readonly fence: number | undefined;
    }
  | { readonly id: number; readonly kind: 'read'; readonly prefix: string }
  | { readonly id: number; readonly kind: 'close' };

/** One for each request. */
export type StoreReply =
  | { readonly id: number; readonly kind: 'done'; readonly entries?: StoreEntry[] }
  | { readonly id: number; readonly kind: 'refused'; readonly code: StoreErrorCode; readonly message: string };

/** Given to the worker at its start; it answers with id 0 once the database is open. */
export interface StoreWorkerData {
  readonly path: string;
}
