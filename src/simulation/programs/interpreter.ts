// What programs do on a simulated machine. A program is a generator: it yields how long it does nothing and ends with
// its exit code. Known: sh -c, true, false, `:`, sleep, exit, echo, printf, cat, trap, kill of itself, exec, env.
import { parseShell, type Redirection, type ShellList, ShellSyntaxError, type Word } from './shell-syntax.ts';

/** What a running program can touch. */
export interface ProgramContext {
  readonly pid: number;
  readonly env: Map<string, string>;
  write(stream: 'stdout' | 'stderr', text: string): void;
  writeFile(path: string, text: string, append: boolean): void;
  /** undefined when there is no such file. */
  readFile(path: string): string | undefined;
  /** What a signal does from now on: a script, '' = nothing, undefined = the default. */
  trap(signal: string, script: string | undefined): void;
  /** A signal to itself, acted on at the next pause. */
  raise(signal: string): void;
}

/** Yields milliseconds to wait (Infinity = for ever); returns the exit code. */
export type Program = Generator<number, number>;

/** Exit code of a program that is not known, as a shell's. */
export const NOT_FOUND_CODE = 127;
const SYNTAX_ERROR_CODE = 2;

/** Loops without a pause would stop the simulated world. */
const LOOP_PAUSE_MS = 1;

class ExitRequest {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Yields pauses and returns the exit code. */
export function* runProgram(argv: readonly string[], context: ProgramContext): Program {
  try {
    return yield* runCommand(argv, context, { lastCode: 0 });
  } catch (error) {
    if (error instanceof ExitRequest) {
      return error.code;
    }
    throw error;
  }
}

/** Whether a program of that name exists on simulated machines. */
export function isKnownProgram(name: string): boolean {
  return COMMANDS.has(baseName(name));
}

/** The script of a trap: undefined when the program goes on afterwards, else its exit code. */
export function* runTrap(script: string, context: ProgramContext): Generator<number, number | undefined> {
  try {
    yield* runList(parseShell(script), context, { lastCode: 0 });
    return undefined;
  } catch (error) {
    if (error instanceof ExitRequest) {
      return error.code;
    }
    throw error;
  }
}

interface ShellState {
  lastCode: number;
}

/** A number when it takes no time. */
type Command = (args: readonly string[], context: ProgramContext, state: ShellState) => Program | number;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['sh', shell],
  ['bash', shell],
  ['true', () => 0],
  [':', () => 0],
  ['false', () => 1],
  ['sleep', sleep],
  ['exit', exit],
  ['echo', (args, context) => print(context, `${args.join(' ')}\n`)],
  ['printf', (args, context) => print(context, args.join(' ').replaceAll('\\n', '\n'))],
  ['cat', cat],
  ['trap', trap],
  ['kill', kill],
  ['exec', execute],
  ['env', env],
  ['export', assign],
]);

function* runCommand(argv: readonly string[], context: ProgramContext, state: ShellState): Program {
  const [name = '', ...args] = argv;
  const command = COMMANDS.get(baseName(name));
  if (command === undefined) {
    if (/^\w+=/.test(name)) {
      return assign([name], context);
    }
    context.write('stderr', `${name}: not found\n`);
    return NOT_FOUND_CODE;
  }
  const outcome = command(args, context, state);
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function* runList(list: ShellList, context: ProgramContext, state: ShellState): Program {
  for (const { connector, command } of list.items) {
    if ((connector === '&&' && state.lastCode !== 0) || (connector === '||' && state.lastCode === 0)) {
      continue;
    }
    if (command.kind === 'while') {
      while ((yield* runList(command.condition, context, state)) === 0) {
        yield* runList(command.body, context, state);
        yield LOOP_PAUSE_MS;
      }
      state.lastCode = 0;
    } else {
      const argv = command.words.map((word) => expand(word, context, state));
      state.lastCode = yield* runCommand(argv, redirected(context, command.output, state), state);
    }
  }
  return state.lastCode;
}

function* shell(args: readonly string[], context: ProgramContext): Program {
  const [flag, script] = args;
  if (flag !== '-c' || script === undefined) {
    return SYNTAX_ERROR_CODE;
  }
  let list: ShellList;
  try {
    list = parseShell(script);
  } catch (error) {
    if (error instanceof ShellSyntaxError) {
      context.write('stderr', `sh: ${error.message}\n`);
      return SYNTAX_ERROR_CODE;
    }
    throw error;
  }
  try {
    return yield* runList(list, context, { lastCode: 0 });
  } catch (error) {
    if (error instanceof ExitRequest) {
      return error.code;
    }
    throw error;
  }
}

function* sleep(args: readonly string[], context: ProgramContext): Program {
  const [text = ''] = args;
  const seconds = text === 'infinity' ? Number.POSITIVE_INFINITY : Number(text);
  if (text === '' || Number.isNaN(seconds)) {
    context.write('stderr', `sleep: invalid time interval '${text}'\n`);
    return 1;
  }
  yield seconds * 1000;
  return 0;
}

function exit(args: readonly string[], _context: ProgramContext, state: ShellState): never {
  throw new ExitRequest(args[0] === undefined ? state.lastCode : Number(args[0]) & 0xff);
}

function print(context: ProgramContext, text: string): number {
  context.write('stdout', text);
  return 0;
}

function cat(args: readonly string[], context: ProgramContext): number {
  let code = 0;
  for (const path of args) {
    const text = context.readFile(path);
    if (text === undefined) {
      context.write('stderr', `cat: ${path}: No such file or directory\n`);
      code = 1;
    } else {
      context.write('stdout', text);
    }
  }
  return code;
}

function trap(args: readonly string[], context: ProgramContext): number {
  const [script = '-', ...signals] = args;
  if (!isShell(script)) {
    return SYNTAX_ERROR_CODE;
  }
  for (const signal of signals) {
    context.trap(`SIG${signal.replace(/^SIG/, '')}`, script === '-' ? undefined : script);
  }
  return 0;
}

function isShell(script: string): boolean {
  try {
    parseShell(script);
    return true;
  } catch (error) {
    if (error instanceof ShellSyntaxError) {
      return false;
    }
    throw error;
  }
}

function* kill(args: readonly string[], context: ProgramContext): Program {
  const named = args.find((arg) => arg.startsWith('-'))?.slice(1) ?? 'TERM';
  const target = args.find((arg) => !arg.startsWith('-'));
  if (Number(target) !== context.pid) {
    context.write('stderr', `kill: (${target ?? ''}) - No such process\n`);
    return 1;
  }
  const signal = named === '9' ? 'KILL' : named === '15' ? 'TERM' : named.replace(/^SIG/, '');
  context.raise(`SIG${signal}`);
  yield 0;
  return 0;
}

function* execute(args: readonly string[], context: ProgramContext, state: ShellState): Program {
  throw new ExitRequest(yield* runCommand(args, context, state));
}

function env(_args: readonly string[], context: ProgramContext): number {
  for (const [name, value] of context.env) {
    context.write('stdout', `${name}=${value}\n`);
  }
  return 0;
}

function assign(args: readonly string[], context: ProgramContext): number {
  for (const arg of args) {
    const at = arg.indexOf('=');
    if (at > 0) {
      context.env.set(arg.slice(0, at), arg.slice(at + 1));
    }
  }
  return 0;
}

function redirected(context: ProgramContext, output: Redirection | undefined, state: ShellState): ProgramContext {
  if (output === undefined) {
    return context;
  }
  const path = output.path === undefined ? '' : expand(output.path, context, state);
  let append = output.append;
  return {
    ...context,
    write: (stream, text) => {
      if (stream === 'stderr' || output.to === 'stderr') {
        context.write('stderr', text);
      } else {
        context.writeFile(path, text, append);
        append = true;
      }
    },
  };
}

function expand(word: Word, context: ProgramContext, state: ShellState): string {
  return word.map((piece) => (piece.hasVariables ? expandVariables(piece.text, context, state) : piece.text)).join('');
}

function expandVariables(text: string, context: ProgramContext, state: ShellState): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+)|([?$]))/g, (_all, braced, bare, special) => {
    if (special === '?') {
      return String(state.lastCode);
    }
    return special === '$' ? String(context.pid) : (context.env.get(braced ?? bare) ?? '');
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
