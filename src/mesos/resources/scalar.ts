// Scalars are three-decimal fixed point (mesos-api.md 12.3): integers of thousandths inside, so that sums do not drift.

/** Units → thousandths, half away from zero. */
export const toMillis = (units: number): number => (units < 0 ? -Math.round(-units * 1000) : Math.round(units * 1000));

/** Thousandths → units. */
export const fromMillis = (millis: number): number => millis / 1000;

/** Up to three decimals, no trailing zeros. */
export const formatMillis = (millis: number): string => String(millis / 1000);
