// The end of a stream as a promise: readers say it through a callback, whoever waits for it awaits.

/** Why a stream is over, as an error that is fit for a person. */
export class StreamEnded extends Error {
  override readonly name = 'StreamEnded';
  readonly code = 'ended';
}

/** `ended` of a listener rejects `over`. */
export function streamEnd(): { readonly ended: (why: string) => void; readonly over: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever opened the stream awaits it only once it is open; it may be over before.
  promise.catch(() => undefined);
  return { ended: (why) => reject(new StreamEnded(why)), over: promise };
}
