import { MctlCommand } from '../../cli/base-command.ts';

export default class RoleList extends MctlCommand {
  static override summary = 'List the roles: who uses what, weights, quotas.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o wide --watch',
  ];

  override async run(): Promise<void> {
    await this.parse(RoleList);
    const master = await this.masterClient();
    const { roleListView } = await import('../../cli/roles/views.ts');
    await this.show(async () => roleListView(await master.getRoles()));
  }
}
