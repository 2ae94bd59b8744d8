// Whether somebody accepts TCP connections there.
import { connect as open } from 'node:net';
import { NetError } from '../../net.ts';
import { netError } from './errors.ts';

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Net.connect: opens a connection and closes it at once. */
export function connect(host: string, port: number, timeoutMs: number): Promise<void> {
  const what = `connection to ${host}:${port}`;
  return new Promise((resolve, reject) => {
    const socket = open({ host, port });
    const timer = setTimeout(
      () => done(() => reject(new NetError('timeout', `${what}: not accepted within ${timeoutMs} ms`))),
      Math.min(timeoutMs, MAX_TIMER_MS),
    );
    function done(settle: () => void): void {
      clearTimeout(timer);
      socket.destroy();
      settle();
    }
    socket.once('connect', () => done(resolve));
    // Not `once`: an error after the first would be unhandled and end the process.
    socket.on('error', (cause) => done(() => reject(netError(cause, what))));
  });
}
