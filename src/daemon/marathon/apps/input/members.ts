// Shapes that many members of an app share.
import * as z from 'zod';

export const name = z.string().min(1);
export const count = z.int().min(0);
/** Service, host and container ports; 0 stands for "one that is free". */
export const port = z.int().min(0).max(65535);
export const protocol = z.enum(['tcp', 'udp', 'udp,tcp']);
/** marathon.md 3.6, rule 4: no limit of length for apps. */
export const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
export const networkName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/);
export const labels = z.record(z.string(), z.string());
/** Numbers of a task's port: by index of its definition, or literally. */
export const target = { portIndex: count.exactOptional(), port: port.exactOptional() };
