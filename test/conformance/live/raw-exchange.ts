// Sends bytes as they were recorded, however wrong they are as HTTP, and reads what comes back.
import { connect } from 'node:net';
import { bodyBytes, type RecordedResponse } from '../exchange.ts';

export type RawAnswer = RecordedResponse | { readonly closed: string };

const TIMEOUT_MS = 30_000;

export interface RawOptions {
  /** HEAD has no body whatever its length says. */
  readonly isHead?: boolean;
  /** Of a response that goes on: what arrives within this time is its body, and whatever comes later until that `isEnough`. */
  readonly streamForMs?: number;
  readonly isEnough?: (body: Buffer) => boolean;
}

/** `closed` when the peer hangs up without a whole answer. */
export function sendRaw(port: number, bytes: Uint8Array, options: RawOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    let streaming: NodeJS.Timeout | undefined;
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timeout = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${TIMEOUT_MS} ms: ${received.toString('latin1').slice(0, 500)}`));
    }, TIMEOUT_MS);
    const finish = (answer: RawAnswer): void => {
      clearTimeout(timeout);
      clearInterval(streaming);
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received, options.isHead ?? false);
      if (answer?.kind === 'whole') finish(answer.response);
      if (answer?.kind === 'open' && options.streamForMs !== undefined && streaming === undefined) {
        const { streamForMs, isEnough = () => true } = options;
        streaming = setInterval(() => {
          const now = parse(received, false);
          if (now !== undefined && isEnough(bodyBytes(now.response))) finish(now.response);
        }, streamForMs);
      }
    });
    socket.on('error', (error) => finish({ closed: error.message }));
    socket.on('close', () => finish({ closed: 'hung up' }));
  });
}

interface Parsed {
  readonly kind: 'whole' | 'open';
  readonly response: RecordedResponse;
}

function parse(received: Buffer, isHead: boolean): Parsed | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const value = (name: string): string | undefined =>
    headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const status = Number(statusLine.split(' ')[1]);
  const rest = received.subarray(end + 4);
  const response = (body: Buffer): RecordedResponse => ({ status, headers, base64: body.toString('base64') });
  if (isHead) return { kind: 'whole', response: response(Buffer.alloc(0)) };
  if (value('Transfer-Encoding') === 'chunked') {
    const { body, isWhole } = unchunked(rest);
    return { kind: isWhole ? 'whole' : 'open', response: response(body) };
  }
  const length = Number(value('Content-Length') ?? 0);
  return rest.length < length ? undefined : { kind: 'whole', response: response(rest.subarray(0, length)) };
}

function unchunked(bytes: Buffer): { body: Buffer; isWhole: boolean } {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return { body: Buffer.concat(chunks), isWhole: false };
    const size = Number.parseInt(bytes.subarray(position, lineEnd).toString('latin1'), 16);
    if (size === 0) return { body: Buffer.concat(chunks), isWhole: true };
    if (bytes.length < lineEnd + 2 + size + 2) return { body: Buffer.concat(chunks), isWhole: false };
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = lineEnd + 2 + size + 2;
  }
}
