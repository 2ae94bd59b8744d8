// Ctrl-C, as something that can be waited for.

/** Until `dispose`, Ctrl-C and a polite end do not end the process; a second one does. */
export interface Interruption {
  readonly happened: Promise<void>;
  dispose(): void;
}

/** Begins to listen. */
export function interruption(): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const handler = (): void => {
    dispose();
    resolve();
  };
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, handler);
  };
  for (const signal of signals) process.on(signal, handler);
  return { happened: promise, dispose };
}
