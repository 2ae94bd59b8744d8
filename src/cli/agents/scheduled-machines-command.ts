// The frame of `mctl agent maintenance start|stop|cancel`: machines of the schedule are named, changed, and the schedule is shown.
import { Args } from '@oclif/core';
import type { MasterClient } from '../../client/operator.ts';
import type { MachineID } from '../../mesos/generated/v1.ts';
import { MctlCommand } from '../base-command.ts';
import type { MaintenancePicture } from './maintenance.ts';

export abstract class ScheduledMachinesCommand extends MctlCommand {
  static override strict = false;
  static override args = {
    machine: Args.string({
      description: 'One machine of the schedule, or several: host names, IPs or ids of their agents.',
      required: true,
    }),
  };

  /** What the command does to them. Throws Problem. */
  protected abstract change(
    master: MasterClient,
    machines: readonly MachineID[],
    picture: MaintenancePicture,
  ): Promise<void>;

  override async run(): Promise<void> {
    const { argv } = await this.parse(ScheduledMachinesCommand);
    this.refuseWatch();
    const master = await this.masterClient();
    const [{ maintenancePicture, scheduledMachines }, { maintenanceView }] = await Promise.all([
      import('./maintenance.ts'),
      import('./maintenance-view.ts'),
    ]);
    const picture = await maintenancePicture(master);
    await this.change(master, scheduledMachines(picture, argv.map(String)), picture);
    await this.print(maintenanceView(await maintenancePicture(master), Date.now()));
  }
}
