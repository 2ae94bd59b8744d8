import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class DeploymentWatch extends MarathonCommand {
  static override summary = 'Follow a deployment until it ends.';
  static override description = 'The exit code tells how it ended, as that of the command that started it would.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f0c',
    '<%= config.bin %> <%= command.id %> web --timeout 5m',
  ];
  static override args = {
    deployment: Args.string({ description: 'Its id, the start of it, or an app that it changes.', required: true }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(DeploymentWatch);
    const [marathon, { clock }, { watchDeployment }] = await Promise.all([
      this.marathon(),
      this.world(),
      import('../../cli/marathon/deployments.ts'),
    ]);
    const { terminal } = this;
    const context = { marathon, clock, terminal, quiet: flags.quiet, timeoutMs: flags.timeout };
    await this.print(await watchDeployment(context, args.deployment));
  }
}
