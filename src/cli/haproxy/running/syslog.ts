// One line into the system log, with the tag that people search for (haproxy.md 13.2), by the tool that every system has.
import type { World } from '../../../world/world.ts';

const TAG = 'mctl-haproxy';
/** Longer lines are cut by most daemons. */
const MAX_CHARACTERS = 900;
const TIMEOUT_MS = 2_000;

/** Never throws: a system without a log must not stop a balancer. */
export async function toSyslog(
  { processes, log }: Pick<World, 'processes' | 'log'>,
  level: 'info' | 'err',
  line: string,
): Promise<void> {
  const text = line.replace(/\s+/g, ' ').slice(0, MAX_CHARACTERS);
  try {
    const { exitCode, stderr } = await processes.run({
      argv: ['logger', '-t', TAG, '-p', `daemon.${level}`, '--', text],
      timeoutMs: TIMEOUT_MS,
    });
    if (exitCode !== 0) log.debug('the system log did not take a line', { stderr });
  } catch (error) {
    log.debug('there is no system log', { error: error instanceof Error ? error.message : String(error) });
  }
}
