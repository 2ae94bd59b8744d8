// How a file is described: FileInfo of the operator API, and the rows of /files/browse.
import type { FileInfo } from '../../../mesos/generated/v1.ts';
import type { FileStat } from '../../../world/disk.ts';
import type { Host } from '../../../world/world.ts';
import type { DirectoryEntry } from './attached-files.ts';

/** The message of LIST_FILES. Times are whole seconds, as the original has them. */
export function fileInfo(entry: DirectoryEntry, host: Host): FileInfo {
  const { stat } = entry;
  return {
    path: entry.path,
    nlink: stat.nlink,
    size: stat.size,
    mtime: { nanoseconds: wholeSeconds(stat) * 1e9 },
    mode: stat.mode,
    uid: host.userName(stat.uid),
    gid: host.groupName(stat.gid),
  };
}

/** The JSON row of /files/browse. */
export function browseRow(entry: DirectoryEntry, host: Host): Record<string, string | number> {
  const { stat } = entry;
  return {
    gid: host.groupName(stat.gid),
    mode: modeText(stat.mode),
    mtime: wholeSeconds(stat),
    nlink: stat.nlink,
    path: entry.path,
    size: stat.size,
    uid: host.userName(stat.uid),
  };
}

function wholeSeconds(stat: FileStat): number {
  return Math.floor(stat.mtimeMs / 1000);
}

const TYPE_LETTERS: ReadonlyMap<number, string> = new Map([
  [0o040000, 'd'],
  [0o100000, '-'],
  [0o120000, 'l'],
  [0o020000, 'c'],
  [0o060000, 'b'],
  [0o010000, 'p'],
  [0o140000, 's'],
]);

/** `drwxr-xr-x` of an st_mode. */
export function modeText(mode: number): string {
  let text = TYPE_LETTERS.get(mode & 0o170000) ?? '?';
  for (let bit = 8; bit >= 0; bit--) text += mode & (1 << bit) ? 'rwx'[(8 - bit) % 3] : '-';
  return text;
}
