import { afterAll, describe, expect, test } from 'vitest';
import {
  canonicalName,
  imageSource,
  registryOf,
} from '../../../../../../src/daemon/agent/containers/images/pull/source.ts';
import { createRealWorld } from '../../../../../../src/world/real/index.ts';

const HUB = 'https://registry-1.docker.io';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const world = createRealWorld({ log: { level: 'silent' } });
const { disk } = world;
afterAll(() => world.close());

describe('where an image comes from', () => {
  test.each([
    [HUB, 'box', [], 'docker://docker.io/library/box:latest', 'docker.io'],
    [HUB, 'team/box:v1', [], 'docker://docker.io/team/box:v1', 'docker.io'],
    [`${HUB}/`, 'hub.example/box', [], 'docker://hub.example/box:latest', 'hub.example'],
    [HUB, 'localhost/box:1', [], 'docker://localhost/box:1', 'localhost'],
    [HUB, 'hub.example:5000/a/b:c', [], 'docker://hub.example:5000/a/b:c', 'hub.example:5000'],
    ['http://10.0.0.1:5000', 'box', ['--src-tls-verify=false'], 'docker://10.0.0.1:5000/box:latest', '10.0.0.1:5000'],
    // Only who was given as http is spoken to without TLS.
    ['http://10.0.0.1:5000', 'hub.example/box', [], 'docker://hub.example/box:latest', 'hub.example'],
    ['https://hub.example', `box:v1@${DIGEST}`, [], `docker://hub.example/box@${DIGEST}`, 'hub.example'],
  ])('of %s, called %s', async (registry, name, options, from, host) => {
    expect(await imageSource(disk, registry, name)).toEqual({ options, from: [from], host });
    expect(registryOf(registry, name)).toBe(host);
  });

  test.each(['', '-v', 'a b', '../x', 'a//b', 'a/../b', 'a/./b', '/a', 'a$b', `a${'b'.repeat(300)}`, 'a\nb', '--help'])(
    'is nowhere for what is no name: %s',
    async (name) => {
      await expect(imageSource(disk, HUB, name)).rejects.toThrow('cannot be the name of an image');
    },
  );

  test('is not told where a password would be told along', async () => {
    const asked = imageSource(disk, 'https://team:s3cr3t@hub.example', 'box');
    await expect(asked).rejects.toThrow('neither the URL of a registry nor a path');
    await expect(asked).rejects.not.toThrow('s3cr3t');
    expect(registryOf('/images', 'box')).toBeUndefined();
  });

  test('is the same for names that mean the same', () => {
    expect(canonicalName('box')).toBe(canonicalName('box:latest'));
    expect(canonicalName('hub:5000/box')).toBe('hub:5000/box:latest');
    expect(canonicalName(`box:v1@${DIGEST}`)).toBe(canonicalName(`box@${DIGEST}`));
    expect(canonicalName('box:v1')).not.toBe(canonicalName('box'));
  });
});
