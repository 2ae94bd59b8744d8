import { Args, Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class AppPlan extends MarathonCommand {
  static override summary = 'Show what a change would do: what differs, the steps, where instances would go.';
  static override description =
    'Nothing is changed. The exit code is 0 when nothing would change, and 11 when something would.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f web.yaml',
    '<%= config.bin %> <%= command.id %> web instances=10 cpus=0.5',
  ];
  static override usage = ['<%= command.id %> -f <file|->... …', '<%= command.id %> APP KEY=VALUE... …'];
  static override strict = false;
  static override args = {
    app: Args.string({ description: 'Its id, with changes instead of a file.' }),
    changes: Args.string({ description: 'key=value, as for app update.' }),
  };
  static override flags = {
    file: Flags.string({
      char: 'f',
      summary: 'JSON or YAML; - is stdin. May be given several times.',
      helpValue: '<file|->',
      multiple: true,
    }),
  };

  override async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(AppPlan);
    this.refuseWatch();
    const [marathon, { planFor }, { planText, wouldChange }] = await Promise.all([
      this.marathon(),
      import('../../cli/marathon/diff/plan-for.ts'),
      import('../../cli/marathon/diff/plan-text.ts'),
    ]);
    const { plan, isComplete, warnings } = await planFor(marathon, args.app, argv.slice(1).map(String), flags.file);
    for (const line of warnings) this.say(line);
    if (this.format === 'table' || this.format === 'wide') {
      const text = planText(plan, this.terminal.style);
      if (text !== '') this.terminal.data(text);
      else this.say('Nothing would change.');
      if (!isComplete) this.say('This Marathon tells neither the steps nor where instances would go.');
    } else
      await this.print({ data: plan, names: plan.changes.map(({ id }) => id), body: { kind: 'details', items: [] } });
    this.leave(wouldChange(plan) ? 'wouldChange' : 'ok');
  }
}
