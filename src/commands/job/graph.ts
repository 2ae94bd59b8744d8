import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobGraph extends ChronosCommand {
  static override summary = 'Draw which jobs run after which.';
  static override description =
    'A job with several parents is drawn below the last of them, and named with an arrow below the others.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> -o json',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.' }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(JobGraph);
    const [chronos, { findJob }, { graphView }] = await Promise.all([
      this.chronos(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/views/graph.ts'),
    ]);
    const only = args.job === undefined ? undefined : (await findJob(chronos, args.job)).name;
    const { hasMarks } = this.terminal;
    await this.show(async () => graphView(await chronos.ownJobs(), { only, hasMarks, nowMs: Date.now() }));
  }
}
