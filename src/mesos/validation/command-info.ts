// Commands, their environment and the secrets in it (mesos-api.md 14.2).
import type { CommandInfo, Environment, Environment_Variable, Secret } from '../generated/v1.ts';
import { firstProblem, type Problem } from './problem.ts';

function validateSecret(secret: Secret): Problem {
  switch (secret.type) {
    case 'REFERENCE':
      if (secret.reference === undefined) return "Secret of type REFERENCE must have the 'reference' field set";
      if (secret.value !== undefined) {
        return `Secret '${secret.reference.name}' of type REFERENCE must not have the 'value' field set`;
      }
      return undefined;
    case 'VALUE':
      if (secret.value === undefined) return "Secret of type VALUE must have the 'value' field set";
      if (secret.reference !== undefined) return "Secret of type VALUE must not have the 'reference' field set";
      return undefined;
    default:
      return undefined;
  }
}

function validateEnvironment(environment: Environment | undefined): Problem {
  return firstProblem(environment?.variables, validateVariable);
}

function validateVariable(variable: Environment_Variable): Problem {
  const named = `Environment variable '${variable.name}'`;
  switch (variable.type ?? 'VALUE') {
    case 'SECRET':
      return validateSecretVariable(variable, named);
    case 'VALUE':
      if (variable.value === undefined) return `${named} of type 'VALUE' must have a value set`;
      if (variable.secret !== undefined) return `${named} of type 'VALUE' must not have a secret set`;
      return undefined;
    case 'UNKNOWN':
      return "Environment variable of type 'UNKNOWN' is not allowed";
  }
}

function validateSecretVariable(variable: Environment_Variable, named: string): Problem {
  if (variable.secret === undefined) return `${named} of type 'SECRET' must have a secret set`;
  if (variable.value !== undefined) return `${named} of type 'SECRET' must not have a value set`;
  const reason = validateSecret(variable.secret);
  if (reason !== undefined) return `${named} specifies an invalid secret: ${reason}`;
  if (Buffer.from(variable.secret.value?.data ?? '', 'base64').includes(0)) {
    return `${named} specifies a secret containing null bytes, which is not allowed in the environment`;
  }
  return undefined;
}

/** The environment and its secrets only: whether there is something to run is the caller's question. */
export function validateCommandInfo(command: CommandInfo): Problem {
  return validateEnvironment(command.environment);
}
