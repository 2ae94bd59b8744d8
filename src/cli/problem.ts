// What goes wrong in front of a person: what happened, why, what to do next, and the exit code that says the same to a
// script. Everything that a command cannot do ends as one of these (failures.ts makes them from other errors).
import { EXIT, type ExitCode } from './exit-codes.ts';
import { printable, printableLine } from './output/printable.ts';
import type { Style } from './output/style.ts';

/** The three parts a person reads. */
export interface ProblemText {
  /** One sentence, with a full stop. */
  readonly what: string;
  readonly why?: string;
  /** A command line, or a sentence that begins with what to do. */
  readonly next?: string | readonly string[];
}

/** Thrown by commands; printed once, at the top. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: ExitCode;
  readonly text: ProblemText;
  constructor(exitCode: ExitCode, text: ProblemText, options?: ErrorOptions) {
    super(text.why === undefined ? text.what : `${text.what} ${text.why}`, options);
    this.exitCode = exitCode;
    this.text = text;
  }
}

/** As people read it, several lines without a line end. */
export function problemLines(problem: Problem, style: Style): string {
  const { what, why, next } = problem.text;
  const lines = [`${style.bad('Error:')} ${printableLine(what)}`];
  if (why !== undefined)
    lines.push(
      ...printable(why)
        .split('\n')
        .map((line) => `  ${line}`),
    );
  const steps = next === undefined ? [] : typeof next === 'string' ? [next] : next;
  for (const [index, step] of steps.entries())
    lines.push(`${style.dim(index === 0 ? '  Try: ' : '       ')}${printableLine(step)}`);
  return lines.join('\n');
}

/** As programs read it (`--json`). */
export function problemJson(problem: Problem): object {
  const { what, why, next } = problem.text;
  const code = Object.entries(EXIT).find(([, value]) => value === problem.exitCode)?.[0] ?? 'failed';
  return { error: { code, exitCode: problem.exitCode, message: what, ...(why && { why }), ...(next && { next }) } };
}
