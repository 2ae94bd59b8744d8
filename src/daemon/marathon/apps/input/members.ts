// Shapes that many members of an app share.
import * as z from 'zod';

/** A text that says something. */
export const name = z.string().min(1);
// The original's whole numbers have 32 bits; so do those that Mesos is told.
const HIGHEST_INT = 2 ** 31 - 1;
/** How many, or how many seconds. */
export const count = z.int().min(0).max(HIGHEST_INT);
/** Seconds between two things that are repeated. */
export const interval = z.int().min(1).max(HIGHEST_INT);
/** Seconds, with fractions. */
export const duration = z.number().min(0).max(HIGHEST_INT);
/** Of cpus, or MiB. Up to here thousandths, which is what Mesos counts in, are told apart. */
export const amount = (least = 0) => z.number().min(least).max(9e12);
/** Service, host and container ports; 0 stands for "one that is free". */
export const port = z.int().min(0).max(65535);
/** Of a port; both may be meant. */
export const protocol = z.enum(['tcp', 'udp', 'udp,tcp']);
/** marathon.md 3.6, rule 4: no limit of length for apps. */
export const portName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
/** marathon.md 3.4. */
export const networkName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$/);
/** Names may be any text. */
export const labels = z.record(z.string(), z.string());
/** Numbers of a task's port: by index of its definition, or literally. */
export const target = { portIndex: count.exactOptional(), port: port.exactOptional() };
