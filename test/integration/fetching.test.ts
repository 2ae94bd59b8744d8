// Fetching on this very machine: real files, a real HTTP server, real archives.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandInfo_URI } from '../../src/mesos/generated/v1.ts';
import type { HttpRequest, HttpResponse, Listener } from '../../src/world/net.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';

const isRoot = process.getuid?.() === 0;
const has = (tool: string): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`SKIPPED: archives that need ${tool}, which this machine does not have`);
    return false;
  }
};

/** Serves the files; it outlives the fixtures. */
const server = createRealWorld({ log: { level: 'silent' } });
afterAll(() => server.close());

let fixture: Fixture;
let listener: Listener;
let requests: HttpRequest[];
let answers: Map<string, HttpResponse | (() => HttpResponse | Promise<HttpResponse>)>;

const url = (path: string): string => `http://127.0.0.1:${listener.port}${path}`;
const source = (name: string): string => join(fixture.directory, 'source', name);

async function start(changes: Parameters<typeof makeFixture>[0] = {}): Promise<void> {
  fixture = await makeFixture({ isolation: 'posix', ...changes });
  await mkdir(source(''));
}

/** Runs a command with these URIs. */
async function fetched(uris: CommandInfo_URI[], script = 'true', user?: string) {
  const config = await fixture.config(script, { uris, user });
  const { status } = await fixture.run(config);
  return {
    config,
    status,
    stdout: await fixture.stdout(config),
    in: (name: string) => readFile(join(config.sandbox, name), 'utf8'),
  };
}

async function refusal(value: string, rest: Record<string, unknown> = {}, user?: string): Promise<string> {
  const config = await fixture.config('true', { uris: [{ value, ...rest }], user });
  const error = await fixture.containerizer.launch(config).then(
    () => undefined,
    (cause: unknown) => cause as { code: string; message: string },
  );
  expect(error).toMatchObject({ name: 'ContainerError', code: 'fetch' });
  const left = (await readdir(config.sandbox)).filter((name) => name.startsWith('.'));
  expect(left).toEqual([]);
  return error?.message ?? '';
}

beforeEach(async () => {
  await start();
  requests = [];
  answers = new Map();
  listener = await server.net.listen({
    host: '127.0.0.1',
    port: 0,
    handler: (request) => {
      requests.push(request);
      const answer = answers.get(request.target);
      return (typeof answer === 'function' ? answer() : answer) ?? { status: 404 };
    },
  });
});
afterEach(async () => {
  await listener.close();
  await fixture.dispose();
});

describe('fetching', () => {
  test('brings files before the command runs, under their names, executable when asked for', async () => {
    await writeFile(source('data.txt'), 'data');
    answers.set('/run.sh', { status: 200, body: '#!/bin/sh\necho ran' });
    const {
      stdout,
      status,
      in: read,
    } = await fetched(
      [
        { value: source('data.txt'), output_file: 'sub/dir/renamed' },
        { value: url('/run.sh'), executable: true },
      ],
      'cat sub/dir/renamed; ./run.sh',
    );
    expect(status).toEqual({ kind: 'exited', code: 0 });
    expect(stdout).toBe('dataran\n');
    expect(await read('stderr')).toContain(`Fetching URI '${url('/run.sh')}'`);
  });

  test('unpacks what its name says is an archive, and leaves the archive', async () => {
    await mkdir(source('tree'));
    await writeFile(source('tree/inside'), 'inside');
    await writeFile(source('plain'), 'plain');
    const tar = (flags: string, name: string) => execFileSync('tar', [flags, source(name), '-C', source(''), 'tree']);
    tar('-czf', 'a.tgz');
    tar('-cf', 'b.tar');
    execFileSync('gzip', ['-k', source('plain')]);
    const uris = [
      { value: source('a.tgz') },
      { value: source('plain.gz') },
      { value: source('b.tar'), extract: false },
    ];
    const { stdout } = await fetched(uris, 'cat tree/inside plain; ls');
    expect(stdout).toBe('insideplaina.tgz\nb.tar\nplain\nplain.gz\nstderr\nstdout\ntree\n');
  });

  test.runIf(has('xz') && has('bzip2'))('knows xz and bzip2', async () => {
    await writeFile(source('one'), '1');
    await writeFile(source('two'), '2');
    execFileSync('tar', ['-cJf', source('a.tar.xz'), '-C', source(''), 'one']);
    execFileSync('tar', ['-cjf', source('b.tbz2'), '-C', source(''), 'two']);
    const { stdout } = await fetched([{ value: source('a.tar.xz') }, { value: source('b.tbz2') }], 'cat one two');
    expect(stdout).toBe('12');
  });

  test('an archive that is none fails the launch with what the tool said', async () => {
    await writeFile(source('bad.tar.gz'), 'this is no archive');
    expect(await refusal(source('bad.tar.gz'))).toMatch(
      /^Failed to launch container: Failed to fetch all URIs for container '.*': Failed to fetch '.*bad.tar.gz': .*cannot be extracted: .*gzip/s,
    );
  });

  test('nothing gets out of the sandbox: by .. in an archive, by a symlink of an archive, by a name', async () => {
    const outside = join(fixture.directory, 'outside');
    await mkdir(outside);
    await mkdir(source('deep'));
    await writeFile(source('evil'), 'evil');
    execFileSync('tar', [
      '-cPf',
      source('dots.tar'),
      '-C',
      source('deep'),
      '../evil',
      `--transform=s,^,../../outside/,`,
    ]);
    await symlink(outside, source('link'));
    execFileSync('tar', ['-cf', source('link.tar'), '-C', source(''), 'link']);
    await mkdir(source('second/link'), { recursive: true });
    await writeFile(source('second/link/through'), 'evil');
    execFileSync('tar', ['-cf', source('through.tar'), '-C', source('second'), 'link']);
    await refusal(source('dots.tar'));
    const { stdout } = await fetched(
      [{ value: source('link.tar') }, { value: source('through.tar') }],
      'cat link/through',
    );
    expect(stdout).toBe('evil');
    const config = await fixture.config('true', {
      uris: [{ value: source('link.tar') }, { value: source('evil'), output_file: 'link/direct' }],
    });
    await expect(fixture.containerizer.launch(config)).rejects.toThrow(/leaves the sandbox/);
    await refusal(source('evil'), { output_file: '../evil' });
    expect(await readdir(outside)).toEqual([]);
  });

  test('a symlink in place of the output is replaced, not written through', async () => {
    const outside = join(fixture.directory, 'outside');
    await writeFile(outside, 'precious');
    await symlink(outside, source('stdout'));
    await symlink(outside, source('data'));
    execFileSync('tar', ['-cf', source('links.tar'), '-C', source(''), 'stdout', 'data']);
    await writeFile(source('new'), 'new');
    const config = await fixture.config('true', {
      uris: [{ value: source('links.tar') }, { value: source('new'), output_file: 'data' }],
    });
    // stdout is a symlink now: the launch fails rather than write through it.
    await expect(fixture.containerizer.launch(config)).rejects.toMatchObject({ code: 'launch' });
    expect(await readFile(join(config.sandbox, 'data'), 'utf8')).toBe('new');
    expect(await readFile(outside, 'utf8')).toBe('precious');
  });

  test('what is not there, not a file, or not answered well fails with the reason', async () => {
    expect(await refusal(source('missing'))).toMatch(/there is no such file/);
    expect(await refusal('/dev/zero')).toMatch(/not a regular file/);
    expect(await refusal(source(''), { output_file: 'x' })).toMatch(/not a regular file/);
    expect(await refusal(url('/missing'))).toMatch(/HTTP status 404/);
    expect(await refusal('http://127.0.0.1:1/x')).toMatch(/ECONNREFUSED/);
    expect(await refusal('ftp://host/x')).toMatch(/'ftp' .* is not supported/);
    expect(await refusal('relative')).toMatch(/frameworks_home/);
  });

  test('redirects are followed, not for ever and not out of http', async () => {
    answers.set('/a', { status: 302, headers: { location: '/b/c' } });
    answers.set('/b/c', { status: 307, headers: { location: url('/end') } });
    answers.set('/end', { status: 200, body: 'arrived' });
    answers.set('/loop', { status: 302, headers: { location: '/loop' } });
    answers.set('/file', { status: 302, headers: { location: 'file:///etc/passwd' } });
    const { stdout } = await fetched([{ value: url('/a') }], 'cat a');
    expect(stdout).toBe('arrived');
    expect(await refusal(url('/loop'))).toMatch(/redirected more than 10 times/);
    expect(await refusal(url('/file'))).toMatch(/only http and https are followed/);
  });

  test('a download that stands still is given up', async () => {
    await fixture.dispose();
    await start({ fetcherStallTimeoutMs: 200 });
    answers.set('/slow', () => ({ status: 200, body: { start: (writer) => writer.write('some') } }));
    expect(await refusal(url('/slow'))).toMatch(/sent nothing for 0.2 s/);
  });

  test.each([false, true])(
    'a container that is killed while nobody answers is gone soon (cached: %s)',
    async (cache) => {
      await fixture.dispose();
      await start({ fetcherStallTimeoutMs: 60_000 });
      const asked = Promise.withResolvers<void>();
      const never = Promise.withResolvers<HttpResponse>();
      answers.set('/silent', () => {
        asked.resolve();
        return never.promise;
      });
      const config = await fixture.config('true', { uris: [{ value: url('/silent'), cache }] });
      const launch = fixture.containerizer.launch(config).catch((error: Error) => error.message);
      await asked.promise;
      await fixture.containerizer.destroy(config.containerId);
      expect(await launch).toMatch(/cancelled|destroyed during launching/);
      expect(fixture.containerizer.find(config.containerId)).toBeUndefined();
      never.resolve({ status: 404 });
    },
  );

  test('a download that breaks off, or is larger than allowed, fails', async () => {
    await fixture.dispose();
    await start({ fetcherMaxFileBytes: 1_000 });
    answers.set('/broken', () => ({
      status: 200,
      body: {
        start: (writer) => {
          writer.write('some');
          setTimeout(() => writer.abort(), 20);
        },
      },
    }));
    answers.set('/large', { status: 200, body: 'x'.repeat(1_001) });
    answers.set('/endless', () => ({ status: 200, body: { start: (writer) => writer.write('x'.repeat(5_000)) } }));
    await writeFile(source('large'), 'x'.repeat(1_001));
    expect(await refusal(url('/broken'))).toMatch(/Failed to fetch/);
    expect(await refusal(url('/large'))).toMatch(/has 1001 bytes, 1000 are allowed/);
    expect(await refusal(url('/endless'))).toMatch(/more than the 1000 bytes/);
    expect(await refusal(source('large'))).toMatch(/1000 are allowed/);
  });

  test('a large download arrives whole', async () => {
    const body = Buffer.alloc(20 * 2 ** 20, 'mctl');
    answers.set('/large', { status: 200, body });
    const { stdout } = await fetched([{ value: url('/large') }], 'cksum <large; cksum <large | wc -l');
    expect(stdout).toContain(String(body.length));
  });

  test('forbidden networks are refused, also by name and after a redirect', async () => {
    await fixture.dispose();
    await start({ fetcherForbiddenNetworks: ['127.0.0.0/9', '::1'] });
    expect(await refusal(url('/x'))).toMatch(/is forbidden on this agent/);
    expect(await refusal(`http://localhost:${listener.port}/x`)).toMatch(/is forbidden/);
    expect(requests).toEqual([]);
  });
});

describe('the fetch cache', () => {
  test('one download serves many, also at once; without cache each fetches for itself', async () => {
    answers.set('/a', { status: 200, body: 'cached' });
    const cached = { value: url('/a'), cache: true };
    const all = await Promise.all(Array.from({ length: 5 }, () => fetched([cached], 'cat a')));
    expect(all.map((one) => one.stdout)).toEqual(Array.from({ length: 5 }, () => 'cached'));
    expect(requests.filter((request) => request.method === 'GET')).toHaveLength(1);
    await fetched([{ value: url('/a') }]);
    expect(requests.filter((request) => request.method === 'GET')).toHaveLength(2);
  });

  test('who waits for the download of another gets it although that one is killed', async () => {
    const begun = Promise.withResolvers<void>();
    answers.set('/a', () => ({
      status: 200,
      headers: { 'content-length': '4' },
      body: {
        start: (writer) => {
          writer.write('ca');
          if (requests.at(-1)?.method === 'GET') begun.resolve();
        },
      },
    }));
    const uris = [{ value: url('/a'), cache: true }];
    const first = await fixture.config('true', { uris });
    const killed = fixture.containerizer.launch(first).catch((error: Error) => error.message);
    await begun.promise;
    const second = await fixture.config('cat a', { uris });
    const launched = fixture.containerizer.launch(second);
    await expect.poll(() => fixture.stderr(second).catch(() => '')).toContain('Fetching URI');
    answers.set('/a', { status: 200, body: 'cake' });
    await fixture.containerizer.destroy(first.containerId);
    expect(await killed).toMatch(/cancelled|destroyed during launching/);
    await launched;
    expect((await fixture.exitOf(second.containerId)).status).toEqual({ kind: 'exited', code: 0 });
    expect(await fixture.stdout(second)).toBe('cake');
    expect(await fixture.stderr(second)).toMatch(/did not get into the cache/);
  });

  test('an archive from the cache is unpacked, and does not itself come into the sandbox', async () => {
    await writeFile(source('inside'), 'inside');
    execFileSync('tar', ['-czf', source('a.tgz'), '-C', source(''), 'inside']);
    for (let round = 0; round < 2; round++) {
      const { stdout } = await fetched([{ value: source('a.tgz'), cache: true }], 'cat inside; ls');
      expect(stdout).toBe('insideinside\nstderr\nstdout\n');
    }
  });

  test('what is too large for it, or of unknown size, goes past it; a failed download is forgotten', async () => {
    answers.set('/large', { status: 200, body: 'x'.repeat(2 * 2 ** 20) });
    answers.set('/unknown', () => ({
      status: 200,
      body: {
        start: (writer) => {
          writer.write('text');
          writer.end();
        },
      },
    }));
    const { config } = await fetched([
      { value: url('/large'), cache: true },
      { value: url('/unknown'), cache: true },
    ]);
    expect(await fixture.stderr(config)).toMatch(
      /large' is not cached: there is no room.*unknown' is not cached: its size/s,
    );
    answers.set('/flaky', { status: 500 });
    await refusal(url('/flaky'), { cache: true });
    answers.set('/flaky', { status: 200, body: 'now' });
    expect((await fetched([{ value: url('/flaky'), cache: true }], 'cat flaky')).stdout).toBe('now');
  });

  test('is empty after a restart', async () => {
    await fetched([{ value: source('x'), cache: true }].slice(1));
    answers.set('/a', { status: 200, body: 'one' });
    await fetched([{ value: url('/a'), cache: true }]);
    expect(await readdir(fixture.options.fetcherCacheDir)).not.toEqual([]);
    const again = await makeFixture({ ...fixture.options }, fixture.directory);
    expect(await readdir(fixture.options.fetcherCacheDir).catch(() => [])).toEqual([]);
    await again.containerizer.close();
    await again.world.close();
  });
});

describe.skipIf(!isRoot)('fetching as another user', () => {
  test('what that user may not read is not fetched, what he may belongs to him', async () => {
    await chmod(fixture.directory, 0o755);
    await writeFile(source('secret'), 'secret', { mode: 0o600 });
    await writeFile(source('public'), 'public');
    answers.set('/a', { status: 200, body: 'a' });
    expect(await refusal(source('secret'), {}, 'nobody')).toMatch(/Permission denied/);
    expect(await refusal(source('secret'), { cache: true }, 'nobody')).toMatch(/Permission denied/);
    await fetched([{ value: source('secret'), cache: true }]);
    expect(await refusal(source('secret'), { cache: true }, 'nobody')).toMatch(/Permission denied/);
    const { stdout } = await fetched(
      [{ value: source('public') }, { value: url('/a'), cache: true, output_file: 'd/a' }],
      'stat -c %U public d d/a; echo more >>d/a; cat d/a',
      'nobody',
    );
    expect(stdout).toBe('nobody\nnobody\nnobody\namore\n');
  });
});
