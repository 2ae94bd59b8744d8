// How readers and rules tell what is wrong with an app.
import type { Violation } from '../../refusals.ts';
import { pathText } from './shape-errors.ts';

/** Notes what is wrong and where: `report(['networks', 0], 'Host networks …')`. */
export type Report = (path: readonly (string | number)[], error: string) => void;

/** A list that fills as violations are reported. `prefix`: path of the app in the request. */
export function collector(prefix: string): { readonly violations: Violation[]; readonly report: Report } {
  const violations: Violation[] = [];
  return { violations, report: (path, error) => violations.push({ path: pathText(prefix, path), error }) };
}
