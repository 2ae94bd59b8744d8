import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttachedFiles } from '../../../src/daemon/serving/files/attached-files.ts';
import { listFiles, readFile } from '../../../src/daemon/serving/files/file-calls.ts';
import { modeText } from '../../../src/daemon/serving/files/file-info.ts';
import { fileRoutes } from '../../../src/daemon/serving/files/routes.ts';
import { Router } from '../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../src/daemon/serving/http/service.ts';
import { quietWorld, RecordingWriter, send } from './requests.ts';

const world = quietWorld();
const files = new AttachedFiles(world.disk);
const handler = createService(world, new Router([]).add(...fileRoutes(world, files)));
let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'mctl-files-')));
  mkdirSync(join(root, 'box/sub'), { recursive: true });
  writeFileSync(join(root, 'secret'), 'secret');
  writeFileSync(join(root, 'box/stdout'), 'hello\nbye\n', { mode: 0o644 });
  writeFileSync(join(root, 'box/page.html'), '<p>');
  writeFileSync(join(root, 'box/big'), 'a'.repeat(100_000));
  writeFileSync(join(root, 'box/huge'), Buffer.alloc(5 * 1024 * 1024, 'h'));
  writeFileSync(join(root, 'box/latin'), Buffer.from([0xe4, 0x22, 0x0a, 0xf6]));
  symlinkSync(join(root, 'secret'), join(root, 'box/leak'));
  symlinkSync('stdout', join(root, 'box/inside'));
  symlinkSync('nowhere', join(root, 'box/dangling'));
  files.attach('/box', join(root, 'box'));
  files.attach('/frameworks/f/runs/latest', join(root, 'box/sub'));
  files.attach('/master/log', join(root, 'box/stdout'));
});

afterAll(async () => {
  await world.close();
  rmSync(root, { recursive: true });
});

const query = (endpoint: string, path: string, more = '') => send(handler, `/files/${endpoint}?path=${path}${more}`);

describe('/files/browse', () => {
  it('lists a directory sorted by path, without what leads nowhere', async () => {
    const rows = JSON.parse((await query('browse', '/box')).text);
    expect(rows.map((row: { path: string }) => row.path)).toEqual(
      ['big', 'huge', 'inside', 'latin', 'leak', 'page.html', 'stdout', 'sub'].map((name) => `/box/${name}`),
    );
    const stdout = rows.find((row: { path: string }) => row.path === '/box/stdout');
    expect(stdout).toMatchObject({ mode: '-rw-r--r--', size: 10, nlink: 1 });
    expect(Object.keys(stdout)).toEqual(['gid', 'mode', 'mtime', 'nlink', 'path', 'size', 'uid']);
    expect(Number.isInteger(stdout.mtime)).toBe(true);
  });

  it('lists nothing for a file', async () => {
    expect(await query('browse', '/box/stdout')).toMatchObject({ status: 200, text: '[]' });
    expect(await query('browse', '/master/log')).toMatchObject({ status: 200, text: '[]' });
  });

  it.each(['/', '/nope', '/boxes', '/box/nope', '/master', '/frameworks/f', '/master/log/x'])(
    'answers %s, where nothing is shown, with an empty 404',
    async (path) => {
      expect(await query('browse', path)).toMatchObject({ status: 404, text: '' });
    },
  );

  it.each(['/box/../secret', '/box/leak', '/box/sub/../../secret'])('lets nobody out through %s', async (path) => {
    expect(await query('read', path, '&offset=0')).toMatchObject({ status: 400, text: `'${path}' is inaccessible.\n` });
  });

  it('follows links that stay inside, and attachments of any depth', async () => {
    expect(JSON.parse((await query('read', '/box/inside', '&offset=0')).text).data).toBe('hello\nbye\n');
    expect(await query('browse', '/frameworks/f/runs/latest')).toMatchObject({ status: 200, text: '[]' });
    expect((await query('browse', '//box//sub/')).status).toBe(200);
  });
});

describe('/files/read', () => {
  it.each([
    ['', { data: '', offset: 10 }],
    ['&offset=-1', { data: '', offset: 10 }],
    ['&offset=0', { data: 'hello\nbye\n', offset: 0 }],
    ['&offset=6&length=3', { data: 'bye', offset: 6 }],
    ['&offset=0&length=-1', { data: 'hello\nbye\n', offset: 0 }],
    ['&offset=100', { data: '', offset: 100 }],
  ])('with %s gives %j', async (more, expected) => {
    expect(JSON.parse((await query('read', '/box/stdout', more)).text)).toEqual(expected);
  });

  it('gives at most 64 KiB at once', async () => {
    expect(JSON.parse((await query('read', '/box/big', '&offset=0&length=99999')).text).data.length).toBe(65536);
  });

  it('gives the bytes as they are, whatever they are', async () => {
    const { bytes } = await query('read', '/box/latin', '&offset=0');
    expect(Buffer.from(bytes).toString('latin1')).toBe('{"data":"\xe4\\"\\n\xf6","offset":0}');
  });

  it.each([
    ['/box/stdout', '&offset=x', "Failed to parse offset: Failed to convert 'x' to number.\n"],
    ['/box/stdout', '&offset=0&length=x', "Failed to parse length: Failed to convert 'x' to number.\n"],
    ['/box/stdout', '&offset=0&length=-5', 'Negative length provided: -5.\n'],
    ['/box/stdout', '&offset=-2', 'Negative offset provided: -2.\n'],
    ['/box', '&offset=0', 'Cannot read a directory.\n'],
  ])('%s with %s is refused', async (path, more, text) => {
    expect(await query('read', path, more)).toMatchObject({ status: 400, text });
  });

  it.each(['browse', 'read', 'download'])('%s needs a path', async (endpoint) => {
    expect(await send(handler, `/files/${endpoint}`)).toMatchObject({
      status: 400,
      text: "Expecting 'path=value' in query.\n",
    });
  });
});

describe('/files/download', () => {
  it('gives a whole file under its own name and type', async () => {
    expect(await query('download', '/box/stdout')).toMatchObject({
      status: 200,
      text: 'hello\nbye\n',
      headers: { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename=stdout' },
    });
    expect((await query('download', '/box/page.html')).headers['content-type']).toBe('text/html');
  });

  it('sends a large file in pieces, no faster than it is taken', async () => {
    const { response } = await query('download', '/box/huge');
    const { body } = response;
    if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('not a stream');
    const writer = new RecordingWriter();
    body.start(writer);
    await world.clock.sleep(100);
    expect(writer.bufferedBytes).toBeLessThan(2 * 1024 * 1024);
    while (writer.isOpen) {
      writer.take();
      await world.clock.sleep(5);
    }
    expect(writer.chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(5 * 1024 * 1024);
  });

  it('refuses directories and what is not there', async () => {
    expect(await query('download', '/box')).toMatchObject({ status: 400, text: 'Cannot download a directory.\n' });
    expect(await query('download', '/nope')).toMatchObject({ status: 404, text: '404 Not Found.' });
  });
});

it('shows what is attached where', async () => {
  expect(JSON.parse((await send(handler, '/files/debug')).text)['/box']).toBe(join(root, 'box'));
});

it('shows nothing of what was detached', async () => {
  files.attach('/old', join(root, 'box'));
  expect((await query('browse', '/old')).status).toBe(200);
  files.detach('/old');
  expect((await query('browse', '/old')).status).toBe(404);
});

describe('the file calls', () => {
  it('describe entries with type bits and nanoseconds', async () => {
    const listed = await listFiles(files, world.host, '/box');
    if (listed.kind !== 'ok') throw new Error('refused');
    const stdout = listed.value.file_infos?.find((info) => info.path === '/box/stdout');
    expect(stdout).toMatchObject({ mode: 0o100644, size: 10 });
    expect((stdout?.mtime?.nanoseconds ?? 0) % 1e9).toBe(0);
    expect(await listFiles(files, world.host, '/master/log')).toEqual({ kind: 'ok', value: {} });
    expect(await listFiles(files, world.host, '/')).toMatchObject({
      kind: 'refused',
      response: { status: 404, body: '' },
    });
  });

  it('read a part in base64 with the size of the whole', async () => {
    const part = await readFile(files, { path: '/master/log', offset: 6, length: 3 });
    expect(part).toEqual({ kind: 'ok', value: { size: 10, data: Buffer.from('bye').toString('base64') } });
  });
});

it.each([
  [0o40755, 'drwxr-xr-x'],
  [0o100640, '-rw-r-----'],
  [0o120777, 'lrwxrwxrwx'],
])('writes mode %o as %s', (mode, text) => {
  expect(modeText(mode)).toBe(text);
});
