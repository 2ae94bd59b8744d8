// What was said about the balancer, and where: flags before the environment before the config file. Values are still text
// here, so that all three are read by the same rules.
import { dirname, resolve } from 'node:path';
import { EXIT } from '../../exit-codes.ts';
import { nearest } from '../../ids.ts';
import { parseDuration } from '../../output/units.ts';
import { Problem } from '../../problem.ts';
import { SETTINGS, type Setting, type SettingName } from './table.ts';

type Value = string | boolean | readonly string[];

/** The three places. `file`: name of the config file, and its content after parsing. */
export interface Places {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly path: string; readonly content: unknown };
}

/** Environment variable of a setting. */
export function variableOf(name: SettingName): string {
  return `MCTL_HAPROXY_${name.replaceAll('-', '_').toUpperCase()}`;
}

interface Said {
  readonly value: Value;
  readonly source: string;
  readonly isFromFile: boolean;
}

/** Questions about one setting; each throws Problem `usage`, with where it was said, for what cannot be read. */
export class Given {
  readonly #values = new Map<SettingName, Said>();
  /** Absolute. */
  readonly configFile: string | undefined;

  /** Throws Problem `usage` for members of the file that are no settings, or of another kind. */
  constructor({ flags, env, file }: Places) {
    this.configFile = file === undefined ? undefined : resolve(file.path);
    const fromFile = file === undefined ? new Map<SettingName, Value>() : membersOf(file.path, file.content);
    for (const name of Object.keys(SETTINGS) as SettingName[]) {
      const setting: Setting = SETTINGS[name];
      const flag = flags[name];
      const variable = [variableOf(name), ...(setting.env === undefined ? [] : [setting.env])].find((one) => env[one]);
      const set = (value: Value, source: string, directory?: string): void => {
        this.#values.set(name, {
          value: absolute(setting, value, directory),
          source,
          isFromFile: directory !== undefined,
        });
      };
      if (isValue(flag)) set(flag, `--${name}`);
      else if (variable !== undefined) set(fromText(setting, env[variable] ?? '', variable), variable);
      else if (file !== undefined) {
        const value = fromFile.get(name);
        if (value !== undefined) set(value, `${name} in ${file.path}`, dirname(resolve(file.path)));
      }
    }
  }

  /** How a message names what was said. */
  sourceOf(name: SettingName): string {
    return this.#values.get(name)?.source ?? `--${name}`;
  }

  has(name: SettingName): boolean {
    return this.#values.has(name);
  }

  isOn(name: SettingName, otherwise = false): boolean {
    const value = this.#values.get(name)?.value;
    return typeof value === 'boolean' ? value : otherwise;
  }

  text(name: SettingName): string | undefined {
    const value = this.#values.get(name)?.value;
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** Parts without blanks around them; undefined when nothing was said. */
  list(name: SettingName): readonly string[] | undefined {
    const value = this.#values.get(name)?.value;
    if (value === undefined || typeof value === 'boolean') return undefined;
    return partsOf(value);
  }

  choice<T extends string>(name: SettingName, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw this.wrong(name, `It is one of ${choices.join(', ')}.`);
    return found;
  }

  integer(name: SettingName, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw this.wrong(name, `It is a number from ${least} to ${most}.`);
    return value;
  }

  durationMs(name: SettingName): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parseDuration(text);
    if (value === undefined) throw this.wrong(name, 'Write 30s, 5m, 1.5h or a number of seconds.');
    return value;
  }

  /** Of a path or address that goes into the config. */
  word(name: SettingName): string | undefined {
    const text = this.text(name);
    if (text !== undefined && /[\p{Cc}]/u.test(text)) throw this.wrong(name, 'It has control characters.');
    return text;
  }

  /** What flags and environment said, as flags for a run that has neither: paths absolute, in the order of the table. */
  get commandLine(): readonly string[] {
    return [...this.#values].flatMap(([name, { value, isFromFile }]) => {
      if (isFromFile) return [];
      if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
      return typeof value === 'string' ? [`--${name}`, value] : [`--${name}`, partsOf(value).join(',')];
    });
  }

  /** For whoever finds something wrong with a value. */
  wrong(name: SettingName, why: string): Problem {
    const value = this.#values.get(name)?.value;
    const said = typeof value === 'string' ? ` '${value}'` : '';
    return new Problem(EXIT.usage, { what: `${this.sourceOf(name)}:${said} cannot be used.`, why });
  }
}

/** Paths of a config file are meant from where it lies, others from where we are. `none` is a word. */
function absolute({ kind }: Setting, value: Value, directory = ''): Value {
  const full = (path: string): string => (path === '' || path === 'none' ? path : resolve(directory, path));
  if (kind === 'path' && typeof value === 'string') return full(value);
  if (kind !== 'paths' || typeof value === 'boolean') return value;
  return partsOf(value).map(full);
}

/** Given several times, or with commas. */
function partsOf(value: string | readonly string[]): string[] {
  const parts = typeof value === 'string' ? [value] : value;
  return parts
    .flatMap((part) => part.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value);
}

function fromText(setting: Setting, text: string, source: string): Value {
  if (setting.kind !== 'switch') return text;
  if (/^(true|yes|1|on)$/i.test(text)) return true;
  if (/^(false|no|0|off)$/i.test(text)) return false;
  throw new Problem(EXIT.usage, { what: `${source}: '${text}' is neither true nor false.` });
}

/** Members of a config file are called as the flags; snake_case does as well. */
function membersOf(path: string, content: unknown): Map<SettingName, Value> {
  const found = new Map<SettingName, Value>();
  if (content === null || content === undefined) return found;
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new Problem(EXIT.usage, { what: `${path} is no config file.`, why: 'It is a map of settings and values.' });
  }
  for (const [member, value] of Object.entries(content)) {
    const name = settingNamed(member.replaceAll('_', '-'));
    if (name === undefined) {
      const near = nearest(member, Object.keys(SETTINGS));
      throw new Problem(EXIT.usage, {
        what: `${path}: there is no setting '${member}'.`,
        ...(near !== undefined && { why: `Did you mean ${near}?` }),
        next: 'mctl haproxy sync --help      (settings are called as the flags)',
      });
    }
    if (value !== null) found.set(name, fileValue(SETTINGS[name], value, `${path}: ${member}`));
  }
  return found;
}

function settingNamed(name: string): SettingName | undefined {
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.find((one) => {
    const setting: Setting = SETTINGS[one];
    return one === name || setting.aliases?.includes(name);
  });
}

function fileValue(setting: Setting, value: unknown, source: string): Value {
  if (setting.kind === 'switch') {
    if (typeof value === 'boolean') return value;
    throw new Problem(EXIT.usage, { what: `${source} is true or false.` });
  }
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  const isList = setting.kind === 'list' || setting.kind === 'paths';
  if (isList && Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new Problem(EXIT.usage, { what: `${source} is ${isList ? 'a list of texts' : 'a text'}.` });
}
