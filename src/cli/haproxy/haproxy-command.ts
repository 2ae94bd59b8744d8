// What the commands of the balancer have in common: settings from flags, environment and a config file, and which Marathon.
import { Flags } from '@oclif/core';
import type { MarathonPlaces } from '../../haproxy/watch/stream-keeper.ts';
import { BASE_FLAGS, durationFlag, MctlCommand } from '../base-command.ts';
import type { FileDifference } from './looking/diff.ts';
import type { Look, LookOptions } from './looking/rendering.ts';
import { planText } from './report/plan-text.ts';
import { problemText } from './report/problem-text.ts';
import type { Given } from './settings/given.ts';
import type { BalancerSettings } from './settings/settings.ts';

/** The common flags; the state meant here is the balancer's, not that of local clusters. */
export const HAPROXY_BASE_FLAGS = {
  ...BASE_FLAGS,
  'state-dir': Flags.string({
    summary: 'What one run leaves to the next; default /var/lib/mctl-haproxy.',
    helpValue: '<dir>',
  }),
};

/** The common flag, with what it comes to for runs. */
export const quietFlag = (summary: string) => Flags.boolean({ char: 'q', helpGroup: 'GLOBAL', summary });

/** The common flag, with what is meant by it where only Marathon is waited for. */
export const fetchTimeoutFlag = durationFlag({
  helpGroup: 'GLOBAL',
  summary: 'How long Marathon may take to answer; default 30s.',
  helpValue: '<time>',
});

/** Commands of `mctl haproxy`. */
export abstract class HaproxyCommand extends MctlCommand {
  static override baseFlags = HAPROXY_BASE_FLAGS;

  /** Throws Problem `usage`. */
  protected async given(): Promise<Given> {
    const { readGiven } = await import('./settings/read-given.ts');
    return readGiven(this.common, process.env);
  }

  /** Throws Problem. */
  protected async places(given: Given): Promise<MarathonPlaces> {
    const { marathonPlaces } = await import('./places.ts');
    return marathonPlaces(given, process.env, async () => {
      const { findMarathon } = await import('../marathon/find-marathon.ts');
      const { context, master } = this.common;
      return findMarathon(undefined, { context, master }, process.env, () => this.masterClient());
    });
  }

  /** What Marathon says now, rendered. Throws Problem, DiscoveryError, TemplateError. */
  protected async look(
    options: Omit<LookOptions, 'deadlineMs'> = {},
  ): Promise<Look & { readonly settings: BalancerSettings }> {
    const [given, world, { balancerSettings }, { look }] = await Promise.all([
      this.given(),
      this.world(),
      import('./settings/settings.ts'),
      import('./looking/rendering.ts'),
    ]);
    const settings = balancerSettings(given);
    const places = await this.places(given);
    const deadlineMs = this.common.timeout;
    return { ...(await look(world, given, settings, places, process.env, { ...options, deadlineMs })), settings };
  }

  protected sayWhatIsWrong({ settings, problems, warnings }: Look & { readonly settings: BalancerSettings }): void {
    for (const note of [...settings.notes, ...warnings]) this.say(note);
    for (const problem of problems) this.say(problemText(problem));
  }

  /** `diff`, and `sync --dry-run`, which also asks whether it could be applied. Throws Problem when it could not. */
  protected async showDifferences(options: Omit<LookOptions, 'deadlineMs'> = {}): Promise<void> {
    const [{ disk }, looked, { differingFiles }] = await Promise.all([
      this.world(),
      this.look(options),
      import('./looking/diff.ts'),
    ]);
    const files = await differingFiles(disk, looked.settings.options.configPath, looked.rendered);
    await this.printDifferences(files, looked);
    this.sayWhatIsWrong(looked);
    if (looked.obstacle !== undefined) throw looked.obstacle;
    const wouldChange = files.length > 0 || looked.plan.kind !== 'nothing';
    this.say(planText(looked.plan, files.length > 0));
    this.leave(wouldChange ? 'wouldChange' : 'ok');
  }

  /** As unified diffs, or as data. */
  protected async printDifferences(files: readonly FileDifference[], looked?: Look): Promise<void> {
    if (this.format === 'json' || this.format === 'yaml') {
      const data = { changes: files, ...(looked && { plan: looked.plan, problems: looked.problems }) };
      await this.print({ data, names: [], body: { kind: 'details', items: [] } });
    } else if (this.format === 'name') for (const { path } of files) this.terminal.data(path);
    else for (const { diff } of files) await this.terminal.raw(diff);
  }

  protected override async catch(error: Error): Promise<void> {
    const [{ haproxyProblem }, { refusedFlag }] = await Promise.all([
      import('./problems.ts'),
      import('./refused-flags.ts'),
    ]);
    await super.catch(refusedFlag(error, this.id) ?? haproxyProblem(error) ?? error);
  }
}
