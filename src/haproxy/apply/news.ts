// What is new about services in trouble since it was last told: cron mails every line, and a log that repeats itself is not
// read. Pure.
import type { Problem } from '../model/model.ts';
import type { Excluded } from './report.ts';

/** What is wrong with services. */
export interface Wrong {
  readonly problems: readonly Problem[];
  readonly excluded: readonly Excluded[];
}

export const NOTHING_WRONG: Wrong = { problems: [], excluded: [] };

/** `ended`: not there any more, nor replaced by something else at the same place. */
export interface Difference<T> {
  readonly begun: readonly T[];
  readonly ended: readonly T[];
  /** How many are as before. */
  readonly asBefore: number;
}

/** Since it was last told. */
export interface News {
  readonly problems: Difference<Problem>;
  readonly excluded: Difference<Excluded>;
}

export const NO_NEWS: News = {
  problems: { begun: [], ended: [], asBefore: 0 },
  excluded: { begun: [], ended: [], asBefore: 0 },
};

/** More of a kind are not kept; those beyond are never told as new. */
const MOST_KEPT = 1_000;

/** As much as is kept from turn to turn. */
export function keptOf({ problems, excluded }: Wrong): Wrong {
  return { problems: problems.slice(0, MOST_KEPT), excluded: excluded.slice(0, MOST_KEPT) };
}

/** In the order in which they are given. */
export function newsSince(before: Wrong, now: Wrong): News {
  return {
    problems: difference(before.problems, now.problems, problemPlace, problemText),
    excluded: difference(before.excluded, now.excluded, excludedPlace, excludedText),
  };
}

/** Whether there is anything to tell. */
export function isNewsOf({ problems, excluded }: News): boolean {
  return [problems, excluded].some(({ begun, ended }) => begun.length + ended.length > 0);
}

const problemPlace = ({ appId, portIndex, where }: Problem): string => JSON.stringify([appId, portIndex, where]);
const problemText = ({ effect, message }: Problem): string => JSON.stringify([effect, message]);
const excludedPlace = ({ appId, portIndex }: Excluded): string => JSON.stringify([appId, portIndex]);
const excludedText = ({ reason, keepsLastGood }: Excluded): string => JSON.stringify([reason, keepsLastGood]);

function difference<T>(
  before: readonly T[],
  now: readonly T[],
  placeOf: (one: T) => string,
  textOf: (one: T) => string,
): Difference<T> {
  const keyOf = (one: T): string => placeOf(one) + textOf(one);
  const known = new Set(before.map(keyOf));
  const places = new Set(now.map(placeOf));
  const begun = now.slice(0, MOST_KEPT).filter((one) => !known.has(keyOf(one)));
  return {
    begun,
    ended: before.filter((one) => !places.has(placeOf(one))),
    asBefore: now.length - begun.length,
  };
}
