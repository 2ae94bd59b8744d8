import { MctlCommand } from '../../cli/base-command.ts';

export default class AgentMaintenance extends MctlCommand {
  static override summary = 'List the machines that are, or will be, away for maintenance.';
  static override description = 'Also shows what frameworks answered when they were asked to leave them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o wide --watch',
  ];

  static override aliases = ['agent:maintenance:list', 'agent:maintenance:show'];

  override async run(): Promise<void> {
    await this.parse(AgentMaintenance);
    const master = await this.masterClient();
    const [{ maintenancePicture }, { maintenanceView }] = await Promise.all([
      import('../../cli/agents/maintenance.ts'),
      import('../../cli/agents/maintenance-view.ts'),
    ]);
    await this.show(async () => maintenanceView(await maintenancePicture(master), Date.now()));
  }
}
