import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  AgentLogins,
  loginsOfImage,
  parseDockerConfig,
} from '../../../../../../src/daemon/agent/containers/images/pull/logins.ts';
import { createRealWorld } from '../../../../../../src/world/real/index.ts';

const SECRET = 'dGVhbTpzM2NyM3Q=';
const SHOWN = ['s3cr3t', SECRET];
const auths = { 'hub.example': { auth: SECRET } };
const secret = (config: object) => ({
  type: 'VALUE' as const,
  value: { data: Buffer.from(JSON.stringify(config)).toString('base64') },
});

describe('logins for registries', () => {
  test.each([
    ['as docker writes them', { auths }, { auths }],
    ['as it wrote them before', auths, { auths }],
    [
      'with the name and password apart',
      { auths: { h: { username: 'team', password: 's3cr3t' } } },
      { auths: { h: { auth: SECRET } } },
    ],
    ['with a token', { auths: { h: { identitytoken: 't' } } }, { auths: { h: { identitytoken: 't' } } }],
    ['with entries whose login is elsewhere', { auths: { ...auths, other: {} }, HttpHeaders: {} }, { auths }],
    ['with none', { auths: {} }, { auths: {} }],
  ])('are read %s', (_, given, read) => {
    expect(JSON.parse(parseDockerConfig(JSON.stringify(given), false))).toEqual(read);
  });

  test('execute a program only when the operator says so', () => {
    const config = JSON.stringify({ auths, credsStore: 'evil', credHelpers: { 'hub.example': 'evil' } });
    expect(JSON.parse(parseDockerConfig(config, false))).toEqual({ auths });
    expect(JSON.parse(parseDockerConfig(config, true))).toEqual({ auths, credHelpers: { 'hub.example': 'evil' } });
  });

  test.each([
    `{"auths": {"h": {"auth": "${SECRET}"}`,
    `["${SECRET}"]`,
    `{"auths": "${SECRET}"}`,
    `{"auths": {"h": "${SECRET}"}}`,
    `{"auths": {"h": {"auth": "s3cr3t no base64"}}}`,
    `{"auths": {"h": {"auth": "${Buffer.from('s3cr3t').toString('base64')}"}}}`,
    `{"x": "${SECRET.repeat(20_000)}"}`,
  ])('that cannot be understood are refused without telling them: %.40s', (text) => {
    const refusal = (() => {
      try {
        return parseDockerConfig(text, true);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(refusal).toMatch(/^the docker config /);
    for (const shown of SHOWN) expect(refusal).not.toContain(shown);
  });

  test("of an image are its config's, or else its name and secret for its registry, or none", () => {
    const credential = { principal: 'team', secret: 's3cr3t' };
    expect(loginsOfImage({ name: 'box', config: secret({ auths }), credential }, 'h')).toBe(JSON.stringify({ auths }));
    expect(JSON.parse(loginsOfImage({ name: 'box', credential }, 'h') ?? '')).toEqual({
      auths: { h: { auth: SECRET } },
    });
    expect(loginsOfImage({ name: 'box', credential }, undefined)).toBeUndefined();
    expect(loginsOfImage({ name: 'box' }, 'h')).toBeUndefined();
    const reference = { type: 'REFERENCE' as const, reference: { name: 'elsewhere' } };
    expect(() => loginsOfImage({ name: 'box', config: reference }, 'h')).toThrow(/reference to a secret/);
  });

  test('of the agent are read anew each time, so that they can be changed', async () => {
    const world = createRealWorld({ log: { level: 'silent' } });
    const directory = await mkdtemp(join(tmpdir(), 'mctl-logins-'));
    const path = join(directory, 'config.json');
    await world.disk.writeFile(path, JSON.stringify({ auths }));
    const logins = new AgentLogins(world, `file://${path}`);
    expect(await logins.read()).toBe(JSON.stringify({ auths }));
    await world.disk.writeFile(path, '{"auths":{}}');
    expect(await logins.read()).toBe('{"auths":{}}');
    await rm(directory, { recursive: true });
    await expect(logins.read()).rejects.toMatchObject({ code: 'not-found' });
    expect(await new AgentLogins(world, JSON.stringify({ auths })).read()).toBe(JSON.stringify({ auths }));
    await world.close();
  });
});
