import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { RENDERING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyRender extends HaproxyCommand {
  static override summary = "Print the config that Marathon's apps come to, and change nothing.";
  static override description =
    'The config goes to stdout as it would be written, hashes of passwords included; what is wrong with labels goes to ' +
    'stderr. With --json both, and the maps.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --group external',
    '<%= config.bin %> <%= command.id %> --marathon http://m1:8080 --group external > haproxy.cfg',
  ];
  static override flags = flagsOf(RENDERING);

  override async run(): Promise<void> {
    await this.parse(HaproxyRender);
    this.refuseWatch();
    const looked = await this.look();
    const { source, services, rendered, problems } = looked;
    if (this.format === 'json' || this.format === 'yaml') {
      const data = { source, config: rendered.config, maps: rendered.maps, services, problems };
      await this.print({ data, names: [], body: { kind: 'details', items: [] } });
    } else await this.terminal.raw(rendered.config);
    this.sayWhatIsWrong(looked);
  }
}
