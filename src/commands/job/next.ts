import { Args } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobNext extends ChronosCommand {
  static override summary = 'Show the coming runs in local time and in the time of the job.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> nightly -n 10',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.' }),
  };
  static override flags = {
    count: integerFlag({ char: 'n', summary: 'How many; 5 if left out.', min: 1, max: 1000 }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobNext);
    const [chronos, { findJob }, { nextView }] = await Promise.all([
      this.chronos(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/views/next.ts'),
    ]);
    const name = args.job === undefined ? undefined : (await findJob(chronos, args.job)).name;
    await this.show(async () => nextView(await chronos.next(name, flags.count ?? 5), Date.now()));
  }
}
