// Images from a registry: which of several manifests is taken, who may have what, and what is told when there is nothing.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import type { ImagesOptions } from '../../src/daemon/agent/containers/options.ts';
import type { Image_Docker } from '../../src/mesos/generated/v1.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';
import { makeImage, missingForImages } from './image-fixture.ts';
import { hasRegistry, LOGIN, PASSWORD, Registry } from './registry-fixture.ts';

const missing = [...missingForImages(), ...(hasRegistry ? [] : ['docker-registry'])];
const canRun = process.getuid?.() === 0 && missing.length === 0;
if (!canRun) {
  console.log(`SKIPPED: images from a registry: they need root, and ${missing.join(', ') || 'nothing else'}`);
}

const OUR_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

let shared: string;
let archive: string;
let open: Registry;
let closed: Registry;
let directory: string;
let fixture: Fixture;

const mesos = (docker: Image_Docker, cached = true): Partial<ContainerConfig> => ({
  info: { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker, cached } } },
});
const docker = (image: string): Partial<ContainerConfig> => ({ info: { type: 'DOCKER', docker: { image } } });
const logins = ({ host }: Registry, auth = LOGIN) => ({ auths: { [`http://${host}/v2/`]: { auth } } });
const secret = (config: object) => ({
  type: 'VALUE' as const,
  value: { data: Buffer.from(JSON.stringify(config)).toString('base64') },
});

async function start(images: Partial<ImagesOptions>): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
  fixture = await makeFixture(
    {
      isolation: 'filesystem/linux,docker/runtime,namespaces/pid',
      images: { registry: open.url, storeDirectory: join(directory, 'store'), ...images },
      takesDocker: true,
    },
    directory,
  );
}
/** What it says, or why it does not run. */
async function outcome(changes: Partial<ContainerConfig>): Promise<string> {
  const config = await fixture.config('echo $SHAPE', changes);
  try {
    await fixture.run(config);
    return await fixture.stdout(config);
  } catch (error) {
    return (error as Error).message;
  }
}

describe.skipIf(!canRun)('an image from a registry', () => {
  beforeAll(async () => {
    shared = await mkdtemp(join(tmpdir(), 'mctl-registry-'));
    await mkdir(join(shared, 'closed'));
    archive = await makeImage(shared, 'box', { config: { Env: ['SHAPE=round'] } });
    open = await Registry.start(shared);
    closed = await Registry.start(join(shared, 'closed'), { asks: true });
    open.push(archive, 'team/box:v1', ['--format', 'v2s2']);
    closed.push(archive, 'team/box:latest');
  });
  afterAll(async () => {
    await open.stop();
    await closed.stop();
    await rm(shared, { recursive: true, force: true });
  });
  beforeEach(() => start({}));
  afterEach(() => fixture.dispose());

  test('is taken as docker and as OCI describe it, by tag and by digest', async () => {
    open.push(archive, 'team/oci:v1', ['--format', 'oci']);
    const answer = await fetch(`${open.url}/v2/team/box/manifests/v1`, { headers: { accept: MANIFEST } });
    const digest = answer.headers.get('docker-content-digest');
    for (const name of ['team/box:v1', 'team/oci:v1', `team/box@${digest}`, `team/box:v1@${digest}`]) {
      expect(await outcome(mesos({ name }))).toBe('round\n');
      expect(await outcome(docker(`${open.host}/${name}`))).toBe('round\n');
    }
    expect(await outcome(mesos({ name: 'team/box:v2' }))).toContain("the image 'team/box:v2' cannot be fetched");
  });

  test('is the one for this machine where there are several, and refused where there is none', async () => {
    const foreign = await makeImage(shared, 'foreign', { architecture: 's390x', config: { Env: ['SHAPE=odd'] } });
    open.push(foreign, 'team/many:foreign', ['--format', 'v2s2']);
    open.push(archive, 'team/many:ours', ['--format', 'v2s2']);
    const entry = async (tag: string, architecture: string) => {
      const answer = await fetch(`${open.url}/v2/team/many/manifests/${tag}`, { headers: { accept: MANIFEST } });
      const size = (await answer.text()).length;
      const digest = answer.headers.get('docker-content-digest');
      return { mediaType: MANIFEST, size, digest, platform: { architecture, os: 'linux' } };
    };
    const list = async (tag: string, manifests: object[]) => {
      const body = JSON.stringify({ schemaVersion: 2, mediaType: LIST, manifests });
      const put = { method: 'PUT', headers: { 'content-type': LIST }, body };
      expect((await fetch(`${open.url}/v2/team/many/manifests/${tag}`, put)).status).toBe(201);
    };
    const theirs = await entry('foreign', 's390x');
    await list('latest', [theirs, await entry('ours', OUR_ARCHITECTURE)]);
    await list('theirs', [theirs]);
    expect(await outcome(mesos({ name: 'team/many' }))).toBe('round\n');
    expect(await outcome(mesos({ name: 'team/many:theirs' }))).toMatch(
      /'team\/many:theirs' cannot be fetched: .*image/,
    );
    expect(await outcome(docker('team/many:foreign'))).toContain('cannot run here: it is for linux/s390x');
  });

  test('that is for some only is had with a login: of the agent, or of the image itself', async () => {
    await fixture.dispose();
    await start({ registry: closed.url });
    const name = 'team/box';
    expect(await outcome(mesos({ name }))).toMatch(/cannot be fetched: .*(authentication required|unauthorized)/);
    const wrong = logins(closed, Buffer.from('team:guess').toString('base64'));
    expect(await outcome(mesos({ name, config: secret(wrong) }))).toContain('cannot be fetched');
    expect(await outcome(mesos({ name, config: secret(logins(closed)) }))).toBe('round\n');
    const credential = { principal: 'team', secret: PASSWORD };
    expect(await outcome(mesos({ name, credential }, false))).toBe('round\n');
    await fixture.dispose();
    const config = join(shared, 'config.json');
    await writeFile(config, JSON.stringify(wrong), { mode: 0o600 });
    await start({ registry: closed.url, dockerConfig: config });
    expect(await outcome(docker(name))).toContain('cannot be fetched');
    await writeFile(config, JSON.stringify(logins(closed)));
    expect(await outcome(docker(name))).toBe('round\n');
    // The image's own wins, and what is here already is not asked for again.
    expect(await outcome(mesos({ name, config: secret(wrong) }, false))).toContain('cannot be fetched');
    expect(await outcome(mesos({ name }))).toBe('round\n');
    const reference = { type: 'REFERENCE' as const, reference: { name: 'x' } };
    expect(await outcome(mesos({ name, config: reference }))).toContain('no secret store');
    expect(await readdir(join(directory, 'store', 'staging'))).toEqual([]);
    expect(await readFile(config, 'utf8')).toContain(LOGIN);
  });
});
