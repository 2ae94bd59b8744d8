import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobList extends ChronosCommand {
  static override summary = 'List jobs: how they are, how they ended last, and when they run next.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> backup -o wide',
    '<%= config.bin %> <%= command.id %> --watch',
  ];
  static override args = {
    filter: Args.string({ description: 'Only jobs with this in their name, in any letter case.' }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(JobList);
    const [chronos, { jobListView }] = await Promise.all([this.chronos(), import('../../cli/chronos/views/jobs.ts')]);
    const wanted = args.filter?.toLowerCase() ?? '';
    await this.show(async () => {
      const jobs = await chronos.ownJobs();
      return jobListView(
        jobs.filter(({ name }) => name.toLowerCase().includes(wanted)),
        Date.now(),
        args.filter,
      );
    });
  }
}
