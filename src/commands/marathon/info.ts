import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class MarathonInfo extends MarathonCommand {
  static override summary = 'Show what Marathon it is, and its settings.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --marathon 10.0.0.5:8080 --json',
  ];

  override async run(): Promise<void> {
    await this.parse(MarathonInfo);
    const marathon = await this.marathon();
    const { infoView } = await import('../../cli/marathon/views/system.ts');
    await this.show(async () => infoView(await marathon.info(), marathon.api.address));
  }
}
