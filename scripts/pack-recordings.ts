// Packs recorded exchanges with the original into test/conformance/fixtures/*.jsonl.gz (read by test/conformance/exchange.ts).
// Run: node scripts/pack-recordings.ts <directory>
// The directory holds one folder for each situation (scenarios one level deeper) with NAME.request (raw bytes sent),
// NAME.response (status line, headers, blank line, body) and, for streams, NAME.records (seconds, tab, JSON; a last
// line that begins with `#` says how it ended). `executor-api/env.json` is the environment of that executor. A response that begins with `!!` says that the original hung up. Same input, same output.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Body, Exchange, RecordedRequest, RecordedResponse } from '../test/conformance/exchange.ts';

const OUTPUT = fileURLToPath(new URL('../test/conformance/fixtures/', import.meta.url));

/** Situation → file; the first that matches. Nothing is packed of those that match none. */
const GROUPS: readonly (readonly [string, RegExp])[] = [
  ['master', /^master-/],
  ['agent', /^agent-/],
  ['operator', /^operator-/],
  ['errors', /^errors-/],
  ['scheduler', /^scheduler\//],
  ['executor', /^executor-api/],
  ['protobuf', /^protobuf/],
  ['auth', /^auth/],
];

/** `dir/name` → what must exist before it can be answered alike; the first that matches. */
const NEEDS: readonly (readonly [string, RegExp])[] = [
  ['authentication', /^auth\//],
  ['executors', /^errors-master-endpoints\/.*container/i],
  ['volumes', /^(agent|master)-volume\/|volume/i],
  ['maintenance', /maintenance|machine/i],
  ['draining', /drain|deactivat|reactivat/i],
  // Of sessions that had done such things before.
  ['executors', /^master-invalid-after\//],
  ['volumes', /^master-failover0\//],
  ['draining', /^(operator-subscribe\/mutations-D|operator-calls\/GET-state-gone)$/],
  ['maintenance', /^operator-subscribe\/mutations-M$/],
  ['quota', /quota/i],
  ['reservations', /reserve/i],
];

const ASKED_OF_AGENTS = /^(agent-|executor-api|errors-agent|errors-executor|operator-calls\/agent-)/;

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('Usage: node scripts/pack-recordings.ts <directory of recordings>\n');
  process.exitCode = 2;
} else {
  pack(directory);
}

function pack(root: string): void {
  const groups = new Map<string, Exchange[]>();
  for (const path of requestFiles(root)) {
    const dir = relative(root, join(path, '..'));
    const group = GROUPS.find(([, pattern]) => pattern.test(`${dir}/`))?.[0];
    if (group === undefined) continue;
    groups.set(group, [...(groups.get(group) ?? []), exchange(path, dir)]);
  }
  mkdirSync(OUTPUT, { recursive: true });
  for (const [group, exchanges] of groups) {
    const text = exchanges.map((one) => `${JSON.stringify(one)}\n`).join('');
    writeFileSync(join(OUTPUT, `${group}.jsonl.gz`), gzipSync(text, { level: 9 }));
    process.stdout.write(`${group}: ${exchanges.length} exchanges\n`);
  }
  copyFileSync(join(root, 'executor-api', 'env.json'), join(OUTPUT, 'executor-environment.json'));
}

function requestFiles(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => {
      if (statSync(path).isDirectory()) return requestFiles(path);
      return path.endsWith('.request') ? [path] : [];
    });
}

function exchange(path: string, dir: string): Exchange {
  const name = basename(path, '.request');
  const stem = path.slice(0, -'.request'.length);
  const needs = NEEDS.find(([, pattern]) => pattern.test(`${dir}/${name}`))?.[0];
  const lines = optionalLines(`${stem}.records`);
  const records = lines?.filter((line) => !line.startsWith('#'));
  const end = lines?.find((line) => line.startsWith('#'));
  return {
    dir,
    name,
    daemon: ASKED_OF_AGENTS.test(`${dir}/${name}`) ? 'agent' : 'master',
    ...(needs === undefined ? {} : { needs }),
    request: request(readFileSync(path)),
    response: response(readFileSync(`${stem}.response`)),
    ...(records === undefined ? {} : { records: records.map(record) }),
    ...(end === undefined ? {} : { end }),
  };
}

function optionalLines(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function record(line: string): readonly [number, unknown] {
  const tab = line.indexOf('\t');
  return [Number(line.slice(0, tab)), JSON.parse(line.slice(tab + 1))];
}

function request(bytes: Buffer): RecordedRequest | string {
  const { first, headers, body } = parts(bytes);
  const [method, target, version] = first.split(' ');
  if (method === undefined || target === undefined || version === undefined) return bytes.toString('latin1');
  return { method, target, version, headers, ...bodyOf(body) };
}

function response(bytes: Buffer): RecordedResponse | { closed: string } {
  if (bytes.subarray(0, 2).toString() === '!!') return { closed: bytes.toString().slice(2).trim() };
  const { first, headers, body } = parts(bytes);
  return { status: Number(first.split(' ')[1]), headers, ...bodyOf(body) };
}

function parts(bytes: Buffer): { first: string; headers: [string, string][]; body: Buffer } {
  const blank = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, blank === -1 ? bytes.length : blank).toString('latin1');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return { first, headers, body: blank === -1 ? Buffer.alloc(0) : bytes.subarray(blank + 4) };
}

function bodyOf(bytes: Buffer): Body {
  if (bytes.length === 0) return {};
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString('base64') };
}
