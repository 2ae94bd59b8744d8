// What a quota may say, whatever the cluster is like (mesos-semantics.md 3.9), in the original's words. What depends on the
// cluster is src/daemon/master/quota/problems.ts.
import type { QuotaConfig, QuotaRequest } from '../generated/quota.ts';
import type { Value_Scalar } from '../generated/v1.ts';
import { toPostFormat } from '../resources/reservation-format.ts';
import { toMillis } from '../resources/scalar.ts';
import { because, firstProblem, type Problem } from './problem.ts';
import { validateResources } from './resource-form.ts';
import { validateRole } from './roles.ts';
import { validateAmount } from './scalar.ts';

const EXABYTE_MB = 1024 ** 4;
const TRILLION = 1e12;

type Scalars = Readonly<Record<string, Value_Scalar>>;

/** One of UPDATE_QUOTA. "Invalid QuotaConfig: " is put before it by the master. */
export function validateQuotaConfig({ role, guarantees = {}, limits = {} }: QuotaConfig): Problem {
  return (
    because("Invalid 'QuotaConfig.role': ", validateRole(role)) ??
    because("Invalid 'QuotaConfig.guarantees': ", validateSizes(guarantees)) ??
    because("Invalid 'QuotaConfig.limits': ", validateSizes(limits)) ??
    validateAmounts('guarantee', guarantees) ??
    validateAmounts('limit', limits) ??
    validateOrder(guarantees, limits)
  );
}

/** Thousandths must stay whole numbers, so there is a largest amount. */
function validateSizes(scalars: Scalars): Problem {
  return firstProblem(Object.entries(scalars), ([name, { value }]) => {
    const isBytes = name === 'mem' || name === 'disk';
    const most = isBytes ? EXABYTE_MB : TRILLION;
    if (!(value > most)) return undefined;
    const words = isBytes ? '1 exabyte' : '1 trillion';
    return `{'${name}': ${value}} is invalid: values greater than ${words} (${most}) are not supported`;
  });
}

function validateAmounts(what: string, scalars: Scalars): Problem {
  return firstProblem(Object.entries(scalars), ([name, { value }]) =>
    because(`Invalid ${what} configuration {'${name}': ${value}}: `, validateAmount(value)),
  );
}

function validateOrder(guarantees: Scalars, limits: Scalars): Problem {
  const isWithin = Object.entries(guarantees).every(([name, { value }]) => {
    const limit = limits[name];
    return limit === undefined || toMillis(value) <= toMillis(limit.value);
  });
  if (isWithin) return undefined;
  return `'QuotaConfig.guarantees' ${mapText(guarantees)} is not contained within the 'QuotaConfig.limits' ${mapText(limits)}`;
}

/** SET_QUOTA and POST /quota. The text is whole. */
export function validateQuotaRequest({ role, guarantee = [] }: QuotaRequest): Problem {
  return because(
    'Failed to validate set quota request: ',
    because('QuotaInfo with invalid resource: ', validateResources(guarantee)) ?? validateQuotaInfo(role, guarantee),
  );
}

function validateQuotaInfo(role: string | undefined, guarantee: QuotaRequest['guarantee'] & {}): Problem {
  if (role === undefined) return 'QuotaInfo must specify a role';
  const invalid = because('QuotaInfo with invalid role: ', validateRole(role));
  if (invalid !== undefined) return invalid;
  if (guarantee.length === 0) return "QuotaInfo with empty 'guarantee'";
  const names = new Set<string>();
  return firstProblem(guarantee.map(toPostFormat), ({ name, type, reservations = [], disk, revocable }) => {
    if (reservations.length > 0) return 'QuotaInfo must not contain any ReservationInfo';
    if (disk !== undefined) return 'QuotaInfo must not contain DiskInfo';
    if (revocable !== undefined) return 'QuotaInfo must not contain RevocableInfo';
    if (type !== 'SCALAR') return 'QuotaInfo must not include non-scalar resources';
    if (names.has(name)) return `QuotaInfo contains duplicate resource name '${name}'`;
    names.add(name);
    return undefined;
  });
}

/** A C++ map as text: `{ cpus: 1, mem: 512 }`. */
function mapText(scalars: Scalars): string {
  const entries = Object.entries(scalars).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '{}' : `{ ${entries.map(([name, { value }]) => `${name}: ${value}`).join(', ')} }`;
}
