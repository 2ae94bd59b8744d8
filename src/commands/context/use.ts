import { Args } from '@oclif/core';
import { ContextCommand } from '../../cli/context/context-command.ts';
import { chooseContext } from '../../cli/context/edit.ts';
import { targetView } from '../../cli/context/view.ts';

export default class ContextUse extends ContextCommand {
  static override summary = 'Choose the context that commands use from now on.';
  static override examples = ['<%= config.bin %> <%= command.id %> production'];
  static override args = {
    context: Args.string({ description: 'A saved context or a running local cluster.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(ContextUse);
    this.refuseWatch();
    this.writeConfig(
      chooseContext(
        this.readConfig(),
        args.context,
        (await this.running()).map(({ name }) => name),
      ),
    );
    await this.print(targetView(await this.target()));
  }
}
