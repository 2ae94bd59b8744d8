import { Args } from '@oclif/core';
import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class DeploymentShow extends MarathonCommand {
  static override summary = 'Show where a deployment stands: one mark an instance, and what it waits for.';
  static override examples = ['<%= config.bin %> <%= command.id %> 3f0c', '<%= config.bin %> <%= command.id %> web'];
  static override args = {
    deployment: Args.string({ description: 'Its id, the start of it, or an app that it changes.', required: true }),
  };

  override async run(): Promise<void> {
    const { args } = await this.parse(DeploymentShow);
    const marathon = await this.marathon();
    const { showDeployment } = await import('../../cli/marathon/deployments.ts');
    await this.show(() => showDeployment(marathon, args.deployment, this.terminal.hasMarks));
  }
}
