import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobEnable extends ChronosCommand {
  static override summary = 'Let jobs run again by their schedule and their parents.';
  static override description =
    'Runs that were due meanwhile are not caught up on: the first to run is the next one (mctl job next).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> job list -q | xargs <%= config.bin %> <%= command.id %>',
  ];
  static override strict = false;
  static override args = {
    job: Args.string({ description: 'One job, or several.', required: true }),
  };

  override async run(): Promise<void> {
    const { argv } = await this.parse(JobEnable);
    this.refuseWatch();
    const { switchJobs } = await import('../../cli/chronos/switch.ts');
    await this.print(await switchJobs(await this.chronos(), argv.map(String), false, Date.now()));
  }
}
