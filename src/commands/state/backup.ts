import { Args } from '@oclif/core';
import { EXIT } from '../../cli/exit-codes.ts';
import { Problem } from '../../cli/problem.ts';
import { STATE_FLAGS, StateCommand } from '../../cli/state/state-command.ts';

export default class StateBackup extends StateCommand {
  static override summary = 'Write the durable state of a master, Marathon or Chronos to a file.';
  static override description =
    'One consistent picture, also while the service works; state in a work dir only while its daemon is stopped. The same ' +
    'state gives the same file: a line of JSON for each entry, a checksum at the end. It holds all secrets that the state ' +
    'holds, and is readable by its owner only.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> marathon.backup --service marathon --zk zk://h1:2181,h2:2181/marathon',
    '<%= config.bin %> <%= command.id %> master.backup --work-dir /var/lib/mesos',
    '<%= config.bin %> <%= command.id %> - --service master --zk file:///etc/mesos/zk | gzip > master.backup.gz',
  ];
  static override args = {
    file: Args.string({ required: true, description: 'File to write; - is stdout.' }),
  };
  static override flags = STATE_FLAGS;

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(StateBackup);
    const { file } = args;
    this.refuseWatch();
    this.refuseNoFile(file);
    if (file === '-' && (this.common.json || this.common.output !== undefined)) {
      throw new Problem(EXIT.usage, { what: '--json and -o do not go with -.', why: 'stdout is the backup itself.' });
    }
    const [{ backUp }, { whatIs }, { stateToBackUp }] = await Promise.all([
      import('../../cli/state/backup.ts'),
      import('../../cli/state/backup-file.ts'),
      import('../../cli/state/find.ts'),
    ]);
    if (file !== '-' && whatIs(file) === 'file') await this.confirm(`Replace ${file}?`);
    const place = await stateToBackUp(await this.world(), this.question(flags));
    try {
      const { terminal, config } = this;
      const options = { file, version: config.version, terminal, progress: (text: string) => this.progress(text) };
      const view = await backUp(place, options);
      if (file !== '-') await this.print(view);
    } finally {
      await place.close();
    }
  }
}
