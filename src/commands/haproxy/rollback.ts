import { Args } from '@oclif/core';
import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { RESTORING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyRollback extends HaproxyCommand {
  static override summary = 'Put a kept config back into force: the one before, or another one of history.';
  static override description =
    'It is validated and loaded; when HAProxy does not take it, what was there stays. The next run of sync or watch brings ' +
    'HAProxy to what Marathon says again: stop those first, or change the app.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 20260119T1015 --yes',
  ];
  static override args = { version: Args.string({ description: 'As in history; may be shortened.' }) };
  static override flags = flagsOf(RESTORING);

  override async run(): Promise<void> {
    const { args } = await this.parse(HaproxyRollback);
    this.refuseWatch();
    const [world, given, { balancerSettings }, history, { makeApplier }, { tell }] = await Promise.all([
      this.world(),
      this.given(),
      import('../../cli/haproxy/settings/settings.ts'),
      import('../../cli/haproxy/looking/history.ts'),
      import('../../cli/haproxy/running/make-applier.ts'),
      import('../../cli/haproxy/report/tell.ts'),
    ]);
    const settings = balancerSettings(given);
    const { configPath } = settings.options;
    const version = history.chooseVersion(await history.readHistory(world, configPath), args.version);
    await this.confirm(`Put ${version.id} back into force?`);
    const nowhere = { marathons: [], headers: {}, insecureTls: false };
    const { applier } = await makeApplier(world, given, settings, nowhere, {}, { force: true, whenTooEarly: 'wait' });
    const report = await applier.restore(version.id);
    const { problem } = tell(report, this.common.quiet);
    if (problem !== undefined) throw problem;
    if (this.format === 'json' || this.format === 'yaml') {
      await this.print({
        data: { version: version.id, path: configPath },
        names: [version.id],
        body: { kind: 'details', items: [] },
      });
    } else this.terminal.data(this.format === 'name' ? version.id : `${version.id} is in force.`);
    this.say('The next run of sync or watch brings HAProxy to what Marathon says again.');
  }
}
