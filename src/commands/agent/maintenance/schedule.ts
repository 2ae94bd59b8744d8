import { Args, Flags } from '@oclif/core';
import { durationFlag, MctlCommand } from '../../../cli/base-command.ts';
import { EXIT } from '../../../cli/exit-codes.ts';
import { Problem } from '../../../cli/problem.ts';

export default class AgentMaintenanceSchedule extends MctlCommand {
  static override summary = 'Schedule maintenance: say when machines of agents will be away.';
  static override description =
    'Offers of their agents carry the time from now on, and frameworks that hold something there are asked to leave. Nothing ' +
    'else happens when the time comes: mctl agent maintenance start takes a machine down. Machines that are in the ' +
    'schedule already get the new time, others keep theirs.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> S0 S1 --start 2h --duration 30m',
    '<%= config.bin %> <%= command.id %> 127.0.0.2 --start 2026-12-01T02:00',
  ];
  static override strict = false;
  static override args = {
    agent: Args.string({
      description: 'One agent, or several: ids or hostnames; also machines of the schedule.',
      required: true,
    }),
  };
  static override flags = {
    start: Flags.string({
      summary: 'When it begins: a local date and time (2026-12-01T02:00), a time from now (2h), or now.',
      default: 'now',
      helpValue: '<time>',
    }),
    duration: durationFlag({ summary: 'How long they will be away; open-ended if left out.', helpValue: '<time>' }),
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(AgentMaintenanceSchedule);
    this.refuseWatch();
    const [tools, { maintenanceView }] = await Promise.all([
      import('../../../cli/agents/maintenance.ts'),
      import('../../../cli/agents/maintenance-view.ts'),
    ]);
    const startMs = tools.parseStart(flags.start, Date.now());
    if (startMs === undefined) {
      throw new Problem(EXIT.usage, {
        what: `--start: '${flags.start}' is no time.`,
        why: 'Write 2026-12-01T02:00, 2h (from now on) or now.',
      });
    }
    tools.checkLength(flags.duration);
    const master = await this.masterClient();
    const machines = tools.machinesToSchedule(await tools.maintenancePicture(master), argv.map(String));
    await tools.scheduleMaintenance(master, machines, { startMs, durationMs: flags.duration });
    await this.print(maintenanceView(await tools.maintenancePicture(master), Date.now()));
  }
}
