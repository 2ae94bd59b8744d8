// Questions about what was said of the balancer, wherever it was said; answers are of the kind that the asker needs.
import { resolve } from 'node:path';
import { EXIT } from '../../exit-codes.ts';
import { parseDuration } from '../../output/units.ts';
import { Problem } from '../../problem.ts';
import type { SettingName } from './table.ts';
import { type Places, partsOf, type Said, whatWasSaid } from './what-was-said.ts';

/** Questions about one setting; each throws Problem `usage`, with where it was said, for what cannot be read. */
export class Given {
  readonly #values: ReadonlyMap<SettingName, Said>;
  /** Absolute. */
  readonly configFile: string | undefined;

  /** Throws Problem `usage` for members of the file that are no settings, or of another kind. */
  constructor(places: Places) {
    this.configFile = places.file === undefined ? undefined : resolve(places.file.path);
    this.#values = whatWasSaid(places);
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
