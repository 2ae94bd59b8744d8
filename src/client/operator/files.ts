// Reading files that a daemon shows: sandboxes and logs (mesos-api.md 10).
import { Call, Response } from '../../mesos/generated/agent.ts';
import type { ApiClient } from '../api-client.ts';
import { ApiError } from '../api-error.ts';

/** One entry of a directory. */
export interface RemoteFile {
  readonly path: string;
  readonly nlink: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** As `ls -l` shows it: `-rw-r--r--`. */
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
}

/** What one read gave. */
export interface FilePiece {
  /** Bytes from the offset asked for; empty at the end of the file. */
  readonly data: Uint8Array;
  /** Size of the whole file when it was read. */
  readonly size: number;
}

/** What one read answers at most; the original's cap (mesos-api.md 17.18). */
export const MAX_READ_BYTES = 64 * 1024;

/** Paths are virtual ones, as the daemon's /files has them. */
export class FilesClient {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Entries of a directory; `[]` for a file. Throws ApiError `not-found`. */
  async browse(path: string): Promise<RemoteFile[]> {
    const answer = await this.#api.getJson(`/files/browse?path=${encodeURIComponent(path)}`);
    if (!Array.isArray(answer)) throw this.#unreadable('/files/browse');
    return answer.map((entry: RemoteFile) => entry);
  }

  /** At most 64 KiB from `offset`. Throws ApiError `not-found`. */
  async read(path: string, offset: number, length = MAX_READ_BYTES): Promise<FilePiece> {
    // READ_FILE rather than /files/read: its data is base64, so that a character cut in two survives. The master's call
    // has the same shape.
    const call: Call = { type: 'READ_FILE', read_file: { path, offset, length } };
    const answer = (await this.#api.call('/api/v1', Call, call, Response))?.read_file;
    if (answer === undefined) throw this.#unreadable('READ_FILE');
    return { data: Buffer.from(answer.data, 'base64'), size: answer.size };
  }

  /** The whole file, byte for byte. */
  async download(path: string): Promise<Uint8Array> {
    const response = await this.#api.request({
      method: 'GET',
      path: `/files/download?path=${encodeURIComponent(path)}`,
    });
    return response.body;
  }

  #unreadable(what: string): ApiError {
    return new ApiError('unreadable', this.#api.address, `${this.#api.address} did not answer ${what} as expected`);
  }
}
