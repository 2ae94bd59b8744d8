import { afterAll, describe, expect, test } from 'vitest';
import { WorkLayout } from '../../../src/daemon/agent/checkpoint/layout.ts';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';
import { imageOptions, parseImageGc } from '../../../src/daemon/agent/image-options.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const INTERVAL = '"image_disk_watch_interval": {"nanoseconds": 60000000000}';
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());
const options = async (...flags: string[]) => {
  const args = ['--master=m:1', '--work_dir=/w', '--image_providers=docker', ...flags];
  return imageOptions(world, parseAgentOptions({ args }), new WorkLayout('/w', '/r'));
};

describe('flags about images', () => {
  test('say when those that nobody has are removed', async () => {
    const text = `{"image_disk_headroom": 0.2, ${INTERVAL}, "excluded_images": ["box"]}`;
    expect(await options(`--image_gc_config=${text}`)).toMatchObject({
      gc: { headroom: 0.2, watchIntervalMs: 60_000, excluded: ['box'] },
      storeDirectory: '/w/store/docker',
    });
    expect(parseImageGc(`{${INTERVAL}}`)).toEqual({ headroom: 0.1, watchIntervalMs: 60_000, excluded: [] });
    expect((await options())?.gc).toBeUndefined();
  });

  test.each([
    '{}',
    '{',
    '[]',
    'null',
    `{"image_disk_headroom": 1.1, ${INTERVAL}}`,
    `{"image_disk_headroom": "0.1", ${INTERVAL}}`,
    '{"image_disk_watch_interval": {"nanoseconds": 0}}',
    `{${INTERVAL}, "excluded_images": "box"}`,
  ])('refuse what says nothing of when: %s', async (text) => {
    await expect(options(`--image_gc_config=${text}`)).rejects.toMatchObject({ flag: 'image_gc_config' });
  });

  test('show no login, neither in /flags nor when it is wrong', async () => {
    const config = '{"auths": {"hub.example": {"auth": "dGVhbTpzM2NyM3Q="}}}';
    const args = ['--master=m:1', '--work_dir=/w', `--docker_config=${config}`];
    expect(parseAgentOptions({ args }).flagTexts.docker_config).toBe('<not shown>');
    expect(parseAgentOptions({ args: [...args, '--docker_config=/etc/x'] }).flagTexts.docker_config).toBe('/etc/x');
    expect((await options(`--docker_config=${config}`))?.dockerConfig).toBe(config);
    for (const wrong of [config.slice(0, -1), '/not/there']) {
      const error = await options(`--docker_config=${wrong}`).catch((cause: Error) => cause);
      expect(error).toMatchObject({ flag: 'docker_config' });
      expect(String(error)).not.toContain('dGVhbTpz');
    }
  });
});
