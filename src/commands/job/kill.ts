import { Args, Flags } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobKill extends ChronosCommand {
  static override summary =
    'End the runs of a job, those that run, wait or are to be tried again, and wait until they have ended.';
  static override description =
    'They do not count as failures, and are not tried again. The job stays, and so does its schedule.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> nightly --detach',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };
  static override flags = { detach: Flags.boolean({ char: 'd', summary: 'Do not wait for their end.' }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobKill);
    this.refuseWatch();
    const [chronos, { clock }, { findJob }, { killJob }] = await Promise.all([
      this.chronos(),
      this.world(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/kill.ts'),
    ]);
    const { name } = await findJob(chronos, args.job);
    const killed = await killJob({
      chronos,
      clock,
      name,
      detach: flags.detach,
      timeoutMs: flags.timeout ?? 60_000,
      progress: (text) => this.progress(text),
    });
    await this.print({ data: { job: name, killed }, names: [name], body: { kind: 'details', items: [] } });
    const runs = killed === 1 ? 'run' : 'runs';
    if (killed === 0) this.say(`Nothing of ${name} runs.`);
    else this.say(`${flags.detach ? 'Ending' : 'Ended'} ${killed} ${runs} of ${name}. Next: mctl job history ${name}`);
  }
}
