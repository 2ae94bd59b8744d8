// What Marathon's API says when it does not do what it was asked to: every text and status of marathon.md 1.5 and 3.7 in
// one place. Thrown from wherever it is found out; http/ turns it into the answer.
import type { JsonValue } from './model/json.ts';

/** One place in the input and what is wrong there; `path` in the grammar of marathon.md 1.5, e.g. `/healthChecks(0)/path`. */
export interface Violation {
  readonly path: string;
  readonly error: string;
}

/** An answer other than what was asked for. `body` is a JSON object with at least `message`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly status: number;
  readonly body: Readonly<Record<string, JsonValue>>;
  constructor(status: number, message: string, more: Readonly<Record<string, JsonValue>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = status;
    this.status = status;
    this.body = { message, ...more };
  }
}

/** 422: the input is wrong in ways that can be told one by one. `shape`: the JSON itself; `object`: what it says. */
export class InvalidInput extends Refusal {
  readonly kind: 'shape' | 'object';
  readonly violations: readonly Violation[];
  constructor(kind: 'shape' | 'object', violations: readonly Violation[]) {
    super(422, kind === 'shape' ? 'Invalid JSON' : 'Object is not valid', { details: detailsOf(violations) });
    this.kind = kind;
    this.violations = violations;
  }
}

/** 422: the JSON is of the wrong shape. */
export const invalidShape = (violations: readonly Violation[]): InvalidInput => new InvalidInput('shape', violations);

/** 422: not a version (marathon.md 1.5). */
export const invalidTimestamp = (text: string): Refusal =>
  new Refusal(422, `Invalid timestamp provided '${text}'. Expecting ISO-8601 datetime string.`);

/** 422: the object contradicts a rule of marathon.md 3.6. */
export const invalidObject = (violations: readonly Violation[]): InvalidInput => new InvalidInput('object', violations);

/** Violations grouped by path, in order of first appearance. */
export function detailsOf(violations: readonly Violation[]): JsonValue {
  const byPath = Map.groupBy(violations, ({ path }) => path);
  return [...byPath].map(([path, found]) => ({ path, errors: found.map(({ error }) => error) }));
}

export const notJson = (why: string): Refusal => new Refusal(400, 'Invalid JSON', { details: why });
export const noJson = (): Refusal =>
  new Refusal(400, 'Please specify data in JSON format', { details: 'No content to map due to end-of-input' });
export const notFound = (message: string): Refusal => new Refusal(404, message);
export const unknownApp = (id: string, version?: string): Refusal =>
  notFound(version === undefined ? `App '${id}' does not exist` : `App '${id}' does not exist in version ${version}`);
export const unknownGroup = (id: string, version?: string): Refusal =>
  notFound(
    version === undefined ? `Group '${id}' does not exist` : `Group '${id}' does not exist in version ${version}`,
  );
export const unknownTask = (id: string): Refusal => notFound(`Task '${id}' does not exist`);
export const unknownDeployment = (id: string): Refusal => notFound(`DeploymentPlan ${id} does not exist`);
export const conflict = (message: string): Refusal => new Refusal(409, message);

/** 409: a running deployment holds what was to be changed. */
export function locked(deploymentIds: readonly string[]): Refusal {
  return new Refusal(
    409,
    "App is locked by one or more deployments. Override with the option '?force=true'. " +
      "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    { deployments: deploymentIds.map((id) => ({ id })) },
  );
}

/** 403: the limit of deployments that run side by side. */
export function tooManyDeployments(limit: number): Refusal {
  return new Refusal(
    403,
    `Max number (${limit}) of running deployments is achieved. Wait for existing deployments to complete or cancel one ` +
      'using force=true parameter. You can increase max deployment number by using --max_running_deployments parameter',
  );
}
