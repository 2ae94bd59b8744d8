// Sends one request again and again on a few connections that are kept, from a thread of its own and with as little as HTTP
// needs: what is measured is who answers.
import { connect } from 'node:net';
import { AskingThread, answering } from './asking-thread.ts';

export interface LoadRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  readonly ms: number;
  /** Any other answer is an error. */
  readonly status: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
}

export class LoadGenerator extends AskingThread<LoadRequest, LoadResult> {
  constructor() {
    super(import.meta.url);
  }
}

answering(async (wanted: LoadRequest): Promise<LoadResult> => {
  const startedMs = performance.now();
  const all = Array.from({ length: wanted.connections }, () => keepAsking(wanted, startedMs + wanted.ms));
  const counts = await Promise.all(all);
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return { answers, seconds: (performance.now() - startedMs) / 1000 };
});

/** How many answers came on one connection. */
function keepAsking(wanted: LoadRequest, endMs: number): Promise<number> {
  const { hostname, port, pathname, host } = new URL(wanted.url);
  const { method, headers, body = '' } = wanted;
  const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) });
  const head = [`${method} ${pathname} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  const request = Buffer.from(`${head}\r\n\r\n${body}`);
  return new Promise((resolve, reject) => {
    let answers = 0;
    let received = Buffer.alloc(0);
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const answer = received.toString('latin1', 0, headEnd);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer)?.[1]);
      if (!answer.startsWith(`HTTP/1.1 ${wanted.status} `) || Number.isNaN(length)) {
        socket.destroy(new Error(`${method} ${pathname} was answered with ${answer.split('\r\n')[0]}`));
        return;
      }
      if (received.length < headEnd + 4 + length) return;
      received = received.subarray(headEnd + 4 + length);
      answers += 1;
      if (performance.now() < endMs) {
        socket.write(request);
        return;
      }
      socket.removeAllListeners('close');
      socket.end();
      resolve(answers);
    });
  });
}
