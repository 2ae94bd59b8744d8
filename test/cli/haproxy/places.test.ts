import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { marathonPlaces } from '../../../src/cli/haproxy/places.ts';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-places-'));

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const places = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  marathonPlaces(readGiven(flags, env), env, async () => ['127.0.0.1:8080']);

describe('which Marathons', () => {
  test('several, as hosts or URLs', async () => {
    const { marathons } = await places({ marathon: ['http://m1:8080,m2:8080/', 'https://proxy/service/marathon'] });
    expect(marathons).toEqual(['http://m1:8080', 'http://m2:8080', 'https://proxy/service/marathon']);
  });

  test("those of the older bridge's file", async () => {
    const path = file('marathons', '# ours\nm1:8080\n\n m2:8080 \n');
    expect((await places({ 'marathons-file': path })).marathons).toEqual(['http://m1:8080', 'http://m2:8080']);
    await expect(places({ 'marathons-file': file('none', '#\n') })).rejects.toThrow('there is no Marathon');
  });

  test('otherwise that of the context', async () => {
    expect((await places({})).marathons).toEqual(['http://127.0.0.1:8080']);
  });

  test('an address with a password in it, or that is none, is refused', async () => {
    await expect(places({ marathon: ['http://u:secret@m1:8080'] })).rejects.toMatchObject({ exitCode: 2 });
    await expect(places({ marathon: ['http://u:secret@m1:8080'] })).rejects.not.toThrow('secret');
    for (const wrong of ['ftp://m1', 'ht!tp://m1', 'http://', 'm 1:8080']) {
      await expect(places({ marathon: [wrong] })).rejects.toMatchObject({ exitCode: 2 });
    }
    expect((await places({ marathon: ['[::1]:8080', '10.0.0.1:8080'] })).marathons).toEqual([
      'http://[::1]:8080',
      'http://10.0.0.1:8080',
    ]);
  });
});

describe('credentials', () => {
  test('basic auth from a file', async () => {
    const path = file('basic', 'u:p:w\n');
    const { headers } = await places({ 'marathon-auth-credential-file': path });
    expect(headers).toEqual({ authorization: `Basic ${Buffer.from('u:p:w').toString('base64')}` });
  });

  test('a token from a file', async () => {
    expect((await places({ 'token-file': file('token', 'eyJ.x\n') })).headers).toEqual({
      authorization: 'token=eyJ.x',
    });
  });

  test("the container's variables of the original", async () => {
    const { headers } = await places({}, { MARATHON_USER: 'u', MARATHON_PASSWORD: 'p' });
    expect(headers).toEqual({ authorization: 'Basic dTpw' });
  });

  test.each([
    ['no colon', 'secretpassword'],
    ['two lines', 'secretuser:x\ny'],
    ['nothing', ''],
  ])('a file with %s is refused without being shown', async (_, text) => {
    const found = places({ 'marathon-auth-credential-file': file('wrong', text) });
    await expect(found).rejects.toMatchObject({ exitCode: 2 });
    await expect(found).rejects.not.toThrow('secret');
  });

  test('both is one too many', async () => {
    const found = places({ 'token-file': file('t', 'x'), 'marathon-auth-credential-file': file('b', 'u:p') });
    await expect(found).rejects.toMatchObject({ exitCode: 2 });
  });
});
