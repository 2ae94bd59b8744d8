import { Flags } from '@oclif/core';
import { durationFlag, MctlCommand } from '../../cli/base-command.ts';

export default class PodRun extends MctlCommand {
  static override summary = 'Run a group of tasks that live and die together, from a file.';
  static override description =
    'The tasks run on one agent, each with a sandbox of its own, and may share directories and localhost. When one fails or ' +
    'is killed the others are killed too. What they write is shown with their names before it; the exit code is that of the ' +
    'first task that did not end well. Ctrl-C stops all of them.\n\n' +
    'The file (JSON or YAML) has a name and tasks: each a name, a command (a line for the shell, or a list), and if need be ' +
    'cpus, mem and disk (MB), env, uris, volumes ({shared: directory of the group, path: where the task sees it}), and ' +
    'health_check and check as the v1 API has them. Beside them: role, user, attributes an agent must have, separate_limits, ' +
    'and executor with the cpus, mem and disk of the group itself.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -f web.yaml',
    "echo '{name: two, tasks: [{name: a, command: echo a}, {name: b, command: echo b}]}' | <%= config.bin %> <%= command.id %> -f -",
  ];
  static override flags = {
    file: Flags.string({ char: 'f', summary: 'JSON or YAML; - is stdin.', helpValue: '<file|->', required: true }),
    timeout: durationFlag({
      helpGroup: 'GLOBAL',
      summary: 'Give up when no place is found in this time (30s, 5m, …); it does not limit tasks that run.',
      helpValue: '<time>',
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(PodRun);
    this.refuseWatch();
    const { executePod } = await import('../../cli/pod/execute.ts');
    process.exitCode = await executePod({
      world: await this.world(),
      masters: await this.masterPlaces(),
      file: flags.file,
      timeoutMs: flags.timeout,
      terminal: this.terminal,
      quiet: flags.quiet,
    });
  }
}
