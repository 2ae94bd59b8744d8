// What `sync` would write, against what is on disk (haproxy.md 10.12).
import { dirname, join } from 'node:path';
import type { Rendered } from '../../haproxy/render/rendered.ts';
import { maskSecrets } from '../../haproxy/render/secrets.ts';
import { unifiedDiff } from '../../haproxy/render/unified-diff.ts';
import type { Disk } from '../../world/disk.ts';

/** One file that would be another. */
export interface FileDifference {
  readonly path: string;
  /** Unified, with passwords and hashes masked. */
  readonly diff: string;
}

/** Files that differ, the config first. Throws DiskError. */
export async function differingFiles(
  disk: Disk,
  configPath: string,
  rendered: Pick<Rendered, 'config' | 'maps'>,
): Promise<FileDifference[]> {
  const directory = dirname(configPath);
  const files: [string, string][] = [
    [configPath, rendered.config],
    ...Object.entries(rendered.maps).map(([name, text]): [string, string] => [join(directory, name), text]),
  ];
  const found: FileDifference[] = [];
  for (const [path, wanted] of files) {
    const isThere = (await disk.stat(path)) !== undefined;
    const text = isThere ? await disk.readText(path) : '';
    // A map that is not there and one that is empty are the same to HAProxy as long as nothing asks for it.
    if (text === wanted) continue;
    const diff = unifiedDiff(maskSecrets(text), maskSecrets(wanted), [isThere ? path : '/dev/null', path]);
    found.push({ path, diff: diff === '' ? `${path}: passwords or hashes differ\n` : diff });
  }
  return found;
}
