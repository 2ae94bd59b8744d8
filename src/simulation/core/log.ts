// Logs of simulated daemons: lines with virtual time, handed to whoever wants them. Without a reader they cost nothing.
import type { Log, LogFields } from '../../world/world.ts';
import type { ProcessLife } from './process.ts';

/** `atMs` is virtual time. */
export interface LogLine {
  readonly atMs: number;
  readonly process: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

export type LogReader = (line: LogLine) => void;

/** Reading changes nothing about a run. */
export class SimulatedLog implements Log {
  readonly #life: ProcessLife;
  readonly #reader: LogReader | undefined;
  readonly #fields: LogFields;

  constructor(life: ProcessLife, reader: LogReader | undefined, fields: LogFields = {}) {
    this.#life = life;
    this.#reader = reader;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(fields: LogFields): Log {
    return new SimulatedLog(this.#life, this.#reader, { ...this.#fields, ...fields });
  }

  #write(level: LogLine['level'], message: string, fields: LogFields | undefined): void {
    if (this.#reader !== undefined && this.#life.isAlive) {
      this.#reader({
        atMs: this.#life.engine.nowMs,
        process: this.#life.name,
        level,
        message,
        fields: { ...this.#fields, ...fields },
      });
    }
  }
}

/** One line for people: virtual seconds, process, level, words, fields. */
export function formatLogLine(line: LogLine): string {
  const fields = Object.entries(line.fields).map(([name, value]) => ` ${name}=${describe(value)}`);
  return `${(line.atMs / 1000).toFixed(3).padStart(9)} ${line.process.padEnd(14)} ${line.level.padEnd(5)} ${line.message}${fields.join('')}`;
}

function describe(value: unknown): string {
  if (value instanceof Error) {
    return value.stack ?? value.message;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
