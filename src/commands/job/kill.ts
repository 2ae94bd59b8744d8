import { Args } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobKill extends ChronosCommand {
  static override summary = 'End the runs of a job: those that run, wait or are to be tried again.';
  static override description =
    'They do not count as failures, and are not tried again. The job stays, and so does its schedule.';
  static override examples = ['<%= config.bin %> <%= command.id %> nightly'];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(JobKill);
    this.refuseWatch();
    const [chronos, { findJob }] = await Promise.all([this.chronos(), import('../../cli/chronos/ids.ts')]);
    const { name } = await findJob(chronos, args.job);
    const killed = await chronos.kill(name);
    await this.print({ data: { job: name, killed }, names: [name], body: { kind: 'details', items: [] } });
    this.say(
      killed === 0 ? `Nothing of ${name} runs.` : `Ending ${killed} ${killed === 1 ? 'run' : 'runs'} of ${name}.`,
    );
  }
}
