import { Args } from '@oclif/core';
import { MctlCommand } from '../cli/base-command.ts';
import { completionScript, SHELLS } from '../cli/completion/scripts.ts';

export default class Completion extends MctlCommand {
  static override summary = 'Print the completion script of a shell.';
  static override description =
    'It completes commands, flags, and what is there to be named: tasks, agents, frameworks, apps, jobs, roles, volumes, contexts, …';
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash > ~/.local/share/bash-completion/completions/mctl',
    '<%= config.bin %> <%= command.id %> zsh > ~/.zfunc/_mctl',
    '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/mctl.fish',
  ];
  static override args = { shell: Args.string({ description: 'The shell.', required: true, options: [...SHELLS] }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    this.terminal.data(completionScript(args.shell));
  }
}
