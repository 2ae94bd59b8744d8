import { ContextCommand } from '../../cli/context/context-command.ts';
import { targetView } from '../../cli/context/view.ts';

export default class ContextShow extends ContextCommand {
  static override summary = 'Show which cluster commands talk to, and why that one.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --context second --json',
  ];

  override async run(): Promise<void> {
    await this.parse(ContextShow);
    await this.show(async () => targetView(await this.target()));
  }
}
