// Which run `mctl job logs` shows, and whom it asks for what that wrote.
import { expect, test } from 'vitest';
import { runLogs, runToShow } from '../../../src/cli/chronos/logs.ts';
import { Problem } from '../../../src/cli/problem.ts';
import type { ChronosClient, ChronosRun } from '../../../src/client/chronos.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import { type ClientRequest, type ClientResponse, type Net, NetError } from '../../../src/world/net.ts';
import { VirtualClock } from '../../daemon/marathon/support/virtual-clock.ts';

const SANDBOX = `http://agent:5051/files/browse?path=${encodeURIComponent('/w/runs/c1')}`;

function run(number: number, taskId: string | null, more: Partial<ChronosRun> = {}): ChronosRun & { taskId: string } {
  const times = { due: '', start: null, end: '2026-02-01T00:00:00Z' };
  const of = { number, taskId, cause: 'schedule', attempt: 0, state: 'success', agentHost: 'agent', message: '' };
  return { ...of, ...times, ...more } as ChronosRun & { taskId: string };
}

const client = (runs: readonly ChronosRun[]): ChronosClient =>
  ({ runs: async () => [...runs] }) as unknown as ChronosClient;

test('a run is meant by its number, never by these digits in an id, or by a part of its id; without any it is the newest that was launched', async () => {
  const runs = [run(3, null), run(2, 'ct:1111:0:a:'), run(1, 'ct:1000:0:a:')];
  const shown = async (given?: string) => (await runToShow(client(runs), 'a', given)).number;
  expect(await shown('1')).toBe(1);
  expect(await shown('ct:1000:0:a:')).toBe(1);
  expect(await shown('000')).toBe(1);
  expect(await shown()).toBe(2);
  expect(await shown(':1111:')).toBe(2);
  await expect(shown('7')).rejects.toThrow(Problem);
  await expect(shown('11')).rejects.toThrow("a has no run '11'.");
  await expect(runToShow(client([run(1, null)]), 'a', undefined)).rejects.toThrow('a has not run yet.');
  const waiting = runToShow(client([run(1, null, { end: null })]), 'a', undefined);
  await expect(waiting).rejects.toThrow('a has not run yet: its first run still waits.');
});

/** What is written of a run, with an agent and a master that answer so, and whom was asked. */
async function logsOf(shown: ChronosRun & { taskId: string }, { isAgentThere = true, hasFiles = true } = {}) {
  const asked: string[] = [];
  const request = async ({ url, body = '' }: ClientRequest): Promise<ClientResponse> => {
    const { host } = new URL(url);
    const call = JSON.parse(String(body)) as { read_file?: { path: string; offset: number } };
    asked.push(`${host} ${call.read_file?.path ?? ''}`.trim());
    if (host === 'agent:5051' && !isAgentThere) throw new NetError('refused', 'connection refused');
    const { path = '', offset = 0 } = call.read_file ?? {};
    const data = Buffer.from(offset > 0 ? '' : `of ${path}`).toString('base64');
    const answer =
      host === 'agent:5051'
        ? { type: 'READ_FILE', read_file: { size: 99, data } }
        : { type: 'GET_STATE', get_state: { get_agents: {} } };
    if (host === 'agent:5051' && !hasFiles) return { status: 404, headers: {}, body: Buffer.from('Not found') };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(answer)) };
  };
  const net = { request } as unknown as Net;
  const written: string[] = [];
  const files = ['stdout', 'stderr'].map((name) => ({
    name,
    write: (bytes: Uint8Array) => void written.push(`${name}: ${Buffer.from(bytes).toString('utf8')}`),
  }));
  const how = { lines: undefined, follow: false, files, world: { net, clock: new VirtualClock(0) } };
  const master = async () => new MasterClient({ net, addresses: ['master:5050'] });
  const error = await runLogs({ ...how, chronos: client([shown]), job: 'a', run: shown, master }).catch((e) => e);
  return { written, asked, error };
}

test('what a run wrote is read where Chronos says that it is; the master need not know its task any more', async () => {
  const { written, asked, error } = await logsOf(run(1, 'ct:1:0:a:', { sandbox: SANDBOX }));
  expect(error).toBeUndefined();
  expect(written).toEqual(['stdout: of /w/runs/c1/stdout', 'stderr: of /w/runs/c1/stderr']);
  expect(asked.filter((one) => one.startsWith('master'))).toEqual([]);
});

test('where Chronos does not know, or the agent is not there any more, the master is asked; what the agent said counts', async () => {
  const unknown = await logsOf(run(1, 'ct:1:0:a:'));
  expect(unknown.asked.every((one) => one.startsWith('master'))).toBe(true);
  expect(unknown.error).toBeInstanceOf(Problem);
  const gone = await logsOf(run(1, 'ct:1:0:a:', { sandbox: SANDBOX }), { isAgentThere: false });
  expect(gone.asked.some((one) => one.startsWith('master'))).toBe(true);
  expect(gone.error.message).toContain('does not answer at http://agent:5051');
});

test('of a run whose command never began it is said why, and not that a file is missing', async () => {
  const failed = run(4, 'ct:1:0:a:', { sandbox: SANDBOX, state: 'failure', message: 'no such image' });
  const { error } = await logsOf(failed, { hasFiles: false });
  expect(error).toMatchObject({ exitCode: 3, text: { why: 'no such image' } });
  expect(error.message).toContain('Run 4 of a wrote nothing');
});
