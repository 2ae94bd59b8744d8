import { Args, Flags } from '@oclif/core';
import { EXIT } from '../../cli/exit-codes.ts';
import { Problem } from '../../cli/problem.ts';
import { STATE_FLAGS, StateCommand } from '../../cli/state/state-command.ts';

export default class StateRestore extends StateCommand {
  static override summary = 'Put a backup in the place of the durable state of a master, Marathon or Chronos.';
  static override description =
    'All or nothing, and only while nobody stands for election or works on the work dir. A backup of embedded state can ' +
    'be restored to ZooKeeper, and the other way round.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> marathon.backup --zk zk://h1:2181,h2:2181/marathon',
    '<%= config.bin %> <%= command.id %> master.backup --work-dir /var/lib/mesos --replace',
    'gunzip -c master.backup.gz | <%= config.bin %> <%= command.id %> - --zk file:///etc/mesos/zk',
  ];
  static override args = {
    file: Args.string({ required: true, description: 'File to read; - is stdin.' }),
  };
  static override flags = {
    ...STATE_FLAGS,
    replace: Flags.boolean({ summary: 'Replace what is there. Asks, unless --yes.' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(StateRestore);
    const { file } = args;
    this.refuseWatch();
    this.refuseNoFile(file);
    if (file === '-' && flags.replace && !this.common.yes) {
      throw new Problem(EXIT.usage, { what: '--replace asks, and stdin is the backup.', next: 'Add --yes.' });
    }
    const [{ loadBackup, restore }, { stateToReplace }] = await Promise.all([
      import('../../cli/state/restore.ts'),
      import('../../cli/state/find.ts'),
    ]);
    const progress = (text: string): void => this.progress(text);
    const backup = await loadBackup(file, flags.service, progress);
    const place = await stateToReplace(await this.world(), this.question(flags), backup.service);
    try {
      const confirm = (question: string): Promise<void> => this.confirm(question);
      await this.print(await restore(place, backup, { mayReplace: flags.replace, confirm, progress }));
    } finally {
      await place.close();
    }
  }
}
