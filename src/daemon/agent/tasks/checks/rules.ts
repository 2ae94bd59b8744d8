// What a HealthCheck or CheckInfo asks for, with its defaults and in milliseconds (mesos-semantics.md 9.3, mesos-api.md 12.8).
import type {
  CheckInfo,
  CheckInfo_Type,
  CommandInfo,
  HealthCheck,
  NetworkInfo_Protocol,
} from '../../../../mesos/generated/v1.ts';

/** How to look at the task. HTTP and TCP go to the loopback address, where the task listens as this agent does. */
export type ProbeTarget =
  | { readonly type: 'COMMAND'; readonly command: CommandInfo }
  | {
      readonly type: 'HTTP';
      readonly scheme: string;
      readonly host: string;
      readonly port: number;
      readonly path: string;
    }
  | { readonly type: 'TCP'; readonly host: string; readonly port: number };

/** When to look, and at what. */
export interface ProbeRules {
  readonly target: ProbeTarget;
  /** From TASK_RUNNING to the first look. */
  readonly delayMs: number;
  /** From one result to the next look. */
  readonly intervalMs: number;
  /** For one look; Infinity = as long as it takes. */
  readonly timeoutMs: number;
}

/** Of a health check, which also judges. */
export interface HealthRules extends ProbeRules {
  /** From TASK_RUNNING; until the first success failures within it do not count. */
  readonly graceMs: number;
  /** So many failures in a row and the task is killed; 0 is as 1. */
  readonly maxFailures: number;
}

/** Undefined for a type that does not exist, which the master lets no task have. */
export function healthRules(check: HealthCheck): HealthRules | undefined {
  const { type, command, http, tcp } = check;
  const target = targetOf(type, {
    command,
    http: http && { ...http, scheme: http.scheme ?? 'http' },
    tcp,
  });
  if (target === undefined) return undefined;
  return {
    target,
    ...timesOf(check),
    graceMs: milliseconds(check.grace_period_seconds, 10),
    maxFailures: check.consecutive_failures ?? 3,
  };
}

/** Undefined for a type that does not exist, which the master lets no task have. */
export function checkRules(check: CheckInfo): ProbeRules | undefined {
  const { type, command, http, tcp } = check;
  const target = targetOf(type, { command: command?.command, http: http && { ...http, scheme: 'http' }, tcp });
  return target && { target, ...timesOf(check) };
}

interface Descriptions {
  readonly command: CommandInfo | undefined;
  readonly http: HttpDescription | undefined;
  readonly tcp: Address | undefined;
}

interface Address {
  readonly port: number;
  readonly protocol?: NetworkInfo_Protocol;
}

interface HttpDescription extends Address {
  readonly scheme: string;
  readonly path?: string;
}

function targetOf(type: CheckInfo_Type | undefined, { command, http, tcp }: Descriptions): ProbeTarget | undefined {
  if (type === 'COMMAND' && command !== undefined) return { type, command };
  if (type === 'HTTP' && http !== undefined) {
    const { scheme, port, path = '' } = http;
    return { type, scheme, host: loopback(http), port, path };
  }
  if (type === 'TCP' && tcp !== undefined) return { type, host: loopback(tcp), port: tcp.port };
  return undefined;
}

function loopback({ protocol }: Address): string {
  return protocol === 'IPv6' ? '::1' : '127.0.0.1';
}

function timesOf(check: HealthCheck | CheckInfo): Pick<ProbeRules, 'delayMs' | 'intervalMs' | 'timeoutMs'> {
  const timeoutMs = milliseconds(check.timeout_seconds, 20);
  return {
    delayMs: milliseconds(check.delay_seconds, 15),
    intervalMs: milliseconds(check.interval_seconds, 10),
    timeoutMs: timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs,
  };
}

/** What is no number (protobuf can say so) is as if it had not been said. */
function milliseconds(seconds: number | undefined, byDefault: number): number {
  return (seconds === undefined || Number.isNaN(seconds) ? byDefault : seconds) * 1000;
}
