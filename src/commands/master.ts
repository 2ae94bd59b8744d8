import { DaemonCommand } from '../cli/daemon/base-daemon-command.ts';
import { flagsOf } from '../cli/daemon/flag-help.ts';
import { MASTER_FLAGS } from '../daemon/master/flags.ts';

export default class Master extends DaemonCommand {
  static override summary = 'Run a Mesos master.';
  static override description =
    "Takes the original's flags in kebab-case or snake_case, and its MESOS_* environment variables. SIGTERM stops it. " +
    'Agents come back by themselves when it is started again with the same --work-dir.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --work-dir=/var/lib/mesos',
    'MESOS_WORK_DIR=/var/lib/mesos <%= config.bin %> <%= command.id %> --port=5050',
    '<%= config.bin %> <%= command.id %> --work-dir=/var/lib/mesos --ip=10.0.0.5 --insecure-no-auth',
  ];
  static override flags = flagsOf(MASTER_FLAGS);

  override async run(): Promise<void> {
    await this.runDaemon('master');
  }
}
