import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { RENDERING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyRender extends HaproxyCommand {
  static override summary = 'Print the config that Marathon’s apps come to, and change nothing.';
  static override description =
    'The config goes to stdout, as it would be written; what is wrong with labels goes to stderr. With --json both, and the maps.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --group external',
    '<%= config.bin %> <%= command.id %> --marathon http://m1:8080 --group external > haproxy.cfg',
  ];
  static override flags = flagsOf(RENDERING);

  override async run(): Promise<void> {
    await this.parse(HaproxyRender);
    this.refuseWatch();
    const [given, world, { balancerSettings }, { look }, { problemText }] = await Promise.all([
      this.given(),
      this.world(),
      import('../../cli/haproxy/settings/settings.ts'),
      import('../../cli/haproxy/rendering.ts'),
      import('../../cli/haproxy/report/problem-text.ts'),
    ]);
    const settings = balancerSettings(given);
    const { source, model, rendered, problems } = await look(world, await this.places(given), settings, process.env);
    if (this.format === 'json' || this.format === 'yaml') {
      const data = { source, config: rendered.config, maps: rendered.maps, services: model.services.length, problems };
      await this.print({ data, names: [], body: { kind: 'details', items: [] } });
    } else await this.terminal.raw(rendered.config);
    for (const note of settings.notes) this.say(note);
    for (const problem of problems) this.say(problemText(problem));
  }
}
