// Recorded exchanges with the original, as packed by scripts/pack-recordings.ts: one JSON object a line, gzipped, a file
// for each group of situations. `loadExchanges` reads them, `requestBytes` gives back what was sent, byte for byte.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface Body {
  /** One of the two: UTF-8 text, or base64 of what is not. Absent: no body. */
  readonly text?: string;
  readonly base64?: string;
}

export interface RecordedRequest extends Body {
  readonly method: string;
  readonly target: string;
  /** e.g. `HTTP/1.1` */
  readonly version: string;
  /** As sent, in order. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface RecordedResponse extends Body {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** One record of a stream: seconds since its request, and the JSON. */
export type StreamRecord = readonly [number, unknown];

export interface Exchange {
  /** The situation, e.g. `master-running` or `scheduler/lifecycle`. */
  readonly dir: string;
  /** The call, e.g. `GET-state` or `01-ACCEPT-launch`; the stream of a scenario is `stream`. Sorts in order of time. */
  readonly name: string;
  /** Who answered. */
  readonly daemon: 'master' | 'agent';
  /** What must exist before this can be answered alike; absent: due now. */
  readonly needs?: string;
  /** A string is what was sent instead of a request. */
  readonly request: RecordedRequest | string;
  /** `closed`: the original hung up (or crashed) without an answer. */
  readonly response: RecordedResponse | { readonly closed: string };
  /** Of streams. */
  readonly records?: readonly StreamRecord[];
  /** How the stream ended, in the recorder's words. */
  readonly end?: string;
}

const DIRECTORY = new URL('./fixtures/', import.meta.url);

/** What recordings waited for when they were packed, and need not any more. */
const BUILT: ReadonlySet<string> = new Set([
  'executors',
  'quota',
  'volumes',
  'reservations',
  'draining',
  'maintenance',
]);

let loaded: readonly Exchange[] | undefined;

/** All of them, in order of file, situation and name. */
export function loadExchanges(): readonly Exchange[] {
  loaded ??= readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .sort()
    .flatMap((name) =>
      gunzipSync(readFileSync(new URL(name, DIRECTORY)))
        .toString()
        .trimEnd()
        .split('\n'),
    )
    .map((line): Exchange => {
      const { needs, ...exchange }: Exchange = JSON.parse(line);
      return needs === undefined || BUILT.has(needs) ? exchange : { ...exchange, needs };
    });
  return loaded;
}

/** Those of a situation, or of several when `dir` ends with `*`. */
export function exchangesOf(dir: string): readonly Exchange[] {
  const prefix = dir.endsWith('*') ? dir.slice(0, -1) : undefined;
  return loadExchanges().filter((one) => (prefix === undefined ? one.dir === dir : one.dir.startsWith(prefix)));
}

export function bodyBytes(body: Body): Buffer {
  return body.base64 === undefined ? Buffer.from(body.text ?? '') : Buffer.from(body.base64, 'base64');
}

/** First value of a header, whatever its case. */
export function header(message: RecordedRequest | RecordedResponse, name: string): string | undefined {
  return message.headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

export function requestBytes({ request }: Exchange): Buffer {
  if (typeof request === 'string') return Buffer.from(request);
  const head = [
    `${request.method} ${request.target} ${request.version}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bodyBytes(request)]);
}
