import { Flags } from '@oclif/core';
import { fetchTimeoutFlag, HaproxyCommand, quietFlag } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { SYNCING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxySync extends HaproxyCommand {
  static override summary = 'Bring HAProxy to what Marathon says, once: for cron, and by hand.';
  static override description =
    'Fetches, renders, compares, validates and applies; servers that come and go need no reload. Silent when nothing changed, ' +
    'one line when something was applied. Whatever fails, what HAProxy serves stays. Exit codes: 0 in order or applied, ' +
    '1 failed or held back (see --force), 2 wrong usage, 4 another run is at work, 7 HAProxy refused and the config before is ' +
    'back, 8 no Marathon answers, 9 not allowed (run it as root), 11 (--dry-run) something would change.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --group external --master-socket /run/haproxy-master.sock',
    '<%= config.bin %> <%= command.id %> --marathon http://m1:8080,http://m2:8080 --group external --splay 10s --install-cron',
  ];
  static override flags = {
    ...flagsOf(SYNCING),
    force: Flags.boolean({ summary: 'Apply it although much would go, or HAProxy refused it before.' }),
    'dry-run': Flags.boolean({
      char: 'd',
      aliases: ['dry'],
      summary: 'Show what would change and whether HAProxy would take it, and change nothing.',
    }),
    'print-cron': Flags.boolean({ summary: 'Print a cron file that does this every minute, with these flags.' }),
    'install-cron': Flags.boolean({
      summary: 'Write a cron file that does this every minute, with these flags.',
      exclusive: ['print-cron', 'dry-run'],
    }),
    'cron-file': Flags.string({
      summary: 'Where --install-cron writes; default /etc/cron.d/mctl-haproxy.',
      helpValue: '<file>',
    }),
    quiet: quietFlag('For cron: one line when something was applied, each failure once, and nothing else.'),
    timeout: fetchTimeoutFlag,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HaproxySync);
    this.refuseWatch();
    if (flags['dry-run']) return this.showDifferences({ isChecking: true, force: flags.force });
    const given = await this.given();
    if (flags['print-cron'] || flags['install-cron']) {
      const { cronFor } = await import('../../cli/haproxy/cron/cron.ts');
      const world = await this.world();
      const context = { places: await this.places(given), env: process.env, terminal: this.terminal };
      return cronFor(world, given, { ...flags, file: flags['cron-file'] }, context);
    }
    const [world, { sync }] = await Promise.all([this.world(), import('../../cli/haproxy/running/sync.ts')]);
    await sync(world, given, {
      places: () => this.places(given),
      env: process.env,
      force: flags.force,
      isQuiet: flags.quiet,
      deadlineMs: flags.timeout,
      isJson: this.format === 'json' || this.format === 'yaml',
      print: (data) => this.print({ data, names: [], body: { kind: 'details', items: [] } }),
      terminal: this.terminal,
    });
  }
}
