// What `sync` would write, against what is on disk (haproxy.md 10.12).
import { dirname, join } from 'node:path';
import type { Files } from '../../../haproxy/plan/plan-change.ts';
import { maskSecrets } from '../../../haproxy/render/secrets.ts';
import { unifiedDiff } from '../../../haproxy/render/unified-diff.ts';
import type { Disk } from '../../../world/disk.ts';

/** One file that would be another. */
export interface FileDifference {
  readonly path: string;
  /** Unified, with passwords and hashes masked. */
  readonly diff: string;
}

/** From what is on disk to these files; those that differ, the config first. Throws DiskError. */
export async function differingFiles(disk: Disk, configPath: string, wanted: Files): Promise<FileDifference[]> {
  const found: FileDifference[] = [];
  for (const [path, after] of paths(configPath, wanted)) {
    const before = await textAt(disk, path);
    // A map that is not there and one that is empty are the same to HAProxy as long as nothing asks for it.
    const difference = compare(path, before ?? '', after, [before === undefined ? '/dev/null' : path, path]);
    if (difference !== undefined) found.push(difference);
  }
  return found;
}

/** From these files of a version to what is on disk. Throws DiskError. */
export async function diffFromVersion(
  disk: Disk,
  configPath: string,
  version: string,
  files: Files,
): Promise<FileDifference[]> {
  const found: FileDifference[] = [];
  for (const [path, before] of paths(configPath, files)) {
    const difference = compare(path, before, (await textAt(disk, path)) ?? '', [`${path}.${version}`, path]);
    if (difference !== undefined) found.push(difference);
  }
  return found;
}

function paths(configPath: string, { config, maps }: Files): [path: string, text: string][] {
  const directory = dirname(configPath);
  return [
    [configPath, config],
    ...Object.entries(maps).map(([name, text]): [string, string] => [join(directory, name), text]),
  ];
}

async function textAt(disk: Disk, path: string): Promise<string | undefined> {
  return (await disk.stat(path)) === undefined ? undefined : disk.readText(path);
}

function compare(
  path: string,
  before: string,
  after: string,
  names: readonly [string, string],
): FileDifference | undefined {
  if (before === after) return undefined;
  const diff = unifiedDiff(maskSecrets(before), maskSecrets(after), names);
  return { path, diff: diff === '' ? `${path}: passwords or hashes differ\n` : diff };
}
