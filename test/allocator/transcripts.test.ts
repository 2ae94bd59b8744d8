// The recordings of the original allocator, command by command: an allocator that gives the same answer to every line is the
// same allocator. Where quota cuts an offer the original serves its resources in a random order, so there, and only there, the
// order within an offer is not compared.
import { describe, expect, it } from 'vitest';
import { type RecordedOffer, Replay, readTranscripts } from './transcripts.ts';

const transcripts = readTranscripts();

describe('the recorded original', () => {
  it.each(transcripts)('is matched line by line in transcript $name', ({ lines }) => {
    const replay = new Replay();
    const isQuotaSet = lines.some(({ cmd }) => cmd.op === 'quota');
    const comparable = isQuotaSet ? inAnyOrder : (offers: readonly RecordedOffer[]) => offers;
    for (const [index, { cmd, ans }] of lines.entries()) {
      const answer = comparable(replay.answer(cmd));
      expect(answer, `line ${index + 1}: ${JSON.stringify(cmd)}`).toEqual(comparable(ans.offers));
    }
  });

  it('is there in 300 transcripts', () => {
    expect(transcripts).toHaveLength(300);
  });
});

const inAnyOrder = (offers: readonly RecordedOffer[]): RecordedOffer[] =>
  offers.map((offer) => ({ ...offer, resources: offer.resources.split('; ').sort().join('; ') }));
