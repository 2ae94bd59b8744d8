// A directory with all above it. Not Node's own `recursive`: where the kernel answers ENOENT although the parent is there
// (below /proc, for one) that never returns.
import { promises as fs, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Nothing happens when it is there already. Throws the system's error. */
export async function makeDirectories(path: string, mode: number): Promise<void> {
  const make = (): Promise<void> => fs.mkdir(path, { mode }).catch((error: unknown) => unlessThere(path, error));
  try {
    await make();
  } catch (error) {
    if (!lacksParent(path, error)) throw error;
    await makeDirectories(dirname(path), mode);
    await make();
  }
}

/** As `makeDirectories`, at once. */
export function makeDirectoriesSync(path: string, mode = 0o777): void {
  const make = (): void => {
    try {
      mkdirSync(path, { mode });
    } catch (error) {
      unlessThere(path, error);
    }
  };
  try {
    make();
  } catch (error) {
    if (!lacksParent(path, error)) throw error;
    makeDirectoriesSync(dirname(path), mode);
    make();
  }
}

function unlessThere(path: string, error: unknown): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
}

function lacksParent(path: string, error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' && dirname(path) !== path;
}
