// What was said about the balancer, read from the three places: flags before the environment before the config file.
import { dirname, resolve } from 'node:path';
import { EXIT } from '../../exit-codes.ts';
import { nearest } from '../../ids.ts';
import { Problem } from '../../problem.ts';
import { refusedSetting } from '../refused-flags.ts';
import { SETTINGS, type Setting, type SettingName } from './table.ts';

/** Values are still text here, so that all three places are read by the same rules. */
export type Value = string | boolean | readonly string[];

/** The three places. `file`: name of the config file, and its content after parsing. */
export interface Places {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly path: string; readonly content: unknown };
}

/** One setting as it was said; `source` as a message names it. */
export interface Said {
  readonly value: Value;
  readonly source: string;
  readonly isFromFile: boolean;
}

/** Environment variable of a setting. */
function variableOf(name: SettingName): string {
  return `MCTL_HAPROXY_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** In the order of the table. Throws Problem `usage` for members of the file that are no settings, or of another kind. */
export function whatWasSaid({ flags, env, file }: Places): ReadonlyMap<SettingName, Said> {
  const said = new Map<SettingName, Said>();
  const fromFile = file === undefined ? new Map<SettingName, Value>() : membersOf(file.path, file.content);
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const setting: Setting = SETTINGS[name];
    const flag = flags[name];
    const variable = [variableOf(name), ...(setting.env === undefined ? [] : [setting.env])].find((one) => env[one]);
    const set = (value: Value, source: string, directory?: string): void => {
      said.set(name, { value: absolute(setting, value, directory), source, isFromFile: directory !== undefined });
    };
    if (isValue(flag)) set(flag, `--${name}`);
    else if (variable !== undefined) set(fromText(setting, env[variable] ?? '', variable), variable);
    else if (file !== undefined) {
      const value = fromFile.get(name);
      if (value !== undefined) set(value, `${name} in ${file.path}`, dirname(resolve(file.path)));
    }
  }
  return said;
}

/** Paths of a config file are meant from where it lies, others from where we are. `none` is a word. */
function absolute({ kind }: Setting, value: Value, directory = ''): Value {
  const full = (path: string): string => (path === '' || path === 'none' ? path : resolve(directory, path));
  if (kind === 'path' && typeof value === 'string') return full(value);
  if (kind !== 'paths' || typeof value === 'boolean') return value;
  return partsOf(value).map(full);
}

/** Given several times, or with commas. */
export function partsOf(value: string | readonly string[]): string[] {
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
      const why = refusedSetting(member.replaceAll('_', '-')) ?? (near === undefined ? near : `Did you mean ${near}?`);
      throw new Problem(EXIT.usage, {
        what: `${path}: there is no setting '${member}'.`,
        ...(why !== undefined && { why }),
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
