import { Args } from '@oclif/core';
import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { KEPT } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyHistory extends HaproxyCommand {
  static override summary = 'List the configs that were applied and are kept, or compare one with what is on disk.';
  static override description =
    'Versions may be shortened to a unique beginning. A comparison goes from the version to the config on disk, with hashes masked.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 20260119T1015',
  ];
  static override args = { version: Args.string({ description: 'Compare this one.' }) };
  static override flags = flagsOf(KEPT);

  override async run(): Promise<void> {
    const { args } = await this.parse(HaproxyHistory);
    const [world, given, { balancerSettings }, history, { diffFromVersion }] = await Promise.all([
      this.world(),
      this.given(),
      import('../../cli/haproxy/settings/settings.ts'),
      import('../../cli/haproxy/looking/history.ts'),
      import('../../cli/haproxy/looking/diff.ts'),
    ]);
    const { configPath } = balancerSettings(given).options;
    const load = () => history.readHistory(world, configPath);
    if (args.version === undefined)
      return this.show(async () => history.historyView(await load(), world.clock.nowMs()));
    this.refuseWatch();
    const version = history.chooseVersion(await load(), args.version);
    const files = await history.versionFiles(world, configPath, version);
    const differences = await diffFromVersion(world.disk, configPath, version.id, files);
    await this.printDifferences(differences);
    if (differences.length === 0) this.say(`${version.id} is what is on disk.`);
  }
}
