// fast-check for all tests, by default with the same cases in every run: whether main is green must not depend on chance.
//   MCTL_PROPERTY_SEED=random npx vitest run test/FILE    other cases; the seed is printed with what fails
//   MCTL_PROPERTY_SEED=17 npx vitest run test/FILE        those of one seed
import fc from 'fast-check';

const SEED = process.env.MCTL_PROPERTY_SEED ?? '1';
if (SEED !== 'random' && !/^-?\d+$/.test(SEED))
  throw new Error(`MCTL_PROPERTY_SEED is a number or "random", not ${SEED}`);

// What a test or an earlier import has set stays; a seed that a test names itself goes before this one.
if (SEED !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(SEED) });

export { default } from 'fast-check';
