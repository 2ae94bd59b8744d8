import { Args, Flags } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobImportCrontab extends ChronosCommand {
  static override summary = 'Make jobs from the lines of a crontab.';
  static override description =
    'They behave as they did under cron: no retries, what is missed is missed, and one run does not wait for the other. Lines that ' +
    'cannot be imported are named, and then nothing is changed. With --print the jobs are printed for mctl job apply.';
  static override examples = [
    'crontab -l | <%= config.bin %> <%= command.id %> - --prefix web1- --dry-run',
    '<%= config.bin %> <%= command.id %> /etc/crontab --system --zone Europe/Berlin',
    '<%= config.bin %> <%= command.id %> my.crontab --print > jobs.yaml',
  ];
  static override args = {
    file: Args.string({ description: 'The crontab; - is stdin.', required: true }),
  };
  static override flags = {
    system: Flags.boolean({ summary: 'Lines have a user before the command, as in /etc/crontab.' }),
    prefix: Flags.string({ summary: 'Text to put before the name of each job.', helpValue: '<text>', default: '' }),
    zone: Flags.string({ summary: 'Time zone of the schedules; UTC if left out.', helpValue: '<zone>', default: '' }),
    'skip-bad': Flags.boolean({ summary: 'Import the other lines when some cannot be.' }),
    print: Flags.boolean({ summary: 'Print the jobs as YAML (-o json as JSON) and change nothing.' }),
    'dry-run': Flags.boolean({ summary: 'Only say what would change.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobImportCrontab);
    this.refuseWatch();
    const [{ jobsOfCrontab }, { appliedView, applyJobs, isChanging }] = await Promise.all([
      import('../../cli/chronos/import-crontab.ts'),
      import('../../cli/chronos/apply.ts'),
    ]);
    const options = { hasUsers: flags.system, prefix: flags.prefix, zoneId: flags.zone };
    const jobs = await jobsOfCrontab(args.file, options, { skipBad: flags['skip-bad'], say: (text) => this.say(text) });
    if (flags.print) {
      const { renderView } = await import('../../cli/output/render.ts');
      const view = { data: jobs, names: jobs.map(({ name }) => name), body: { kind: 'details' as const, items: [] } };
      this.terminal.data(await renderView(view, this.format === 'json' ? 'json' : 'yaml', this.terminal.style, 0));
      return;
    }
    const dryRun = flags['dry-run'];
    const confirmRemoval = () => Promise.resolve();
    const applied = await applyJobs({ chronos: await this.chronos(), jobs, prune: false, dryRun, confirmRemoval });
    for (const note of applied.flatMap(({ notes }) => notes)) this.say(note);
    if (dryRun && isChanging(applied)) this.leave('wouldChange');
    await this.print(appliedView(applied, dryRun));
    if (isChanging(applied)) this.say(dryRun ? 'Next: the same without --dry-run' : 'Next: mctl job next');
  }
}
