import { Args } from '@oclif/core';
import { BLUEGREEN_FLAGS, paceOf, STEP_DELAY_MS, wishOf } from '../../cli/haproxy/bluegreen/flags.ts';
import { HaproxyCommand } from '../../cli/haproxy/haproxy-command.ts';

export default class HaproxyBluegreen extends HaproxyCommand {
  static override summary = 'Replace an app behind balancers by its next version without losing a request.';
  static override description =
    'Blue and green are two apps of one deployment group (label HAPROXY_DEPLOYMENT_GROUP), which balancers serve as one. ' +
    'The new colour starts small; as it comes up on every balancer, as many old instances drain, are killed when they have ' +
    'no connections left, and the new one grows, until the old app can go. All that is known of it is in the labels: one ' +
    'that was interrupted is gone on with by --resume.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f cart.json --balancer http://lb.example:9090',
    '<%= config.bin %> <%= command.id %> -f cart.json -l http://lb.example:9090 --timeout 30m --rollback --yes',
    '<%= config.bin %> <%= command.id %> -f cart.json -l http://lb.example:9090 --new-instances 2',
    '<%= config.bin %> <%= command.id %> cart -l http://lb.example:9090 --complete-cur',
    '<%= config.bin %> <%= command.id %> cart -l http://lb.example:9090 --abort',
  ];
  static override args = {
    group: Args.string({ description: 'The deployment group; default: that of --file.' }),
  };
  static override flags = BLUEGREEN_FLAGS;

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(HaproxyBluegreen);
    this.refuseWatch();
    const [{ carryOutBluegreen }, { interruption }, given, world] = await Promise.all([
      import('../../cli/haproxy/bluegreen/carry-out.ts'),
      import('../../cli/marathon/changes/interruption.ts'),
      this.given(),
      this.world(),
    ]);
    const { view, outcome } = await carryOutBluegreen({
      world,
      places: () => this.places(given),
      group: args.group,
      file: flags.file,
      balancers: flags.balancer ?? [],
      balancerAuthFile: flags['balancer-auth-file'],
      pidsPort: flags.pids ? flags['pids-port'] : undefined,
      wish: wishOf(flags),
      pace: paceOf(flags),
      newInstances: flags['new-instances'],
      stepDelayMs: flags['step-delay'] ?? STEP_DELAY_MS,
      timeoutMs: this.common.timeout,
      rollsBack: flags.rollback,
      isDryRun: flags['dry-run'],
      hook: flags['pre-kill-hook'],
      confirm: (question) => this.confirm(question),
      say: (text) => this.say(text),
      progress: (text) => this.progress(text),
      interrupted: interruption,
    });
    await this.print(view);
    this.leave(outcome);
  }
}
