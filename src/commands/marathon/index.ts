import { DaemonCommand } from '../../cli/daemon/base-daemon-command.ts';
import { flagsOf } from '../../cli/daemon/flag-help.ts';
import { MARATHON_FLAGS } from '../../daemon/marathon/flags.ts';

export default class Marathon extends DaemonCommand {
  static override summary =
    'Run a Marathon: services that stay up, on any Mesos. (marathon info and others ask one that runs.)';
  static override description =
    "Takes the original's flags in kebab-case or snake_case, and its MARATHON_* environment variables. SIGTERM stops it and " +
    'leaves its tasks running; started again with the same --work-dir it goes on where it was, deployments too.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --master=127.0.0.1:5050 --work-dir=/var/lib/marathon',
    'MARATHON_MASTER=10.0.0.5:5050 <%= config.bin %> <%= command.id %> --work-dir=/var/lib/marathon --http-port=8080',
    '<%= config.bin %> <%= command.id %> info',
  ];
  static override flags = flagsOf(MARATHON_FLAGS, 'MARATHON_');

  override async run(): Promise<void> {
    await this.runDaemon('marathon');
  }
}
