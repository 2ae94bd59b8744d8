import { DaemonCommand } from '../../cli/daemon/base-daemon-command.ts';
import { flagsOf } from '../../cli/daemon/flag-help.ts';
import { CHRONOS_FLAGS } from '../../daemon/chronos/flags.ts';

export default class Chronos extends DaemonCommand {
  static override summary =
    'Run a Chronos: jobs on a calendar and jobs after jobs, on any Mesos. (mctl job … asks one that runs.)';
  static override description =
    "Takes the original's flags in kebab-case or snake_case, and its CHRONOS_* environment variables. SIGTERM stops it and " +
    'leaves its tasks running; started again with the same --work-dir it goes on where it was.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --master=127.0.0.1:5050 --work-dir=/var/lib/chronos',
    'CHRONOS_MASTER=10.0.0.5:5050 <%= config.bin %> <%= command.id %> --work-dir=/var/lib/chronos --http-port=4400',
    '<%= config.bin %> <%= command.id %> --master=zk://h1:2181,h2:2181,h3:2181/mesos --zk=zk://h1:2181,h2:2181,h3:2181/chronos',
  ];
  static override flags = flagsOf(CHRONOS_FLAGS, 'CHRONOS_');

  override async run(): Promise<void> {
    await this.runDaemon('chronos');
  }
}
