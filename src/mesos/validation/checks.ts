// Health checks, checks and check results (mesos-api.md 12.8, 14.2).
import type { CheckInfo, CheckStatusInfo, CommandInfo, HealthCheck } from '../generated/v1.ts';
import { validateCommandInfo } from './command-info.ts';
import type { Problem } from './problem.ts';

/**
 * The type is there and has its details; times are not negative. Types are inferred for old frameworks before this
 * (mesos-api.md 12.3).
 */
export function validateHealthCheck(check: HealthCheck): Problem {
  if (check.type === undefined) return "HealthCheck must specify 'type'";
  return (
    validateHealthCheckKind(check) ??
    nonNegative(check, ['delay_seconds', 'grace_period_seconds', 'interval_seconds', 'timeout_seconds'])
  );
}

function validateHealthCheckKind(check: HealthCheck): Problem {
  switch (check.type) {
    case 'COMMAND':
      return check.command === undefined
        ? "Expecting 'command' to be set for COMMAND health check"
        : validateCommand(check.command, 'Command health check', "Health check's");
    case 'HTTP': {
      if (check.http === undefined) return "Expecting 'http' to be set for HTTP health check";
      const { scheme, path } = check.http;
      if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
        return `Unsupported HTTP health check scheme: '${scheme}'`;
      }
      return validatePath(path, 'HTTP health check');
    }
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP health check" : undefined;
    default:
      return `'${check.type}' is not a valid health check type`;
  }
}

/** The type is there and has its details; times are not negative. */
export function validateCheckInfo(check: CheckInfo): Problem {
  if (check.type === undefined) return "CheckInfo must specify 'type'";
  return validateCheckKind(check) ?? nonNegative(check, ['delay_seconds', 'interval_seconds', 'timeout_seconds']);
}

function validateCheckKind(check: CheckInfo): Problem {
  switch (check.type) {
    case 'COMMAND':
      return check.command === undefined
        ? "Expecting 'command' to be set for COMMAND check"
        : validateCommand(check.command.command, 'Command check', "Check's");
    case 'HTTP':
      return check.http === undefined
        ? "Expecting 'http' to be set for HTTP check"
        : validatePath(check.http.path, 'HTTP check');
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP check" : undefined;
    default:
      return `'${check.type}' is not a valid check type`;
  }
}

/**
 * Whether a check's result, as an executor reports it, has the part its type says. The parts themselves may be empty.
 */
export function validateCheckStatusInfo(status: CheckStatusInfo): Problem {
  switch (status.type) {
    case undefined:
      return "CheckStatusInfo must specify 'type'";
    case 'COMMAND':
      return status.command === undefined ? "Expecting 'command' to be set for COMMAND check's status" : undefined;
    case 'HTTP':
      return status.http === undefined ? "Expecting 'http' to be set for HTTP check's status" : undefined;
    case 'TCP':
      return status.tcp === undefined ? "Expecting 'tcp' to be set for TCP check's status" : undefined;
    default:
      return `'${status.type}' is not a valid check's status type`;
  }
}

function validateCommand(command: CommandInfo, what: string, whose: string): Problem {
  if (command.value === undefined) {
    return `${what} must contain ${(command.shell ?? true) ? "'shell command'" : "'executable path'"}`;
  }
  const reason = validateCommandInfo(command);
  return reason === undefined ? undefined : `${whose} \`CommandInfo\` is invalid: ${reason}`;
}

function validatePath(path: string | undefined, what: string): Problem {
  return path !== undefined && !path.startsWith('/') ? `The path '${path}' of ${what} must start with '/'` : undefined;
}

function nonNegative<K extends string>(check: { readonly [key in K]?: number }, fields: readonly K[]): Problem {
  const negative = fields.find((field) => (check[field] ?? 0) < 0);
  return negative === undefined ? undefined : `Expecting '${negative}' to be non-negative`;
}

/** Old frameworks leave the type out: it is what the one description given says. */
export function withInferredType(check: HealthCheck): HealthCheck {
  if (check.type !== undefined || (check.command === undefined) === (check.http === undefined)) return check;
  return { ...check, type: check.command === undefined ? 'HTTP' : 'COMMAND' };
}
