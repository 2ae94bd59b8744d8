// Where durable state is kept, opened to be copied or replaced: on an ensemble, or in the work dir of a daemon that does
// not run.
import type { Store } from '../../cluster/store.ts';
import type { Service } from '../ensemble/services.ts';

/** State of one service. */
export interface StatePlace {
  readonly service: Service;
  /** For people, without credentials. */
  readonly where: string;
  /** Bytes of values that one commit takes; undefined = any. */
  readonly maxBytes?: number;
  /** Throws Problem, StoreError. */
  open(): Promise<Store>;
  /** Keeps everybody else from writing until the place is closed. Throws Problem `conflict`. */
  hold(): Promise<StateHold>;
  close(): Promise<void>;
}

/** Given by `hold`. */
export interface StateHold {
  /** To be given with commits. */
  readonly fence?: number;
}
