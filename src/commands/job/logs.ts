import { Args, Flags } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobLogs extends ChronosCommand {
  static override summary = 'Print stdout and stderr of the last run of a job.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly -n 50',
    '<%= config.bin %> <%= command.id %> nightly --follow',
    '<%= config.bin %> <%= command.id %> nightly --run 17 --stderr',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };
  static override flags = {
    run: Flags.string({
      char: 'r',
      summary: 'Another run, by its number or a part of its task id (mctl job history <job> -o wide).',
      helpValue: '<run>',
    }),
    follow: Flags.boolean({ char: 'f', summary: 'Go on with what comes, until the run is over.' }),
    lines: integerFlag({ char: 'n', summary: 'Only the last lines of each.', min: 0 }),
    stdout: Flags.boolean({ summary: 'Only stdout.', exclusive: ['stderr'] }),
    stderr: Flags.boolean({ summary: 'Only stderr.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobLogs);
    const [chronos, world, { findJob }, { runToShow, runLogs }] = await Promise.all([
      this.chronos(),
      this.world(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/logs.ts'),
    ]);
    const { name } = await findJob(chronos, args.job);
    const run = await runToShow(chronos, name, flags.run);
    const out = { name: 'stdout', write: (bytes: Uint8Array) => this.terminal.raw(bytes) };
    const error = { name: 'stderr', write: (bytes: Uint8Array) => this.terminal.rawError(bytes) };
    await runLogs({
      world,
      chronos,
      job: name,
      run,
      master: () => this.masterClient(),
      timeoutMs: flags.timeout,
      lines: flags.lines,
      follow: flags.follow || flags.watch,
      files: flags.stdout ? [out] : flags.stderr ? [error] : [out, error],
    });
  }
}
