// Which random cases are played, and how to play one of them again. 2,000 with all other tests; more on demand:
//   MCTL_ALLOCATOR_CASES=100000 npx vitest run test/allocator/properties (npm run soak:allocator)
//   MCTL_ALLOCATOR_SEED=17 npx vitest run test/allocator/properties

const CASES = Number(process.env.MCTL_ALLOCATOR_CASES ?? 2000);
const SEED = process.env.MCTL_ALLOCATOR_SEED;

export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** In portions of which each is a test, so that none takes long. `part`: of all cases. */
export function portions(part: number, size: number): Seeds[] {
  if (SEED !== undefined) return [{ first: Number(SEED), last: Number(SEED) }];
  const cases = Math.ceil(CASES * part);
  return Array.from({ length: Math.ceil(cases / size) }, (_, index) => ({
    first: index * size + 1,
    last: Math.min(cases, (index + 1) * size),
  }));
}

export function* each({ first, last }: Seeds): Iterable<number> {
  for (let seed = first; seed <= last; seed++) yield seed;
}

export const howToRepeat = (seed: number): string =>
  `Again: MCTL_ALLOCATOR_SEED=${seed} npx vitest run test/allocator/properties`;
