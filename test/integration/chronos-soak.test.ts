// A minute of the soak: 50 short jobs while Chronos, masters and agents are killed by -9 at random. At the end every run is accounted
// for. The long form is `npm run soak:chronos`; MCTL_SOAK_SEED repeats the jobs and the kills of a seed, though never the machine.
import { afterAll, describe, expect, test } from 'vitest';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';
import { ChronosSoak, tellReport } from './chronos/soak.ts';

const SEED = Number(process.env.MCTL_SOAK_SEED ?? Math.floor(Math.random() * 1_000_000));

describe.skipIf(MISSING !== undefined)('while everything below and beside it is killed', () => {
  let soak: ChronosSoak | undefined;

  afterAll(() => soak?.stop(), 60_000);

  test(`every run of Chronos is accounted for (seed ${SEED})`, async () => {
    soak = await ChronosSoak.start({
      seed: SEED,
      jobs: 50,
      masters: 2,
      agents: 2,
      chronoses: 2,
      periodSeconds: { least: 6, most: 20 },
      pauseSeconds: { least: 2, most: 6 },
    });
    const kills: string[] = [];
    await soak.suffer(45_000, (text) => kills.push(text));
    await soak.settle(5_000);
    const report = await soak.account();
    console.info(`seed ${SEED}: ${kills.length} kills\n${tellReport(report)}`);
    if (report.wrong.length > 0) throw new Error(`${kills.join('\n')}\n${tellReport(report)}\n${soak.cluster.logs()}`);
    expect(report.starts).toBeGreaterThan(50);
    expect(report.kills).toEqual({
      chronoses: expect.any(Number),
      masters: expect.any(Number),
      agents: expect.any(Number),
    });
  }, 240_000);
});
