// Reads answers over HTTP in a thread of its own, so that the reading does not take time from the daemon that is measured.
// The thread gets { url, method, headers, body } and answers { seconds, bytes, status }.
import { request } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

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

export class HttpReader {
  readonly #worker = new Worker(new URL(import.meta.url));

  read(wanted: ReadRequest): Promise<ReadResult> {
    return new Promise((resolve, reject) => {
      this.#worker.once('message', (result: ReadResult | string) => {
        if (typeof result === 'string') reject(new Error(result));
        else resolve(result);
      });
      this.#worker.postMessage(wanted);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

if (!isMainThread) {
  parentPort?.on('message', ({ url, method, headers, body }: ReadRequest) => {
    const startedMs = performance.now();
    const sent = request(url, { method, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => {
        const seconds = (performance.now() - startedMs) / 1000;
        parentPort?.postMessage({ seconds, bytes, status: response.statusCode ?? 0 });
      });
    });
    sent.on('error', (error) => parentPort?.postMessage(error.message));
    sent.end(body);
  });
}
