import { Args, Flags } from '@oclif/core';
import { MctlCommand } from '../../../cli/base-command.ts';
import { taskArgument } from '../../../cli/tasks/task-argument.ts';

export default class TaskFilesGet extends MctlCommand {
  static override summary = "Fetch a file of a task's sandbox.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> sort result.bin',
    '<%= config.bin %> <%= command.id %> sort out/part-1 /tmp/part --force',
  ];
  static override args = {
    task: taskArgument,
    path: Args.string({ description: 'File below the sandbox.', required: true }),
    target: Args.string({ description: 'Where to: a file, a directory, or - for stdout.', default: '.' }),
  };
  static override flags = { force: Flags.boolean({ char: 'f', summary: 'Replace what is there.' }) };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(TaskFilesGet);
    this.refuseWatch();
    const [{ net }, master, { getFile }, { taskFile }, { formatBytes }] = await Promise.all([
      this.world(),
      this.masterClient(),
      import('../../../cli/tasks/get-file.ts'),
      import('../../../cli/tasks/files.ts'),
      import('../../../cli/output/units.ts'),
    ]);
    const { task: given, path: file, target } = args;
    const asked = { net, master, given, timeoutMs: this.common.timeout };
    if (target === '-') return this.terminal.raw(await taskFile(asked, file));
    const got = await getFile({ ...asked, file, target, force: flags.force });
    await this.print({
      data: got,
      names: [got.path],
      body: {
        kind: 'details',
        items: [
          ['File', got.path],
          ['Size', formatBytes(got.bytes)],
        ],
      },
    });
  }
}
