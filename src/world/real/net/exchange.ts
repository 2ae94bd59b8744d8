// One question to a program that listens on a Unix socket, such as HAProxy's runtime socket.
import { connect as open } from 'node:net';
import { type ExchangeLimits, NetError } from '../../net.ts';
import { netError } from './errors.ts';

const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTSOCK', 'ENOTDIR', 'ECONNREFUSED']);

/** Net.exchange. Our side is ended after the text: HAProxy's master keeps the connection open until then. */
export function exchange(socketPath: string, text: string, limits: ExchangeLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const socket = open({ path: socketPath });
    const fail = (error: NetError): void => done(() => reject(error));
    const timer = setTimeout(
      () => fail(new NetError('timeout', `${socketPath}: no complete answer within ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    function done(settle: () => void): void {
      clearTimeout(timer);
      socket.destroy();
      settle();
    }
    socket.once('connect', () => socket.end(text));
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limits.maxBytes) {
        fail(new NetError('too-large', `${socketPath}: the answer is over ${limits.maxBytes} bytes`));
        return;
      }
      chunks.push(chunk);
    });
    socket.once('end', () => done(() => resolve(Buffer.concat(chunks).toString('utf8'))));
    // Not `once`: an error after the first would be unhandled and end the process.
    socket.on('error', (cause) => fail(exchangeError(cause, socketPath)));
  });
}

function exchangeError(cause: NodeJS.ErrnoException, socketPath: string): NetError {
  if (NOBODY.has(cause.code)) return new NetError('refused', `nobody listens on ${socketPath}`, { cause });
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new NetError('forbidden', `${socketPath} may not be opened by this user`, { cause });
  }
  return netError(cause, socketPath);
}
