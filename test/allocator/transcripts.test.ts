// The recordings of the original allocator, command by command: an allocator that gives the same answer to every line is the
// same allocator. Where quota cuts an offer the original serves its resources in a random order, which shows in later offers too:
// so from the first quota on, and only there, what quota may cut is compared in any order, and what comes before it likewise.
import { describe, expect, it } from 'vitest';
import { type RecordedOffer, Replay, readTranscripts } from './transcripts.ts';

const transcripts = readTranscripts();

describe('the recorded original', () => {
  it.each(transcripts)('is matched line by line in transcript $name', ({ lines }) => {
    const replay = new Replay();
    let comparable = (offers: readonly RecordedOffer[]): readonly RecordedOffer[] => offers;
    for (const [index, { cmd, ans }] of lines.entries()) {
      if (cmd.op === 'quota') comparable = inTwoGroups;
      const answer = comparable(replay.answer(cmd));
      expect(answer, `line ${index + 1}: ${JSON.stringify(cmd)}`).toEqual(comparable(ans.offers));
    }
  });

  it('is there in 300 transcripts', () => {
    expect(transcripts).toHaveLength(300);
  });
});

/** Reservations and what is no scalar, then plain scalars; within each by text. */
const inTwoGroups = (offers: readonly RecordedOffer[]): RecordedOffer[] =>
  offers.map((offer) => {
    const parts = offer.resources.split('; ');
    const found = parts.findIndex(isPlainScalar);
    const end = found === -1 ? parts.length : found;
    return { ...offer, resources: [...parts.slice(0, end).sort(), '|', ...parts.slice(end).sort()].join(' ') };
  });

/** `cpus:1.5`, and neither `cpus(…):1.5` nor `ports:[1-2]`. */
const isPlainScalar = (part: string): boolean => /^\w+:[\d.]+$/.test(part);
