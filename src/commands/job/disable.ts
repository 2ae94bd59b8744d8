import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobDisable extends ChronosCommand {
  static override summary = 'Keep jobs from running by their schedule or their parents.';
  static override description =
    'Runs under way go on (mctl job kill ends them), and the jobs can still be run by hand (mctl job run).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> job list -q | xargs <%= config.bin %> <%= command.id %>',
  ];
  static override strict = false;
  static override args = {
    job: Args.string({ description: 'One job, or several.', required: true }),
  };

  override async run(): Promise<void> {
    const { argv } = await this.parse(JobDisable);
    this.refuseWatch();
    const { switchJobs } = await import('../../cli/chronos/switch.ts');
    await this.print(await switchJobs(await this.chronos(), argv.map(String), true, Date.now()));
  }
}
