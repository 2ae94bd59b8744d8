import { Args } from '@oclif/core';
import { integerFlag } from '../../cli/amount-flags.ts';
import { ChronosCommand } from '../../cli/chronos/chronos-command.ts';

export default class JobHistory extends ChronosCommand {
  static override summary = 'Show how the last runs of a job went: a line of marks with durations, then each of them.';
  static override description =
    'The marks: ✔ succeeded, ✗ failed, ○ missed, ≈ left to a later run, ↷ skipped because the one before still ran, ■ killed, ? lost, ' +
    '- discarded, ● under way.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> nightly',
    '<%= config.bin %> <%= command.id %> nightly -n 50 -o wide',
  ];
  static override args = {
    job: Args.string({ description: 'Its name, or a beginning of it that only one job has.', required: true }),
  };
  static override flags = {
    count: integerFlag({ char: 'n', summary: 'How many; 20 if left out.', min: 1 }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(JobHistory);
    const [chronos, { findJob }, { historyView, marksLine }] = await Promise.all([
      this.chronos(),
      import('../../cli/chronos/ids.ts'),
      import('../../cli/chronos/views/history.ts'),
    ]);
    const { name } = await findJob(chronos, args.job);
    await this.show(async () => {
      const [runs, nowMs] = [await chronos.runs(name, flags.count ?? 20), Date.now()];
      const { style, hasMarks } = this.terminal;
      if (runs.length > 0 && ['table', 'wide'].includes(this.format) && !flags.watch)
        this.terminal.data(`${marksLine(runs, { style, hasMarks, nowMs })}\n`);
      return historyView(runs, nowMs);
    });
  }
}
