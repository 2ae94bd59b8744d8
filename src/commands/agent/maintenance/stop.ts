import { ScheduledMachinesCommand } from '../../../cli/agents/scheduled-machines-command.ts';
import type { MasterClient } from '../../../client/operator.ts';
import type { MachineID } from '../../../mesos/generated/v1.ts';

export default class AgentMaintenanceStop extends ScheduledMachinesCommand {
  static override summary = 'Bring machines back that were taken down for maintenance.';
  static override description = 'They leave the schedule, and their agents may register again.';
  static override examples = ['<%= config.bin %> <%= command.id %> 127.0.0.2'];

  protected override async change(master: MasterClient, machines: readonly MachineID[]): Promise<void> {
    const { stopMaintenance } = await import('../../../cli/agents/maintenance.ts');
    await stopMaintenance(master, machines);
  }
}
