import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobShow extends ChronosCommand {
  static override summary = 'Show a job, why it does not run now, and when it will.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> nightly -o yaml',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(JobShow);
    const [chronos, { findJob }, { jobView }] = await Promise.all([
      this.chronos(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/views/jobs.ts'),
    ]);
    await this.show(async () => {
      const job = await findJob(chronos, args.job);
      const [reasons, next] = await Promise.all([chronos.why(job.name), chronos.next(job.name, 3)]);
      return jobView(job, { reasons, next, nowMs: Date.now() });
    });
  }
}
