import { Flags } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobApply extends ChronosCommand {
  static override summary = 'Make jobs as they are in files: create them, or change what differs.';
  static override description =
    'Jobs that are as they should be are left alone, so this may be run again and again; counters, and a schedule that has moved on ' +
    'since, are no difference. Parents are stored before their children. With --dry-run nothing is changed, and the exit code is 11 ' +
    'when something would be.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f nightly.yaml',
    '<%= config.bin %> <%= command.id %> -f jobs/ --prune --dry-run',
    'render-jobs | <%= config.bin %> <%= command.id %> -f -',
  ];
  static override flags = {
    file: Flags.string({
      char: 'f',
      summary: 'JSON or YAML, or a directory of such files; - is stdin. May be given several times.',
      helpValue: '<file|directory|->',
      multiple: true,
      required: true,
    }),
    prune: Flags.boolean({ summary: 'Remove the jobs that are in none of the files.' }),
    'dry-run': Flags.boolean({ summary: 'Only say what would change.' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(JobApply);
    this.refuseWatch();
    const { appliedView, applyJobs, isChanging, jobsFrom } = await import('../../cli/chronos/apply.ts');
    const jobs = await jobsFrom(flags.file);
    const dryRun = flags['dry-run'];
    const applied = await applyJobs({
      chronos: await this.chronos(),
      jobs,
      prune: flags.prune,
      dryRun,
      confirmRemoval: (names) => this.confirm(`Remove ${names.join(', ')}?`),
    });
    for (const note of applied.flatMap(({ notes }) => notes)) this.say(note);
    if (dryRun && isChanging(applied)) this.leave('wouldChange');
    await this.print(appliedView(applied, dryRun));
    if (isChanging(applied)) this.say(dryRun ? 'Next: the same without --dry-run' : 'Next: mctl job next');
  }
}
