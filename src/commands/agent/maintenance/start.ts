import { ScheduledMachinesCommand } from '../../../cli/agents/scheduled-machines-command.ts';
import type { MasterClient } from '../../../client/operator.ts';
import type { MachineID } from '../../../mesos/generated/v1.ts';

export default class AgentMaintenanceStart extends ScheduledMachinesCommand {
  static override summary = 'Take scheduled machines down, and their agents with them.';
  static override description =
    'Their agents are told to shut down and their tasks are lost; none is let in again until mctl agent maintenance stop.';
  static override examples = ['<%= config.bin %> <%= command.id %> 127.0.0.2 --yes'];

  protected override async change(master: MasterClient, machines: readonly MachineID[]): Promise<void> {
    const names = machines.map(({ hostname, ip }) => hostname || ip).join(', ');
    await this.confirm(`Take ${names} down, and kill what runs there?`);
    const { startMaintenance } = await import('../../../cli/agents/maintenance.ts');
    await startMaintenance(master, machines);
  }
}
