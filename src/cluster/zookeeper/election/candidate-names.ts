// How candidates call their nodes: two conventions that programs of others read as well. Under both, the candidate with
// the lowest number leads.

/** A convention for names of candidates below the path of an election. */
export interface CandidateNames {
  /** What is asked to be made; the server appends ten digits. `guid` tells one candidacy from another where the convention has a place for it. */
  prefix(guid: string): string;
  /** The number of a candidate; undefined for a node that is none. */
  sequence(name: string): number | undefined;
}

const numbered = (pattern: RegExp, prefix: (guid: string) => string): CandidateNames => ({
  prefix,
  sequence: (name) => {
    const digits = pattern.exec(name)?.[1];
    return digits === undefined ? undefined : Number(digits);
  },
});

/** `json.info_0000000012`, as detectors of Mesos masters expect it (mesos-api.md 15). */
export const MASTER_NAMES: CandidateNames = numbered(/^json\.info_(\d{10})$/, () => 'json.info_');

/** `_c_<guid>-latch-0000000012`, as Curator's LeaderLatch has it and with it Marathon (marathon.md 20.1). */
export const LATCH_NAMES: CandidateNames = numbered(/-latch-(\d{10})$/, (guid) => `_c_${guid}-latch-`);

/** The names that are candidates, who leads first. */
export function inOrder(names: CandidateNames, children: readonly string[]): string[] {
  return children
    .flatMap((name) => {
      const sequence = names.sequence(name);
      return sequence === undefined ? [] : [{ name, sequence }];
    })
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ name }) => name);
}
