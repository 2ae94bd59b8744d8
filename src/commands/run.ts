import { Flags } from '@oclif/core';
import { amountFlag, megabytesFlag } from '../cli/amount-flags.ts';
import { durationFlag, MctlCommand } from '../cli/base-command.ts';
import { shownMaster } from '../cli/masters/texts.ts';

export default class Run extends MctlCommand {
  static override summary = 'Run a command on the cluster as if it were here.';
  static override description =
    'Waits for a place and says why it waits, hands through what the command writes, and exits with its exit code ' +
    '(128 + n when a signal ended it; 5 when there was no place within --timeout). Ctrl-C stops the command. ' +
    'What it reads is empty; `mctl task exec -i` runs a command in it that is talked with. ' +
    'A single word with blanks or shell characters is run by /bin/sh, several words are run as they are. ' +
    'With --volume it runs on the agent that has the volume, and waits while another task uses it unless it is shared; ' +
    'that it is only read (:ro) is enforced by agents with filesystem/linux in their --isolation.';
  static override usage = 'run [FLAGS] -- COMMAND [ARGUMENTS]';
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- echo hello',
    "<%= config.bin %> <%= command.id %> --cpus 2 --mem 1GB -- 'sort big.txt | uniq -c'",
    '<%= config.bin %> <%= command.id %> --attr rack=a1 --env LEVEL=debug --uri https://example.org/job.tgz -- ./job',
    '<%= config.bin %> <%= command.id %> --detach --name napper -- sleep 600',
    '<%= config.bin %> <%= command.id %> --volume db-1:data --volume web/pages:in:ro -- ls data in',
  ];
  static override strict = false;
  static override flags = {
    timeout: durationFlag({
      helpGroup: 'GLOBAL',
      summary: 'Give up when no place is found in this time (30s, 5m, …); it does not limit a task that runs.',
      helpValue: '<time>',
    }),
    cpus: amountFlag({ summary: 'Cpus.', default: 0.1, helpValue: '<n>' }),
    mem: megabytesFlag({ summary: 'Memory, in MB or with a unit (1GB).', default: 128, helpValue: '<size>' }),
    disk: megabytesFlag({ summary: 'Disk, in MB or with a unit.', default: 0, helpValue: '<size>' }),
    gpus: amountFlag({ summary: 'Gpus.', default: 0, helpValue: '<n>' }),
    attr: Flags.string({
      summary: 'Only on agents with this attribute (or hostname).',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<k=v>',
    }),
    env: Flags.string({
      char: 'e',
      summary: 'Environment variable; without a value, as it is here.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<k[=v]>',
    }),
    uri: Flags.string({
      summary: 'Fetched into the sandbox first (archives are unpacked).',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<url>',
    }),
    name: Flags.string({ summary: 'Name of the task; the command when left out.', helpValue: '<name>' }),
    user: Flags.string({ summary: 'User to run as; you when left out.', helpValue: '<user>' }),
    role: Flags.string({
      summary: "Role whose resources to use; when left out that of its volumes, else '*'.",
      helpValue: '<role>',
    }),
    volume: Flags.string({
      summary: 'Persistent volume to use, as mctl volume list names it; at its own path when none is given.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: '<id[:path][:ro]>',
    }),
    detach: Flags.boolean({
      char: 'd',
      summary: 'Return as soon as it runs; a small process stays behind until it ends.',
    }),
  };

  override async run(): Promise<void> {
    const { flags, raw } = await this.parse(Run);
    // Not `argv`: oclif sorts that by the first place of each word, and words repeat.
    const command = raw.filter(({ type }) => type === 'arg').map(({ input }) => input);
    this.refuseWatch();
    const { executeRun, runRequest } = await import('../cli/run/execute.ts');
    let request = runRequest({ ...flags, attr: flags.attr ?? [], env: flags.env ?? [], uri: flags.uri ?? [] }, command);
    if (flags.volume !== undefined) {
      const [{ volumeWish, withVolumes }, { clusterPicture }] = await Promise.all([
        import('../cli/run/volumes.ts'),
        import('../cli/views/cluster-picture.ts'),
      ]);
      const wishes = flags.volume.map(volumeWish);
      request = withVolumes(request, wishes, flags.role, await clusterPicture(await this.masterClient()));
    }
    // The staying process runs with the same arguments, however the flag was written (-d, --detach, -dq): what it is tells
    // the environment, or each would start the next.
    const { isDetachedProcess } = await import('../cli/run/detach.ts');
    if (flags.detach && !isDetachedProcess()) {
      const { detachedView, runDetached } = await import('../cli/run/detach.ts');
      return this.print(
        detachedView(
          await runDetached(this.argv, (await this.target()).masters.map(shownMaster), (text) => this.say(text)),
        ),
      );
    }
    process.exitCode = await executeRun({
      world: await this.world(),
      masters: await this.masterPlaces(),
      request,
      timeoutMs: flags.timeout,
      terminal: this.terminal,
      quiet: flags.quiet,
    });
  }
}
