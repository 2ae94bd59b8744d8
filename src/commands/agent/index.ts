import { DaemonCommand } from '../../cli/daemon/base-daemon-command.ts';
import { flagsOf } from '../../cli/daemon/flag-help.ts';
import { AGENT_FLAGS } from '../../daemon/agent/flags.ts';

export default class Agent extends DaemonCommand {
  static override summary = 'Run a Mesos agent. (agent list and agent show look at the agents of a cluster.)';
  static override description =
    "Takes the original's flags in kebab-case or snake_case, and its MESOS_* environment variables. SIGTERM stops it and " +
    'leaves its tasks running for the next start; SIGUSR1 makes it leave the cluster for good.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --master=127.0.0.1:5050 --work-dir=/var/lib/mesos',
    "<%= config.bin %> <%= command.id %> --master=10.0.0.5:5050 --work-dir=/var/lib/mesos --resources='cpus:4;mem:8192' --attributes=rack:a1",
    '<%= config.bin %> <%= command.id %> list',
  ];
  static override flags = flagsOf(AGENT_FLAGS);

  override async run(): Promise<void> {
    await this.runDaemon('agent');
  }
}
