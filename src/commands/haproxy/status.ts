import { durationFlag } from '../../cli/base-command.ts';
import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';
import { flagsOf } from '../../cli/haproxy/settings/flags.ts';
import { LOOKING } from '../../cli/haproxy/settings/table.ts';

export default class HaproxyStatus extends HaproxyCommand {
  static override summary = 'Show what the last runs of sync or watch left, and whether HAProxy runs.';
  static override description =
    'With --max-age the exit code is 1 when everything was last in order longer ago than that: for monitoring.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --max-age 5m --quiet || page-somebody',
  ];
  static override flags = {
    ...flagsOf(LOOKING),
    'max-age': durationFlag({ summary: 'Fail when the last good run is older (5m, 300, …).', helpValue: '<time>' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HaproxyStatus);
    const [world, { statusView, isTooOld }, { balancerSettings }, { readState }, { askWorkers }, given] =
      await Promise.all([
        this.world(),
        import('../../cli/haproxy/looking/status.ts'),
        import('../../cli/haproxy/settings/settings.ts'),
        import('../../cli/haproxy/looking/read-state.ts'),
        import('../../cli/haproxy/looking/ask-workers.ts'),
        this.given(),
      ]);
    const settings = balancerSettings(given);
    const load = async () => {
      const [state, workers] = await Promise.all([readState(world, settings), askWorkers(world, given, settings)]);
      const nowMs = world.clock.nowMs();
      if (flags['max-age'] !== undefined) {
        const isOld = isTooOld(state, nowMs, flags['max-age']);
        this.leave(isOld ? 'failed' : 'ok');
        if (isOld) this.say('The last run that found or left everything in order is too long ago.');
      }
      return statusView(state, workers, nowMs);
    };
    await this.show(load);
  }
}
