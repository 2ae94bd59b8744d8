// Puts the cron entry where cron finds it (haproxy.md 13, 19.7).
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Disk, DiskError } from '../../../world/disk.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { mctlCommand } from '../../program.ts';
import { type CronEntry, cronText } from './cron-file.ts';

/** Of the older haproxy-marathon-bridge. */
const BRIDGE_CRON_FILE = '/etc/cron.d/haproxy-marathon-bridge';
/** Where HAProxy, systemctl and logger are, beside our own Node. */
const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The text for these flags of `sync`. Throws Problem `usage`. */
export function cronEntry(args: readonly string[]): string {
  const [node, script = '', ...rest] = mctlCommand([]);
  const entry: CronEntry = {
    program: [node, scriptPath(script), ...rest],
    args,
    path: [dirname(node), ...SYSTEM_PATH].filter((one, index, all) => all.indexOf(one) === index).join(':'),
    user: 'root',
  };
  return cronText(entry);
}

/** A symlink of a package manager may move; what it leads to is what runs now. */
function scriptPath(script: string): string {
  try {
    return realpathSync(script);
  } catch {
    return script; // not there: the entry says where it should be
  }
}

/** `false` when it was there already, to the byte. Throws Problem. */
export async function installCron(disk: Disk, file: string, text: string): Promise<boolean> {
  if (!/^[A-Za-z0-9_-]+$/.test(file.slice(file.lastIndexOf('/') + 1))) {
    throw new Problem(EXIT.usage, {
      what: `cron would not read ${file}.`,
      why: 'Names in /etc/cron.d are letters, digits, underscores and hyphens: a dot is enough for cron to pass over it.',
    });
  }
  try {
    if ((await disk.stat(file)) !== undefined && (await disk.readText(file)) === text) return false;
    await disk.writeAtomic(file, text, { mode: 0o644 });
    return true;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new Problem(
      error.code === 'forbidden' ? EXIT.notAllowed : EXIT.failed,
      {
        what: `${file} cannot be written.`,
        why: error.message,
        next:
          error.code === 'forbidden'
            ? 'Run it as root, or --print-cron and put it there yourself.'
            : 'Give another --cron-file.',
      },
      { cause: error },
    );
  }
}

/** Written by the older bridge as well. */
const BRIDGE_CONFIG = '/etc/haproxy/haproxy.cfg';

/** For whoever is going to write this config. Throws Problem `conflict`. */
export function refuseOldBridge(configPath: string): void {
  if (configPath === BRIDGE_CONFIG) refuseWithBridge();
}

/** Two that write one config would undo each other every minute. Throws Problem `conflict`. */
export function refuseWithBridge(file = BRIDGE_CRON_FILE): void {
  if (!isActive(file)) return;
  throw new Problem(EXIT.conflict, {
    what: 'The older haproxy-marathon-bridge still runs from cron.',
    why: `${file} writes the same config every minute.`,
    next: [`rm ${file}`, 'mctl haproxy sync --marathons-file /etc/haproxy-marathon-bridge/marathons --style bridge'],
  });
}

/** Is there a line that is neither empty, a comment nor a variable? */
function isActive(file: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return false; // not there, or nothing that we may see
  }
  return text.split('\n').some((line) => /^\s*[^#\s]/.test(line) && !/^\s*\w+\s*=/.test(line));
}
