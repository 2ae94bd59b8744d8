import { Args, Flags } from '@oclif/core';
import { integerFlag } from '../cli/amount-flags.ts';
import { MctlCommand } from '../cli/base-command.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { Problem } from '../cli/problem.ts';

export default class Simulate extends MctlCommand {
  static override summary = 'Try a workload in virtual time: who would wait how long, and how full agents would be.';
  static override description =
    "The master's own allocator decides; agents and frameworks come from a file, and no cluster is needed or touched. The " +
    'same file and seed give the same answer. A comparison runs the very same jobs under each policy: drf (everybody ' +
    'shares, by fairness), random (everybody shares, by lot), static (agents are divided among frameworks). Exit code 5: ' +
    'tasks were left that could never start. Examples are in templates/simulate of the package, which also say what may ' +
    'be in a file.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> templates/simulate/macro-benchmark.yaml',
    '<%= config.bin %> <%= command.id %> workload.yaml --compare static,drf -o wide',
    '<%= config.bin %> <%= command.id %> workload.yaml --seed 7 --json',
  ];
  static override args = {
    file: Args.string({ description: 'The workload, JSON or YAML; - is stdin.', required: true }),
  };
  static override flags = {
    compare: Flags.string({
      summary:
        'Policies, instead of those in the file: static, drf, random. The first is what others are compared with.',
      helpValue: '<policy,…>',
      multiple: true,
      delimiter: ',',
    }),
    seed: integerFlag({
      summary: 'Seed of the random numbers, instead of that in the file: a whole number.',
      helpValue: '<n>',
    }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Simulate);
    this.refuseWatch();
    const [{ readWorkloadFile }, { simulate }, { simulationView }, { policiesOf }, { glyphs }] = await Promise.all([
      import('../cli/simulate/read-file.ts'),
      import('../cli/simulate/simulate.ts'),
      import('../cli/simulate/view.ts'),
      import('../cli/simulate/choices.ts'),
      import('../tui/widgets/glyphs.ts'),
    ]);
    const given = await readWorkloadFile(args.file);
    const workload = { ...given, seed: flags.seed ?? given.seed };
    const reports = simulate(workload, {
      policies: policiesOf(flags.compare) ?? workload.policies,
      timeoutMs: this.common.timeout,
      progress: (text) => (this.terminal.stderrIsTty ? this.progress(text) : undefined),
      now: () => performance.now(),
    });
    await this.print(simulationView(workload, reports, glyphs(this.terminal.hasMarks)));
    if (reports.some(({ ending }) => ending === 'stalled')) {
      throw new Problem(EXIT.cannotPlace, {
        what: 'Tasks are left that could not start for an hour, with nothing running and nothing to come.',
        why: 'A limit, a partition or minParallel leaves them too little.',
      });
    }
  }
}
