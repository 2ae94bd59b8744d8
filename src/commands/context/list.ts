import { ContextCommand } from '../../cli/context/context-command.ts';
import { contextListView } from '../../cli/context/view.ts';

export default class ContextList extends ContextCommand {
  static override summary = 'List the contexts: saved ones and running local clusters.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  override async run(): Promise<void> {
    await this.parse(ContextList);
    // Nothing to talk to is no error here: there is just none to mark.
    await this.show(async () =>
      contextListView(
        this.readConfig(),
        await this.running(),
        await this.target().then(
          ({ name }) => name,
          () => undefined,
        ),
      ),
    );
  }
}
