// Replays recorded requests against a live cluster and tells how our answers differ from the recorded ones.
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import { compareAnswers } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import { bodyBytes, type Exchange, header, requestBytes } from '../exchange.ts';
import { Renaming } from '../renaming.ts';
import { type RawAnswer, sendRaw } from './raw-exchange.ts';

/** What a recorded request says of its own run, and what to say instead. Longer names first. */
export type Names = ReadonlyMap<string, string>;

export interface Replayed {
  readonly exchange: Exchange;
  readonly answer: RawAnswer;
  /** What differs and is not told in deviations.ts. */
  readonly unexpected: readonly string[];
  /** Deviations that are told there and did not show. */
  readonly notSeen: readonly string[];
}

export async function replay(
  exchange: Exchange,
  port: number,
  names: Names = new Map(),
  renaming = new Renaming(),
  /** Names of ours in answers, such as directories, and what the recorded ones were called. */
  places: Names = new Map(),
): Promise<Replayed> {
  const { request, response } = exchange;
  const isHead = typeof request !== 'string' && request.method === 'HEAD';
  const isStream = 'status' in response && header(response, 'Transfer-Encoding') === 'chunked';
  const answer = placed(
    await sendRaw(port, renamed(requestBytes(exchange), names), {
      isHead,
      ...(isStream && { streamForMs: 300, isEnough: (body) => recordsIn(body) >= recordsIn(bodyBytes(response)) }),
    }),
    places,
  );
  const differences = differencesOf(exchange, answer, renaming);
  const deviations = deviationsOf(`${exchange.dir}/${exchange.name}`);
  return {
    exchange,
    answer,
    unexpected: differences.filter((line) => !deviations.some(({ shows }) => shows.test(line))),
    notSeen: deviations
      .filter(({ shows, isAlways }) => isAlways && !differences.some((line) => shows.test(line)))
      .map(({ shows }) => String(shows)),
  };
}

function differencesOf(exchange: Exchange, answer: RawAnswer, renaming: Renaming): string[] {
  if ('closed' in answer) return 'closed' in exchange.response ? [] : [`we hung up (${answer.closed})`];
  return compareAnswers(exchange, answer, { renaming });
}

/** How many whole records of RecordIO there are. */
function recordsIn(body: Buffer): number {
  return new RecordDecoder().push(body).length;
}

/** Content-Length follows when a name is longer or shorter than the recorded one. */
function renamed(bytes: Buffer, names: Names): Buffer {
  if (names.size === 0) return bytes;
  let text = bytes.toString('latin1');
  for (const [recorded, ours] of names) text = text.replaceAll(recorded, ours);
  const end = text.indexOf('\r\n\r\n');
  const length = text.length - end - 4;
  return Buffer.from(text.replace(/^Content-Length: \d+/im, `Content-Length: ${length}`), 'latin1');
}

function placed(answer: RawAnswer, places: Names): RawAnswer {
  if ('closed' in answer || places.size === 0) return answer;
  let text = bodyBytes(answer).toString('latin1');
  for (const [ours, recorded] of places) text = text.replaceAll(ours, recorded);
  return { ...answer, base64: Buffer.from(text, 'latin1').toString('base64') };
}
