// Status update uuids: 16 bytes of which a version can be read (mesos-observed 22).
import type { Problem } from './problem.ts';

/** `base64`: the bytes field as it is in memory. Versions 1 to 5 pass. */
export function validateUuid(base64: string): Problem {
  const bytes = Buffer.from(base64, 'base64');
  const version = (bytes[6] ?? 0) >> 4;
  return bytes.length === 16 && version >= 1 && version <= 5 ? undefined : 'Not a valid UUID';
}
