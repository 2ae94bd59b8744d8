// Images for tests, made of the busybox of Debian's package busybox-static: an archive as `docker save` writes it, of one
// layer or several. And hostile ones, whose layer has whatever it is given.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUSYBOX = '/bin/busybox';
const OUR_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
const NEEDED = ['skopeo', 'umoci', BUSYBOX];

/** Which programs are missing to make and run images. */
export function missingForImages(): string[] {
  return NEEDED.filter((program) => {
    try {
      execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

export interface ImageContent {
  /** Of the image's config. */
  readonly config?: Record<string, unknown>;
  /** Puts more into the layer's directory. */
  readonly fill?: (layer: string) => Promise<void>;
  /** Layers on top of the first, bottom up; each puts into its directory what it has. */
  readonly layers?: readonly ((layer: string) => Promise<void>)[];
  /** Default: this machine's. */
  readonly architecture?: string;
  /** Options of tar beside the directory's own content, e.g. names that lead out. */
  readonly tar?: readonly string[];
}

/** Writes `<directory>/<name>.tar`. */
export async function makeImage(directory: string, name: string, content: ImageContent = {}): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'mctl-image-'));
  try {
    const layer = join(work, 'layer');
    for (const path of ['bin', 'etc', 'tmp', 'proc']) await mkdir(join(layer, path), { recursive: true });
    await copyFile(BUSYBOX, join(layer, 'bin/busybox'));
    for (const tool of ['sh', 'cat', 'ls', 'id', 'pwd', 'env', 'sleep', 'dd', 'head', 'tail', 'grep', 'wc', 'true']) {
      await symlink('busybox', join(layer, 'bin', tool));
    }
    await writeFile(join(layer, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nguest:x:1234:1234::/:/bin/sh\n');
    await content.fill?.(layer);
    const layers = [tarOf(work, layer, 0, content.tar)];
    for (const [index, fill] of (content.layers ?? []).entries()) {
      const directory = join(work, `more-${index}`);
      await mkdir(directory);
      await fill(directory);
      layers.push(tarOf(work, directory, index + 1));
    }
    const digests = await Promise.all(layers.map(async (name) => sha256(await readFile(join(work, name)))));
    const config = JSON.stringify({
      architecture: content.architecture ?? OUR_ARCHITECTURE,
      os: 'linux',
      config: content.config ?? {},
      rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
      history: layers.map(() => ({ created_by: 'a test' })),
    });
    const configName = `${sha256(config)}.json`;
    await writeFile(join(work, configName), config);
    const manifest = [{ Config: configName, RepoTags: [`${name}:latest`], Layers: layers }];
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
    const archive = join(directory, `${name}.tar`);
    execFileSync('tar', ['-cf', archive, '-C', work, 'manifest.json', configName, ...layers]);
    return archive;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function tarOf(work: string, directory: string, index: number, options: readonly string[] = []): string {
  const name = `layer-${index}.tar`;
  const tar = ['-cf', join(work, name), '--owner=0', '--group=0', '-C', directory, '.', ...options];
  execFileSync('tar', tar, { stdio: 'pipe' });
  return name;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
