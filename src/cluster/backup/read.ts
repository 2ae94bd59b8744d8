// Reads a backup, all of it before anything of it is believed.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_VALUE_BYTES } from '../store.ts';
import { BACKUP_FORMAT, type BackupEntry, type BackupHeader } from './format.ts';

/** A backup that is whole. */
export interface Backup extends BackupHeader {
  /** Sorted by the bytes of their keys, none twice; as many as the header says. */
  readonly content: readonly BackupEntry[];
  readonly sha256: string;
}

/**
 * `not-a-backup`: it is something else. `newer-format`: made by a later version. `damaged`: it is not what was written;
 * `truncated`: its end is missing.
 */
export type BackupErrorCode = 'not-a-backup' | 'newer-format' | 'damaged' | 'truncated';

/** `message` is a sentence without a full stop, fit for people. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;
  constructor(code: BackupErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Values with their keys are far shorter; what is longer is no backup. */
const MAX_LINE_BYTES = 2 * MAX_VALUE_BYTES;

const HEADER = z.object({ kind: z.string(), mctl: z.string(), entries: z.number().int().nonnegative() });
const FORMAT = z.object({ 'mctl-backup': z.number().int().positive() });
const END = z.strictObject({ sha256: z.string() });

/**
 * The backup that these bytes are. `progress` is told how many entries have been read, of how many, after every chunk.
 * Throws BackupError; and whatever `chunks` throws.
 */
export async function readBackup(
  chunks: AsyncIterable<Uint8Array>,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<Backup> {
  const reading = new Reading();
  for await (const chunk of chunks) {
    reading.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    progress(reading.content.length, reading.header?.entries ?? 0);
  }
  return reading.end();
}

class Reading {
  header: BackupHeader | undefined;
  readonly content: BackupEntry[] = [];
  readonly #hash = createHash('sha256');
  #line = 0;
  /** Bytes of a line whose end has not come. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #lastKey: Buffer | undefined;
  #sha256: string | undefined;

  take(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#lineEnds(this.#whole(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#begin(chunk.subarray(start));
  }

  end(): Backup {
    if (this.header === undefined) {
      if (this.#begunBytes === 0) throw new BackupError('truncated', 'It is empty');
      headerOf(Buffer.concat(this.#begun).toString('utf8'));
      throw new BackupError('truncated', 'It ends after its first line');
    }
    if (this.#sha256 === undefined) {
      const { entries } = this.header;
      throw new BackupError('truncated', `Its end is missing: it has ${this.content.length} of ${entries} entries`);
    }
    if (this.#begunBytes > 0) throw this.#damaged('there is something after its end');
    return { ...this.header, content: this.content, sha256: this.#sha256 };
  }

  #begin(part: Buffer): void {
    this.#begunBytes += part.length;
    if (this.#begunBytes > MAX_LINE_BYTES)
      throw this.header === undefined ? notOne() : this.#damaged('a line is too long');
    this.#begun.push(part);
  }

  #whole(rest: Buffer): Buffer {
    if (this.#begunBytes === 0) return rest;
    const line = Buffer.concat([...this.#begun, rest]);
    this.#begun = [];
    this.#begunBytes = 0;
    return line;
  }

  #lineEnds(line: Buffer): void {
    this.#line++;
    if (this.#sha256 !== undefined) throw this.#damaged('there is something after its end');
    const { header } = this;
    if (header !== undefined && !line.subarray(0, KEY_START.length).equals(KEY_START)) {
      this.#checksum(line.toString('utf8'), header);
      return;
    }
    if (header === undefined) this.header = headerOf(line.toString('utf8'));
    else this.#entry(line);
    this.#hash.update(line).update('\n');
  }

  #entry(line: Buffer): void {
    const entry = entryOf(line);
    if (entry === undefined) throw this.#damaged('it is no entry');
    const key = Buffer.from(entry.key);
    if (this.#lastKey !== undefined && Buffer.compare(this.#lastKey, key) >= 0)
      throw this.#damaged('it is out of order');
    if (entry.value.length > MAX_VALUE_BYTES) throw this.#damaged('its value is too long');
    this.#lastKey = key;
    this.content.push(entry);
  }

  #checksum(text: string, header: BackupHeader): void {
    const told = END.safeParse(json(text)).data?.sha256;
    if (told === undefined) throw this.#damaged('it is no entry');
    const sha256 = this.#hash.digest('hex');
    if (told !== sha256) throw new BackupError('damaged', 'Its checksum is not that of its content');
    if (this.content.length !== header.entries) {
      throw new BackupError('damaged', `It has ${this.content.length} entries, and says ${header.entries}`);
    }
    this.#sha256 = sha256;
  }

  #damaged(why: string): BackupError {
    return new BackupError('damaged', `Line ${this.#line}: ${why}`);
  }
}

const KEY_START = Buffer.from('{"key":');
const JSON_MEMBER = ',"json":';
const BASE64_MEMBER = ',"base64":"';

function headerOf(text: string): BackupHeader {
  const content = json(text);
  const format = FORMAT.safeParse(content).data?.['mctl-backup'];
  if (format === undefined) throw notOne();
  const { data } = HEADER.safeParse(content);
  if (format > BACKUP_FORMAT) {
    const by = data === undefined ? 'a newer mctl' : `mctl ${data.mctl}`;
    throw new BackupError(
      'newer-format',
      `It is of format ${format}, made by ${by}; this mctl reads up to ${BACKUP_FORMAT}`,
    );
  }
  if (data === undefined) throw new BackupError('damaged', 'Line 1: something is missing in it');
  return data;
}

/** Values are cut out of the line, not read and written again: they are exact to the byte. */
function entryOf(line: Buffer): BackupEntry | undefined {
  const keyEnd = endOfText(line, KEY_START.length);
  if (keyEnd === undefined || line.at(-1) !== CLOSING_BRACE) return undefined;
  const key = json(line.toString('utf8', KEY_START.length, keyEnd));
  if (typeof key !== 'string') return undefined;
  if (startsAt(line, keyEnd, JSON_MEMBER)) {
    // A copy: a part would keep the whole chunk in memory.
    return { key, value: Buffer.from(line.subarray(keyEnd + JSON_MEMBER.length, -1)) };
  }
  if (!startsAt(line, keyEnd, BASE64_MEMBER) || line.at(-2) !== QUOTE) return undefined;
  const text = line.toString('latin1', keyEnd + BASE64_MEMBER.length, line.length - 2);
  const value = Buffer.from(text, 'base64');
  return value.toString('base64') === text ? { key, value } : undefined;
}

const QUOTE = 34;
const BACKSLASH = 92;
const CLOSING_BRACE = 125;

/** Behind the closing quote of the JSON text that begins there. */
function endOfText(line: Buffer, start: number): number | undefined {
  if (line[start] !== QUOTE) return undefined;
  for (let index = start + 1; index < line.length; index++) {
    if (line[index] === QUOTE) return index + 1;
    if (line[index] === BACKSLASH) index++;
  }
  return undefined;
}

function startsAt(line: Buffer, index: number, text: string): boolean {
  return line.toString('latin1', index, index + text.length) === text;
}

/** Undefined when it is none. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says where that is.
    return undefined;
  }
}

const notOne = (): BackupError => new BackupError('not-a-backup', 'It does not begin as a backup of mctl does');
