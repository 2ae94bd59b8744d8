import type { MaintenancePicture } from '../../../cli/agents/maintenance.ts';
import { ScheduledMachinesCommand } from '../../../cli/agents/scheduled-machines-command.ts';
import type { MasterClient } from '../../../client/operator.ts';
import type { MachineID } from '../../../mesos/generated/v1.ts';

export default class AgentMaintenanceCancel extends ScheduledMachinesCommand {
  static override summary = 'Take machines out of the maintenance schedule.';
  static override description = 'Those that are down have to be brought up instead (mctl agent maintenance stop).';
  static override examples = ['<%= config.bin %> <%= command.id %> 127.0.0.2'];

  protected override async change(
    master: MasterClient,
    machines: readonly MachineID[],
    picture: MaintenancePicture,
  ): Promise<void> {
    const { cancelMaintenance } = await import('../../../cli/agents/maintenance.ts');
    await cancelMaintenance(master, picture, machines);
  }
}
