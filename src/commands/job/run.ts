import { Args, Flags } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobRun extends ChronosCommand {
  static override summary = 'Run a job now, and wait until the run is over.';
  static override description =
    'Its schedule stays as it is, and a job that is disabled runs too. The exit code is 0 when the run succeeds, 1 when it does not, ' +
    '4 when the job is queued already or runs and is not concurrent, 5 or 10 when it is not over within --timeout. Interrupted, the run goes on.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> nightly --arguments "--day 2" --detach',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };
  static override flags = {
    arguments: Flags.string({ summary: 'Appended to its command.', helpValue: '<text>', default: '' }),
    detach: Flags.boolean({ char: 'd', summary: 'Do not wait for its end.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobRun);
    this.refuseWatch();
    const [chronos, { clock }, { findJob }, { runJob }, { runView }] = await Promise.all([
      this.chronos(),
      this.world(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/run.ts'),
      import('../../cli/chronos/views/history.ts'),
    ]);
    const { name } = await findJob(chronos, args.job);
    const run = await runJob({
      chronos,
      clock,
      name,
      arguments: flags.arguments,
      detach: flags.detach,
      timeoutMs: flags.timeout,
      progress: (text) => this.progress(text),
    });
    await this.print(runView(name, run, Date.now()));
  }
}
