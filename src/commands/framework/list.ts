import { Flags } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class FrameworkList extends MctlCommand {
  static override summary = 'List the frameworks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all -o wide',
  ];
  static override flags = { all: Flags.boolean({ char: 'a', summary: 'Those that ended too.' }) };

  override async run(): Promise<void> {
    const { flags } = await this.parse(FrameworkList);
    const master = await this.masterClient();
    const [{ clusterPicture }, { frameworkListView }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/frameworks.ts'),
    ]);
    await this.show(async () => frameworkListView(await clusterPicture(master), flags.all, Date.now()));
  }
}
