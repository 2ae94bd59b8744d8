// Images for tests, made of the busybox of Debian's package busybox-static: an archive of one layer as `docker save`
// writes it. And hostile ones, whose layer has whatever it is given.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUSYBOX = '/bin/busybox';
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
    const layerTar = join(work, 'layer.tar');
    execFileSync('tar', ['-cf', layerTar, '--owner=0', '--group=0', '-C', layer, '.', ...(content.tar ?? [])], {
      stdio: 'pipe',
    });
    const diffId = createHash('sha256')
      .update(await readFile(layerTar))
      .digest('hex');
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: content.config ?? {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
      history: [{ created_by: 'a test' }],
    });
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(join(work, configName), config);
    const manifest = [{ Config: configName, RepoTags: [`${name}:latest`], Layers: ['layer.tar'] }];
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
    const archive = join(directory, `${name}.tar`);
    execFileSync('tar', ['-cf', archive, '-C', work, 'manifest.json', configName, 'layer.tar']);
    return archive;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
