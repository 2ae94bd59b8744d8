// The words and figures that tell a task why it was killed (mesos-semantics.md 10.3).
import { Resources } from '../../../../mesos/resources.ts';
import { formatBytes } from '../../../../mesos/text/bytes.ts';
import type { ContainerExit } from '../containerizer.ts';
import type { MemoryOverrun } from '../isolation/isolator.ts';

type Limitation = NonNullable<ContainerExit['limitation']>;
const MEGABYTE = 2 ** 20;

/** The text is the original's; the resources say the peak in MB. */
export function memoryLimitation({ limitBytes, peakBytes, details }: MemoryOverrun): Limitation {
  const summary = `Memory limit exceeded: Requested: ${formatBytes(limitBytes)} Maximum Used: ${formatBytes(peakBytes)}`;
  return {
    kind: 'memory',
    message: `${summary}\n\nMEMORY STATISTICS: \n${details}`,
    resources: inMegabytes('mem', peakBytes),
  };
}

/** The text is the original's; the resources say what was used in MB. */
export function diskLimitation(limitBytes: number, usedBytes: number): Limitation {
  return {
    kind: 'disk',
    message: `Disk usage (${formatBytes(usedBytes)}) exceeds quota (${formatBytes(limitBytes)})`,
    resources: inMegabytes('disk', usedBytes),
  };
}

function inMegabytes(name: string, bytes: number): Limitation['resources'] {
  return Resources.parse(`${name}:${(bytes / MEGABYTE).toFixed(3)}`).toMessages();
}
