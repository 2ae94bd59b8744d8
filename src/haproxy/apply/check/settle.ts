// Validates, leaves out what HAProxy complains of, and validates again, until the rest is valid (haproxy.md 10.5).
import { ApplyError } from '../apply-error.ts';
import type { Candidate, Composer } from '../compose.ts';
import { findBad } from './find-bad.ts';
import type { CheckResult, Validator } from './validate.ts';

const MAX_ROUNDS = 10;

/** A service and what HAProxy says of it; `text`: hash of its lines then. */
export interface Rejection {
  readonly service: string;
  readonly reason: string;
  readonly rendered: Candidate['rendered'];
}

/**
 * A valid candidate. Throws ApplyError `nothing-valid` when HAProxy complains of what is no service's, or too long.
 * @param rejected called for every service that is given up in its present form
 */
export async function settle(
  composer: Pick<Composer, 'compose' | 'complain'>,
  start: Candidate,
  validator: Pick<Validator, 'check'>,
  rejected: (rejection: Rejection) => void,
): Promise<Candidate> {
  let candidate = start;
  let result: CheckResult = { kind: 'valid' };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    result = await validator.check(candidate.rendered);
    if (result.kind === 'valid') return candidate;
    const guilty =
      result.byService.size > 0 ? result.byService : await search(composer, candidate, validator, result.others);
    const services = new Map(candidate.model.services.map((service) => [service.name, service]));
    for (const [name, alert] of guilty) {
      const service = services.get(name);
      if (service === undefined) continue;
      const reason = `HAProxy refuses it: ${alert}`;
      rejected({ service: name, reason, rendered: candidate.rendered });
      composer.complain(service, reason);
    }
    candidate = composer.compose();
  }
  const last = result.kind === 'invalid' ? [...result.byService.values(), ...result.others][0] : '';
  throw new ApplyError('nothing-valid', `after ${MAX_ROUNDS} rounds HAProxy still refuses the config: ${last}`);
}

/** No line leads to a service: by halves. */
async function search(
  composer: Pick<Composer, 'compose' | 'complain'>,
  candidate: Candidate,
  validator: Pick<Validator, 'check'>,
  alerts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const alert = alerts[0] ?? 'no reason given';
  const isValid = async (names: readonly string[]): Promise<boolean> =>
    (await validator.check(composer.compose(new Set(names)).rendered)).kind === 'valid';
  const bad = await findBad(
    candidate.model.services.map((service) => service.name),
    isValid,
  );
  if (bad.length === 0) {
    throw new ApplyError(
      'nothing-valid',
      `HAProxy refuses the config even without any service; look at templates and certificates: ${alert}`,
    );
  }
  return new Map(bad.map((name) => [name, alert]));
}
