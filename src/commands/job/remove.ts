import { Args, Flags } from '@oclif/core';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobRemove extends ChronosCommand {
  static override summary = 'Remove a job, its runs and its history.';
  static override description =
    'Jobs that run after it stay: they take its parents in its place, or its schedule when it has one and they have no other parent.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> nightly --yes --no-children',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };
  static override flags = {
    'no-children': Flags.boolean({ summary: 'Refuse when other jobs run after it.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobRemove);
    this.refuseWatch();
    const [chronos, { findJob }] = await Promise.all([this.chronos(), import('../../cli/chronos/ids.ts')]);
    const { name, children, alive } = await findJob(chronos, args.job);
    const effects = [
      ...(alive.length > 0 ? [`end its ${alive.length === 1 ? 'run' : `${alive.length} runs`}`] : []),
      ...(children.length > 0 && !flags['no-children'] ? [`link ${children.join(', ')} anew`] : []),
    ];
    await this.confirm(`Remove ${[name, ...effects].join(' and ')}?`);
    await chronos.remove(name, flags['no-children'] ? 'refuse' : 'relink');
    await this.print({ data: { removed: name }, names: [name], body: { kind: 'details', items: [] } });
    this.say(`Removed ${name}.`);
  }
}
