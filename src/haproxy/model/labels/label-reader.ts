// Reads the labels of one port of one app through their grammars, and tells what does not fit.

import type { Verdict } from '../../grammar/verdict.ts';
import { parseTruth } from '../../grammar/words.ts';
import type { Problem } from '../model.ts';

/** Values that may hold secrets are never quoted. */
const SECRET = new Set(['AUTH']);

/** After an unfit label `isUnfit` stays true: the service is left out, and the others are not touched (haproxy.md 17.1). */
export class LabelReader {
  isUnfit = false;
  readonly portIndex: number;
  readonly #appId: string;
  readonly #labels: ReadonlyMap<string, string>;
  readonly #problems: Problem[];

  constructor(appId: string, portIndex: number, labels: ReadonlyMap<string, string>, problems: Problem[]) {
    this.#appId = appId;
    this.portIndex = portIndex;
    this.#labels = labels;
    this.#problems = problems;
  }

  has(name: string): boolean {
    return this.#labels.has(name);
  }

  text(name: string): string | undefined {
    return this.#labels.get(name);
  }

  /** All labels of the port, by name without prefix and index. */
  entries(): Iterable<[string, string]> {
    return this.#labels;
  }

  /** The value, or undefined when there is no such label or it does not fit. */
  typed<T>(name: string, parse: (text: string) => Verdict<T>): T | undefined {
    const text = this.#labels.get(name);
    if (text === undefined) return undefined;
    const verdict = parse(text);
    if (verdict.ok) return verdict.value;
    const quoted = SECRET.has(name) ? '' : `${quote(text)} `;
    this.leaveOut(name, `${quoted}${verdict.why}`);
    return undefined;
  }

  truth(name: string, otherwise: boolean): boolean {
    const text = this.#labels.get(name);
    if (text === undefined) return otherwise;
    const truth = parseTruth(text);
    if (!truth.isKnown) this.warn(name, `${quote(text)} counts as false; write true or false`);
    return truth.value;
  }

  leaveOut(name: string, message: string): void {
    this.isUnfit = true;
    this.#tell(name, 'left-out', message);
  }

  /** The service goes on without this. */
  change(name: string, message: string): void {
    this.#tell(name, 'changed', message);
  }

  warn(name: string, message: string): void {
    this.#tell(name, 'warning', message);
  }

  #tell(name: string, effect: Problem['effect'], message: string): void {
    const where = /^[A-Z]/.test(name) ? `HAPROXY_${this.portIndex}_${name}` : name;
    this.#problems.push({ appId: this.#appId, portIndex: this.portIndex, where, effect, message });
  }
}

/** Text from outside within a message: one line, short, without control characters. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return shown.replace(/[\u007f-\u009f\u2028\u2029]/g, ' ');
}
