// Reads answers over HTTP in a thread of its own, so that the reading does not take time from the daemon that is measured.
import { request } from 'node:http';
import { AskingThread, answering } from './asking-thread.ts';

export interface ReadRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ReadResult {
  /** From sending the request to the last byte of the answer. */
  readonly seconds: number;
  readonly bytes: number;
  readonly status: number;
}

export class HttpReader extends AskingThread<ReadRequest, ReadResult> {
  constructor() {
    super(import.meta.url);
  }
}

/** `/state`, `/state gzip`, `GET_STATE`, `GET_STATE protobuf`: of the master at `url`. */
export function readOf(url: string, name: string): ReadRequest {
  const [path = '', kind] = name.split(' ');
  const isCall = path.startsWith('GET_');
  return {
    method: isCall ? 'POST' : 'GET',
    url: isCall ? `${url}/api/v1` : url + path,
    headers: {
      ...(isCall && { 'content-type': 'application/json' }),
      ...(kind === 'protobuf' && { accept: 'application/x-protobuf' }),
      ...(kind === 'gzip' && { 'accept-encoding': 'gzip' }),
    },
    ...(isCall && { body: JSON.stringify({ type: path }) }),
  };
}

answering(({ url, method, headers, body }: ReadRequest): Promise<ReadResult> => {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => {
        resolve({ seconds: (performance.now() - startedMs) / 1000, bytes, status: response.statusCode ?? 0 });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
});
