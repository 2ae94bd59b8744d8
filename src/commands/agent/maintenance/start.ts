import { Args } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';

export default class AgentMaintenanceStart extends MctlCommand {
  static override summary = 'Take machines of the maintenance schedule down, and their agents with them.';
  static override description =
    'Their agents are told to shut down and their tasks are lost; none is let in again until mctl agent maintenance stop.';
  static override examples = ['<%= config.bin %> <%= command.id %> 127.0.0.2 --yes'];
  static override strict = false;
  static override args = {
    machine: Args.string({
      description: 'One machine of the schedule, or several: host names, IPs or ids of their agents.',
      required: true,
    }),
  };

  override async run(): Promise<void> {
    const { argv } = await this.parse(AgentMaintenanceStart);
    this.refuseWatch();
    const master = await this.masterClient();
    const [tools, { maintenanceView }] = await Promise.all([
      import('../../../cli/agents/maintenance.ts'),
      import('../../../cli/agents/maintenance-view.ts'),
    ]);
    const picture = await tools.maintenancePicture(master);
    const machines = tools.scheduledMachines(picture, argv.map(String));
    const names = machines.map(({ hostname, ip }) => hostname || ip).join(', ');
    await this.confirm(`Take ${names} down, and kill what runs there?`);
    await tools.startMaintenance(master, machines);
    await this.print(maintenanceView(await tools.maintenancePicture(master), Date.now()));
  }
}
