// Patterns that match in time proportional to the text, whatever they are: one from a framework or a user must not be able
// to stop a daemon. Thompson's construction: all alternatives are followed at once.
import { type CharTest, isWordCharacter, PatternError, type PatternNode, parsePattern } from './pattern-syntax.ts';

type Instruction =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'start' | 'end' | 'match' }
  | { readonly kind: 'boundary'; readonly isNegated: boolean }
  /** Goes on at each of these. */
  | { readonly kind: 'fork'; targets: readonly number[] };

/** Says whether the whole text matches. */
export type Pattern = (text: string) => boolean;

/** `maxInstructions`: a longer program is refused. Throws PatternError. */
export function compilePattern(pattern: string, maxInstructions: number): Pattern {
  const program: Instruction[] = [];
  emit(parsePattern(pattern), program, {
    instructions: maxInstructions,
    steps: maxInstructions * STEPS_PER_INSTRUCTION,
  });
  program.push({ kind: 'match' });
  return (text) => matches(program, text);
}

/** What compiling may cost: groups of nothing, repeated, would otherwise take for ever and yield no instruction. */
interface Budget {
  readonly instructions: number;
  steps: number;
}

const STEPS_PER_INSTRUCTION = 16;

function emit(node: PatternNode, program: Instruction[], limit: Budget): void {
  limit.steps -= 1;
  if (program.length > limit.instructions || limit.steps < 0)
    throw new PatternError('pattern too large - compile failed');
  switch (node.kind) {
    case 'char':
    case 'start':
    case 'end':
    case 'boundary':
      program.push(node);
      return;
    case 'nothing':
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, program, limit);
      return;
    case 'either':
      emitEither(node.parts, program, limit);
      return;
    case 'repeat':
      emitRepeat(node, program, limit);
      return;
  }
}

function emitEither(parts: readonly PatternNode[], program: Instruction[], limit: Budget): void {
  const fork = pushFork(program);
  const starts: number[] = [];
  const exits: { targets: readonly number[] }[] = [];
  for (const part of parts) {
    starts.push(program.length);
    emit(part, program, limit);
    exits.push(pushFork(program));
  }
  fork.targets = starts;
  for (const exit of exits) exit.targets = [program.length];
}

function emitRepeat(
  { part, min, max }: { readonly part: PatternNode; readonly min: number; readonly max: number },
  program: Instruction[],
  limit: Budget,
): void {
  for (let i = 0; i < min; i++) emit(part, program, limit);
  if (max === Number.POSITIVE_INFINITY) {
    const at = program.length;
    const fork = pushFork(program);
    emit(part, program, limit);
    program.push({ kind: 'fork', targets: [at] });
    fork.targets = [at + 1, program.length];
    return;
  }
  const forks: { readonly at: number; readonly fork: { targets: readonly number[] } }[] = [];
  for (let i = min; i < max; i++) {
    forks.push({ at: program.length, fork: pushFork(program) });
    emit(part, program, limit);
  }
  // Each copy may be the first that is left out.
  const end = program.length;
  for (const { at, fork } of forks) fork.targets = [at + 1, end];
}

function pushFork(program: Instruction[]): { kind: 'fork'; targets: readonly number[] } {
  const fork: { kind: 'fork'; targets: readonly number[] } = { kind: 'fork', targets: [] };
  program.push(fork);
  return fork;
}

function matches(program: readonly Instruction[], text: string): boolean {
  const chars = [...text];
  let current = new Set<number>();
  follow(program, 0, current, 0, chars);
  for (const [index, char] of chars.entries()) {
    const codePoint = char.codePointAt(0) ?? 0;
    const next = new Set<number>();
    for (const at of current) {
      const instruction = program[at];
      if (instruction?.kind === 'char' && instruction.test(codePoint)) {
        follow(program, at + 1, next, index + 1, chars);
      }
    }
    if (next.size === 0) return false;
    current = next;
  }
  return [...current].some((at) => program[at]?.kind === 'match');
}

/** Adds what can be reached from `start` without a character. */
function follow(
  program: readonly Instruction[],
  start: number,
  reached: Set<number>,
  position: number,
  chars: readonly string[],
): void {
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const instruction = program[at];
    if (instruction === undefined) continue;
    if (instruction.kind === 'fork') open.push(...instruction.targets);
    else if (holds(instruction, position, chars)) open.push(at + 1);
  }
}

function holds(instruction: Instruction, position: number, chars: readonly string[]): boolean {
  switch (instruction.kind) {
    case 'start':
      return position === 0;
    case 'end':
      return position === chars.length;
    case 'boundary':
      return (isWordAt(chars, position - 1) !== isWordAt(chars, position)) !== instruction.isNegated;
    default:
      return false;
  }
}

function isWordAt(chars: readonly string[], position: number): boolean {
  const code = chars[position]?.codePointAt(0);
  return code !== undefined && isWordCharacter(code);
}
