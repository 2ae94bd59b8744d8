import { Args } from '@oclif/core';
import { MctlCommand } from '../../cli/base-command.ts';

export default class FrameworkShow extends MctlCommand {
  static override summary = 'Show one framework and its tasks.';
  static override examples = ['<%= config.bin %> <%= command.id %> 0000'];
  static override args = {
    framework: Args.string({ description: 'Id, its beginning or end, or name.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(FrameworkShow);
    const master = await this.masterClient();
    const [{ clusterPicture }, { frameworkView }, { findFramework }] = await Promise.all([
      import('../../cli/views/cluster-picture.ts'),
      import('../../cli/views/frameworks.ts'),
      import('../../cli/tasks/find.ts'),
    ]);
    await this.show(async () => {
      const picture = await clusterPicture(master);
      return frameworkView(findFramework(picture, args.framework), picture, Date.now());
    });
  }
}
