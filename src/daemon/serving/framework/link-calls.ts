// The calls of a scheduler whose subscription comes and goes, and what its master says when it wants no more of it.
import { SchedulerCalls } from '../../../client/scheduler/calls.ts';
import { type CallOutcome, SchedulerError } from '../../../client/scheduler/errors.ts';
import type { Call } from '../../../mesos/generated/scheduler.ts';

type SentCall = Omit<Call, 'framework_id'>;

/** In the ERROR about a framework whose failover timeout has passed, or that somebody tore down. */
export const REMOVED = 'Framework has been removed';

/** Over whichever subscription there is: `send` knows. */
export class LinkCalls extends SchedulerCalls {
  readonly #send: (call: SentCall) => Promise<CallOutcome>;

  constructor(send: (call: SentCall) => Promise<CallOutcome>) {
    super();
    this.#send = send;
  }

  override call(call: SentCall): Promise<CallOutcome> {
    return this.#send(call);
  }
}

/** The outcome where there is no subscription; `name`: of the daemon, in a sentence. */
export function notSubscribed(name: string): CallOutcome {
  return { ok: false, error: new SchedulerError('not-connected', `${name} is not subscribed to a master`) };
}
