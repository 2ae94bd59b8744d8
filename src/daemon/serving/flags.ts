// Flags of the daemons, described once in a table: from it come the parser, the environment names, the texts of /flags
// and the help. A table is an object of option name → Flag; the option's type follows from the flag.
//
//   const FLAGS = { port: integer('port', { default: '5050', help: '…' }), … } satisfies FlagTable;
//   type Options = FlagValues<typeof FLAGS>;
//   const { options, texts } = parseFlags(FLAGS, { args, env });

/** One flag of a daemon: how it is given, what it becomes, how it is shown. */
export interface Flag<T> {
  /** snake_case, as in /flags and, upper-cased after the prefix, in the environment. */
  readonly name: string;
  /** Former names that still work. */
  readonly aliases: readonly string[];
  readonly help: string;
  /** What is parsed when nothing was given; undefined = optional, the option is undefined then. */
  readonly defaultText: string | undefined;
  /** Must be given. */
  readonly required: boolean;
  readonly isBoolean: boolean;
  /** Throws an Error whose message says what is wrong with the text. */
  readonly parse: (text: string) => T;
  /** The text /flags shows. */
  readonly format: (value: T) => string;
}

/** A flag of whatever value; tables are made of these. */
// biome-ignore lint/suspicious/noExplicitAny: a table holds flags of many types, each safe through FlagValues.
export type FlagTable = Readonly<Record<string, Flag<any>>>;

/** The options of a table of flags, under the keys of the table. */
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends Flag<infer V> ? V : never;
};

/** Where values come from. */
export interface FlagSources {
  /** What came after the command: `--name=value`, `--name value`, `--name`, `--no-name`; `-` and `_` are the same. */
  readonly args?: readonly string[];
  /** Environment; only names that begin with the prefix and are flags count, others are ignored. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default `MESOS_`. */
  readonly envPrefix?: string;
}

/** The values in two forms: for the daemon and for /flags. */
export interface ParsedFlags<T extends FlagTable> {
  readonly options: FlagValues<T>;
  /** Name → text of every flag that has a value, sorted: the content of /flags. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What is wrong with the first flag that cannot be used. */
export type FlagErrorCode = 'unknown-flag' | 'missing-flag' | 'missing-value' | 'invalid-value' | 'unexpected-argument';

/** The flags cannot be used; the message names the flag, what is wrong and what is expected. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  readonly code: FlagErrorCode;
  /** snake_case name of the flag, or the argument as it was given. */
  readonly flag: string;
  constructor(code: FlagErrorCode, flag: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.flag = flag;
  }
}

/**
 * Options from the command line, then the environment, then the defaults (mesos-semantics.md 16).
 * Throws FlagError: an unknown flag refuses the start, an unknown name in the environment does not.
 */
export function parseFlags<T extends FlagTable>(table: T, sources: FlagSources): ParsedFlags<T> {
  const byName = new Map<string, Flag<unknown>>();
  for (const flag of Object.values(table)) {
    byName.set(flag.name, flag);
    for (const alias of flag.aliases) byName.set(alias, flag);
  }
  const given = readArguments(byName, sources.args ?? []);
  readEnvironment(byName, sources, given);

  const options: Record<string, unknown> = {};
  const texts: [string, string][] = [];
  for (const [option, flag] of Object.entries<Flag<unknown>>(table)) {
    const text = given.get(flag.name) ?? flag.defaultText;
    if (text === undefined) {
      if (flag.required)
        throw new FlagError('missing-flag', flag.name, `Missing required flag --${flag.name}: ${flag.help}`);
      options[option] = undefined;
      continue;
    }
    const value = parseValue(flag, text);
    options[option] = value;
    texts.push([flag.name, flag.format(value)]);
  }
  texts.sort(([a], [b]) => (a < b ? -1 : 1));
  return { options: options as FlagValues<T>, texts: Object.fromEntries(texts) };
}

function parseValue(flag: Flag<unknown>, text: string): unknown {
  try {
    return flag.parse(text);
  } catch (cause) {
    throw invalidValue(flag.name, text, cause);
  }
}

/** For texts that are only looked at after the parsing: what they mean depends on other flags or on files. */
export function invalidValue(flag: string, text: string, cause: unknown): FlagError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FlagError('invalid-value', flag, `Failed to load value '${text}' for flag --${flag}: ${why}`, { cause });
}

/** Texts by flag name. The last of several wins. */
function readArguments(byName: ReadonlyMap<string, Flag<unknown>>, args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? '';
    if (!argument.startsWith('--') || argument.length === 2) {
      throw new FlagError(
        'unexpected-argument',
        argument,
        `Unexpected argument '${argument}': flags are written --name=value`,
      );
    }
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals).replaceAll('-', '_');
    const flag = byName.get(name);
    if (flag) {
      if (equals >= 0) given.set(flag.name, argument.slice(equals + 1));
      else if (flag.isBoolean) given.set(flag.name, 'true');
      else {
        i += 1;
        const value = args[i];
        if (value === undefined)
          throw new FlagError('missing-value', flag.name, `Flag --${flag.name} needs a value: --${flag.name}=…`);
        given.set(flag.name, value);
      }
      continue;
    }
    const negated = name.startsWith('no_') ? byName.get(name.slice(3)) : undefined;
    if (!negated) throw new FlagError('unknown-flag', name, `Unknown flag --${name}; see --help for those there are`);
    if (!negated.isBoolean || equals >= 0) {
      throw new FlagError(
        'invalid-value',
        negated.name,
        `--no-${negated.name} only goes with a boolean flag and without a value`,
      );
    }
    given.set(negated.name, 'false');
  }
  return given;
}

function readEnvironment(
  byName: ReadonlyMap<string, Flag<unknown>>,
  sources: FlagSources,
  given: Map<string, string>,
): void {
  const prefix = sources.envPrefix ?? 'MESOS_';
  for (const [variable, text] of Object.entries(sources.env ?? {})) {
    if (text === undefined || !variable.startsWith(prefix)) continue;
    const flag = byName.get(variable.slice(prefix.length).toLowerCase());
    if (flag && !given.has(flag.name)) given.set(flag.name, text);
  }
}
