import { Args } from '@oclif/core';
import { ChangingCommand } from '../../cli/marathon/changing-command.ts';

export default class DeploymentCancel extends ChangingCommand {
  static override summary = 'Take a deployment back, or with --force leave everything where it is.';
  static override description =
    'Taking back is a deployment of its own, to what was before. With --force the deployment ends at once, and its apps keep ' +
    'the new definition.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f0c',
    '<%= config.bin %> <%= command.id %> web --force --yes',
  ];
  static override args = {
    deployment: Args.string({ description: 'Its id, the start of it, or an app that it changes.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(DeploymentCancel);
    this.refuseWatch();
    const context = await this.changeContext();
    const { cancelOf } = await import('../../cli/marathon/deployments.ts');
    const { question, change } = await cancelOf(context, args.deployment);
    await this.confirm(question);
    await this.carryOut(change, context);
  }
}
