// Talking with containers that have an image: their own terminal, and a terminal of somebody who looks into them.
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import type { ContainerStreams, OutputListener } from '../../src/daemon/agent/containers/io/streams.ts';
import type { ContainerInfo } from '../../src/mesos/generated/v1.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';
import { makeImage, missingForImages } from './image-fixture.ts';

const missing = process.getuid?.() === 0 ? missingForImages() : ['root'];
if (missing.length > 0) console.log(`SKIPPED: terminals in images, because this machine lacks ${missing.join(', ')}`);

const TERMINAL = { terminal: { size: { rows: 24, columns: 80 } }, isLogged: false };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let directory: string;
let fixture: Fixture;

class Ear implements OutputListener {
  heard = '';
  readonly isFull = false;
  readonly patienceMs = Number.POSITIVE_INFINITY;
  readonly end = Promise.withResolvers<void>();

  output(_: string, chunk: Uint8Array): void {
    this.heard += new TextDecoder().decode(chunk);
  }
  cutOff(): void {
    throw new Error('was left behind');
  }
  ended(): void {
    this.end.resolve();
  }
  async until(pattern: RegExp): Promise<void> {
    await expect.poll(() => this.heard, { timeout: 30_000 }).toMatch(pattern);
  }
}

async function talk(config: ContainerConfig): Promise<{ streams: ContainerStreams; ear: Ear }> {
  await fixture.containerizer.launch(config);
  const streams = fixture.containerizer.find(config.containerId)?.streams;
  if (streams === undefined) throw new Error('nobody can talk with it');
  const ear = new Ear();
  streams.listen(ear);
  return { streams, ear };
}

describe.skipIf(missing.length > 0)('a container with an image', () => {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
    await mkdir(join(directory, 'images'));
    await makeImage(join(directory, 'images'), 'box', { config: { Env: ['PATH=/bin', 'OF=image'] } });
    fixture = await makeFixture(
      {
        isolation: 'cgroups/cpu,cgroups/mem,filesystem/linux,docker/runtime,namespaces/pid',
        images: { registry: join(directory, 'images'), storeDirectory: join(directory, 'store') },
      },
      directory,
    );
  });
  afterEach(async () => {
    for (const { containerId } of fixture.containerizer.list()) await fixture.containerizer.destroy(containerId);
    const cgroups = await fixture.leftoverCgroups();
    await fixture.dispose();
    expect(cgroups).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
  });

  test.each([
    ['root', undefined],
    ['somebody', 'nobody'],
  ])(
    'of %s has a terminal, and so has who looks into it, with its own root and the keys that end things',
    async (_, user) => {
      const info: ContainerInfo = { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name: 'box' } } } };
      const config = await fixture.config('stty size; while read line; do echo "got $line $OF"; done; exit 5', {
        info,
        streams: TERMINAL,
        ...(user !== undefined && { user }),
      });
      const own = await talk(config);
      await own.ear.until(/^24 80\r\n/);
      own.streams.resize({ rows: 33, columns: 44 });
      own.streams.write(bytes('words\r'));
      await own.ear.until(/got words image\r\n/);

      const containerId = `${config.containerId}.look`;
      const look = await talk({
        ...(await fixture.config('ls / | tr "\\n" " "; stty size; : >/dev/tty && echo mine; exec sh')),
        containerId,
        runtimeDirectory: `${fixture.options.runtimeContainers}/${containerId}`,
        sandbox: config.sandbox,
        sharesLimits: true,
        isDebug: true,
        environment: { PS1: 'there> ' },
        streams: TERMINAL,
      });
      await look.ear.until(/bin dev[^\n]*24 80\r\nmine\r\n[\s\S]*there> /);
      expect(look.ear.heard).not.toContain('usr');
      look.streams.resize({ rows: 10, columns: 20 });
      await expect
        .poll(
          () => {
            look.streams.write(bytes('stty size\r'));
            return look.ear.heard;
          },
          { timeout: 30_000, interval: 200 },
        )
        .toContain('10 20\r\n');
      look.streams.write(bytes('echo "running $OF"; sleep 1000\r'));
      await look.ear.until(/\nrunning image/);
      look.streams.write(bytes('\u0003'));
      await look.ear.until(/running image\r\n\^C/);
      look.streams.write(bytes('echo "after $?"; exit 9\r'));
      await look.ear.until(/after 130/);
      expect(await fixture.exitOf(containerId)).toMatchObject({ status: { kind: 'exited', code: 9 } });

      own.streams.endInput();
      expect(await fixture.exitOf(config.containerId)).toMatchObject({ status: { kind: 'exited', code: 5 } });
      await own.ear.end.promise;
    },
  );
});
