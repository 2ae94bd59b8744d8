import { Args } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';

export default class AgentMaintenanceCancel extends MctlCommand {
  static override summary = 'Take machines out of the maintenance schedule.';
  static override description = 'Those that are down have to be brought up instead (mctl agent maintenance stop).';
  static override examples = ['<%= config.bin %> <%= command.id %> 127.0.0.2'];
  static override strict = false;
  static override args = {
    machine: Args.string({
      description: 'One machine of the schedule, or several: host names, IPs or ids of their agents.',
      required: true,
    }),
  };

  override async run(): Promise<void> {
    const { argv } = await this.parse(AgentMaintenanceCancel);
    this.refuseWatch();
    const master = await this.masterClient();
    const [tools, { maintenanceView }] = await Promise.all([
      import('../../../cli/agents/maintenance.ts'),
      import('../../../cli/agents/maintenance-view.ts'),
    ]);
    const picture = await tools.maintenancePicture(master);
    const machines = tools.scheduledMachines(picture, argv.map(String));
    await tools.cancelMaintenance(master, picture, machines);
    await this.print(maintenanceView(await tools.maintenancePicture(master), Date.now()));
  }
}
