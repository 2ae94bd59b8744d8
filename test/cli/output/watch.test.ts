// `--watch` while nobody answers.
import { afterEach, expect, test, vi } from 'vitest';
import { PLAIN } from '../../../src/cli/output/style.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { watchView } from '../../../src/cli/output/watch.ts';
import { ApiError } from '../../../src/client/operator.ts';

afterEach(() => void vi.restoreAllMocks());

const SILENT = new ApiError('unreachable', 'http://m', 'nobody');
const BROKEN = new ApiError('refused', 'http://m', 'no', { status: 400, said: 'no' });

/** What is printed and said while `looks` are seen one after the other, and what ends it. */
async function watched(...looks: (string | Error)[]) {
  return watchedFor(undefined, ...looks);
}

async function watchedFor(durationMs: number | undefined, ...looks: (string | Error)[]) {
  const out: string[] = [];
  const said: string[] = [];
  const terminal = {
    stdoutIsTty: false,
    columns: 80,
    rows: 24,
    style: PLAIN,
    data: (text: string) => void out.push(text),
    say: (text: string) => void said.push(text),
  } as unknown as Terminal;
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const load = async (): Promise<View> => {
    const look = looks.shift() ?? new Error('enough');
    if (look instanceof Error) throw look;
    return { data: look, names: [], body: { kind: 'details', items: [] } };
  };
  const pause = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  const end = await watchView(load, 'json', terminal, durationMs, pause).catch((error: unknown) => error);
  return { out, said, end };
}

test('says once that nobody answers, and goes on with who answers then', async () => {
  const { out, said, end } = await watched('a', SILENT, SILENT, 'b', SILENT, 'c');
  expect(out).toEqual(['"a"', '"b"', '"c"']);
  expect(said).toEqual(Array(2).fill(expect.stringMatching(/^No master answers at http:\/\/m\..* Trying again\.$/)));
  expect(end).toMatchObject({ message: 'enough' });
});

test('ends when nobody ever answered, when nobody does for a minute, and at every other error', async () => {
  expect((await watched(SILENT)).end).toBe(SILENT);
  const { said, end } = await watched('a', ...Array<Error>(90).fill(SILENT));
  expect([said.length, end]).toEqual([1, SILENT]);
  expect((await watched('a', BROKEN)).end).toBe(BROKEN);
  expect((await watchedFor(1_001, 'a', SILENT, 'b')).end).toBe(SILENT);
  expect((await watchedFor(2_001, 'a', SILENT, 'b')).end).toBeUndefined();
});
