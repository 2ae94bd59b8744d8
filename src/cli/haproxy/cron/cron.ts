// --print-cron and --install-cron of `sync`.
import { resolve } from 'node:path';
import type { Disk } from '../../../world/disk.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Terminal } from '../../output/terminal.ts';
import { Problem } from '../../problem.ts';
import { applySettings } from '../settings/apply.ts';
import type { Given } from '../settings/given.ts';
import { balancerSettings } from '../settings/settings.ts';
import { CRON_FILE } from './cron-file.ts';
import { cronEntry, installCron, refuseOldBridge } from './install.ts';

/** Flags of `sync` that are about cron. */
export interface CronFlags {
  readonly 'install-cron': boolean;
  readonly file?: string | undefined;
  readonly 'config-file'?: string | undefined;
  readonly quiet: boolean;
  readonly force: boolean;
}

/** Throws Problem, also for settings that a run would refuse. */
export async function cronFor(
  { disk }: { readonly disk: Disk },
  given: Given,
  flags: CronFlags,
  terminal: Terminal,
): Promise<void> {
  if (flags.force) {
    throw new Problem(EXIT.usage, {
      what: '--force is not for cron.',
      why: 'It would apply an empty answer of Marathon in the very minute it comes.',
    });
  }
  const settings = balancerSettings(given);
  applySettings(given, settings, { force: false, whenTooEarly: 'wait' });
  const configFile = flags['config-file'];
  const text = cronEntry([
    ...(configFile === undefined ? [] : ['--config-file', resolve(configFile)]),
    ...given.commandLine,
  ]);
  if (!flags['install-cron']) return terminal.data(text.replace(/\n$/, ''));
  refuseOldBridge(settings.options.configPath);
  const file = resolve(flags.file ?? CRON_FILE);
  const isNew = await installCron(disk, file, text);
  if (!flags.quiet)
    terminal.say(isNew ? `${file} is written; cron runs it every minute.` : `${file} is as it should be.`);
}
