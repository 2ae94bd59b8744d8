import { fetchTimeoutFlag, HaproxyCommand, quietFlag } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { KEEPING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyWatch extends HaproxyCommand {
  static override summary = 'Keep HAProxy at what Marathon says: sync after every event, and each minute.';
  static override description =
    'Runs until SIGTERM or SIGINT; SIGHUP makes a run at once, SIGUSR1 validates and loads what is on disk. It may stand beside ' +
    'sync in cron. On 127.0.0.1:9092 it shows /_haproxy_getconfig (masked), /_haproxy_getvhostmap, /_haproxy_getappmap, ' +
    '/_haproxy_getpids and /metrics, and takes POST /_mlb_signal/hup and /usr1 with the token of --signal-token-file. ' +
    'A unit for systemd is in templates/systemd of the package.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --group external --master-socket /run/haproxy-master.sock',
    '<%= config.bin %> <%= command.id %> --config-file /etc/mctl/haproxy.yaml',
  ];
  static override flags = {
    ...flagsOf(KEEPING),
    quiet: quietFlag('Say what was applied and what failed, and nothing else.'),
    timeout: fetchTimeoutFlag,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HaproxyWatch);
    this.refuseWatch();
    const { WatchSignals } = await import('../../cli/haproxy/running/watch-signals.ts');
    const signals = new WatchSignals(process);
    const [given, world, { startWatch }] = await Promise.all([
      this.given(),
      this.world(),
      import('../../cli/haproxy/running/watch.ts'),
    ]);
    const { format } = this;
    const watch = await startWatch(world, given, {
      places: () => this.places(given),
      env: process.env,
      isQuiet: flags.quiet === true,
      isJson: format === 'json' || format === 'yaml',
      deadlineMs: this.common.timeout,
      terminal: this.terminal,
    });
    await signals.until(watch, this.terminal);
  }
}
