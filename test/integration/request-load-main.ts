// A steady stream of GETs in a process of its own: as many a second as it is told, whatever becomes of them. Every other
// request opens a connection of its own; the rest reuse connections, and as browsers do, try once more when a connection
// that was idle is closed under them. Messages from the parent: `{targets}`, `'stop'`; the answer to stop is RequestCounts.
import { Agent } from 'undici';

export interface RequestCounts {
  readonly sent: number;
  readonly answered: number;
  readonly seconds: number;
  readonly retriedByClient: number;
  /** By what went wrong. */
  readonly lost: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly examples: readonly string[];
  readonly slowestMs: number;
  readonly medianMs: number;
}

const TICK_MS = 10;
const SLOW_PER_SECOND = 5;
/** Longer than any pause that is no loss: HAProxy waits up to 30 s for a server. */
const PATIENCE_MS = 20_000;
/** When nothing is answered any more, memory must not grow without end. */
const MOST_WAITING = 5_000;

const rate = Number(process.argv[2]);
const patience = { headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS, connectTimeout: PATIENCE_MS };
const reusing = new Agent({ ...patience, connections: 20, keepAliveTimeout: 500 });
const opening = new Agent({ ...patience, connections: 1_000, pipelining: 0 });
const lost: Record<string, number> = {};
const examples: string[] = [];
const times: number[] = [];
const waiting = new Set<Promise<void>>();
let targets: readonly string[] = [];
let sent = 0;
let answered = 0;
let retriedByClient = 0;
let slowestMs = 0;

async function send(number: number): Promise<void> {
  const isSlow = number % Math.round(rate / SLOW_PER_SECOND) === 0;
  const url = `${targets[number % targets.length]}${isSlow ? '/slow' : '/'}`;
  const start = performance.now();
  const isReusing = number % 2 === 0;
  const [dispatcher, reset] = isReusing ? [reusing, false] : [opening, true];
  try {
    await get(url, dispatcher, reset, isReusing);
    answered += 1;
  } catch (error) {
    const what = describe(error);
    lost[what] = (lost[what] ?? 0) + 1;
    if (examples.length < 20)
      examples.push(`${new Date().toISOString()} ${url} ${isReusing ? 'reused' : 'new'}: ${what}`);
  }
  const tookMs = performance.now() - start;
  if (!isSlow) slowestMs = Math.max(slowestMs, tookMs);
  if (number % 50 === 1) times.push(tookMs);
}

async function get(url: string, dispatcher: Agent, reset: boolean, mayRetry: boolean): Promise<void> {
  const { origin, pathname } = new URL(url);
  try {
    const { statusCode, body } = await dispatcher.request({ origin, path: pathname, method: 'GET', reset });
    await body.text();
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (!mayRetry || (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET' && code !== 'EPIPE')) throw error;
    retriedByClient += 1;
    await get(url, opening, true, false);
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code === undefined ? message : `${code}: ${message}`;
}

const startMs = performance.now();
const timer = setInterval(() => {
  if (targets.length === 0) return;
  const due = ((performance.now() - startMs) / 1000) * rate;
  while (sent < due && waiting.size < MOST_WAITING) {
    const request = send(sent++).finally(() => waiting.delete(request));
    waiting.add(request);
  }
}, TICK_MS);

process.on('message', async (message: 'stop' | { readonly targets: readonly string[] }) => {
  if (message !== 'stop') {
    targets = message.targets;
    return;
  }
  clearInterval(timer);
  const seconds = (performance.now() - startMs) / 1000;
  await Promise.all(waiting);
  times.sort((a, b) => a - b);
  const counts: RequestCounts = {
    sent,
    answered,
    seconds,
    retriedByClient,
    lost,
    examples,
    slowestMs: Math.round(slowestMs),
    medianMs: Math.round(times[times.length >> 1] ?? 0),
  };
  process.send?.(counts, () => process.exit(0));
});
