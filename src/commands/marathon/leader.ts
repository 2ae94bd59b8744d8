import { Flags } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class MarathonLeader extends MarathonCommand {
  static override summary = 'Show which Marathon leads, or make it give that up.';
  static override description = 'All who stand for election, and since when: mctl leader marathon.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --abdicate --yes',
  ];
  static override flags = {
    abdicate: Flags.boolean({
      summary: 'It goes on as a standby; one without --zk ends, and whoever watches over it starts it again.',
      exclusive: ['watch'],
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(MarathonLeader);
    const marathon = await this.marathon();
    const { leaderView } = await import('../../cli/marathon/views/system.ts');
    if (!flags.abdicate) return this.show(async () => leaderView(await marathon.leader()));
    const leader = await marathon.leader();
    await this.confirm(`Make the Marathon at ${leader} give up leading?`);
    await marathon.abdicate();
    this.say(`The Marathon at ${leader} gives up leading.`);
  }
}
