// The operating system's error codes as DiskErrors.
import { DiskError, type DiskErrorCode } from '../../disk.ts';

const CODES: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'not-found',
  EEXIST: 'exists',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
  ENOTEMPTY: 'not-empty',
  // A symlink where none may be.
  ELOOP: 'forbidden',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
};

/** A DiskError is passed through. */
export function diskError(cause: unknown, path: string): DiskError {
  if (cause instanceof DiskError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  return new DiskError(CODES[code ?? ''] ?? 'io', path, message, { cause });
}

/** Runs one file operation; what it throws comes out as a DiskError on `path`. */
export async function onDisk<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw diskError(cause, path);
  }
}
