import { MarathonCommand } from '../../cli/marathon/marathon-command.ts';

export default class DeploymentList extends MarathonCommand {
  static override summary = 'List deployments that are under way.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --watch'];

  override async run(): Promise<void> {
    await this.parse(DeploymentList);
    const marathon = await this.marathon();
    const { deploymentListView } = await import('../../cli/marathon/views/deployments.ts');
    await this.show(async () => deploymentListView(await marathon.deployments(), Date.now()));
  }
}
