// --print-cron and --install-cron of `sync`.
import { resolve } from 'node:path';
import { OPERATOR_TEMPLATES, OVERRIDABLE_TEMPLATES } from '../../../haproxy/model/template-names.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Terminal } from '../../output/terminal.ts';
import { Problem } from '../../problem.ts';
import { tellOfDraining } from '../running/draining-note.ts';
import { applySettings } from '../settings/apply.ts';
import type { Given } from '../settings/given.ts';
import { requireGroup } from '../settings/require-group.ts';
import { balancerSettings } from '../settings/settings.ts';
import { CRON_FILE } from './cron-file.ts';
import { cronEntry, installCron, refuseOldBridge } from './install.ts';

/** Flags of `sync` that are about cron. */
export interface CronFlags {
  readonly 'install-cron': boolean;
  readonly file?: string | undefined;
  readonly quiet: boolean;
  readonly force: boolean;
}

/** Throws Problem, also for settings that a run would refuse. `places`: the Marathons that are meant now. */
export async function cronFor(
  { disk, net }: Pick<World, 'disk' | 'net'>,
  given: Given,
  flags: CronFlags,
  context: { readonly places: MarathonPlaces; readonly env: NodeJS.ProcessEnv; readonly terminal: Terminal },
): Promise<void> {
  const { places, env, terminal } = context;
  if (flags.force) {
    throw new Problem(EXIT.usage, {
      what: '--force is not for cron.',
      why: 'It would apply an empty answer of Marathon in the very minute it comes.',
    });
  }
  const settings = balancerSettings(given);
  requireGroup(settings);
  applySettings(given, settings, { force: false, whenTooEarly: 'wait' });
  refuseEnvironment(given, env);
  // The context of whoever stands here is none of root's.
  const isNamed = given.has('marathon') || given.has('marathons-file');
  const text = cronEntry([
    ...(given.configFile === undefined ? [] : ['--config-file', given.configFile]),
    ...(isNamed ? [] : ['--marathon', places.marathons.join(',')]),
    ...given.commandLine,
  ]);
  if (!flags['install-cron']) return terminal.data(text.replace(/\n$/, ''));
  refuseOldBridge(settings.options.configPath);
  const file = resolve(flags.file ?? CRON_FILE);
  const isNew = await installCron(disk, file, text);
  if (flags.quiet) return;
  terminal.say(isNew ? `${file} is written; cron runs it every minute.` : `${file} is as it should be.`);
  await tellOfDraining({ net }, settings, places, terminal);
}

/** cron has another environment: what is said there and cannot become a flag would be missing. */
function refuseEnvironment(given: Given, env: NodeJS.ProcessEnv): void {
  const templates = [...OVERRIDABLE_TEMPLATES, ...OPERATOR_TEMPLATES].map((name) => `HAPROXY_${name}`);
  const template = templates.find((name) => env[name] !== undefined);
  if (template !== undefined) {
    throw new Problem(EXIT.usage, {
      what: `cron would not see ${template}.`,
      next: `Put its text into a file ${template}, and give its directory as --templates-dir.`,
    });
  }
  const hasFile = given.has('marathon-auth-credential-file') || given.has('token-file');
  if (env.MARATHON_USER && env.MARATHON_PASSWORD && !hasFile) {
    throw new Problem(EXIT.usage, {
      what: 'cron would not see MARATHON_USER and MARATHON_PASSWORD.',
      next: '--marathon-auth-credential-file <file with user:password>',
    });
  }
}
