// The soak in half a minute: 50 short jobs while Chronos, masters and agents are killed by -9 at random. At the end every run is accounted
// for. The long form is `npm run soak:chronos`; MCTL_SOAK_SEED repeats the jobs and the kills of a seed, though never the machine.
import { afterAll, describe, expect, test } from 'vitest';
import { MISSING } from '../cluster/zookeeper/ensemble.ts';
import { ChronosSoak, tellReport } from './chronos/soak.ts';

const SEED = Number(process.env.MCTL_SOAK_SEED ?? Math.floor(Math.random() * 1_000_000));

describe.skipIf(MISSING !== undefined)('while everything below and beside it is killed', () => {
  let soak: ChronosSoak | undefined;

  afterAll(() => soak?.stop());

  test(`every run of Chronos is accounted for (seed ${SEED})`, async () => {
    soak = await ChronosSoak.start({
      seed: SEED,
      jobs: 50,
      masters: 2,
      agents: 2,
      chronoses: 2,
      periodSeconds: { least: 6, most: 20 },
      pauseSeconds: { least: 1, most: 5 },
    });
    const kills: string[] = [];
    await soak.suffer(24_000, (text) => kills.push(text));
    await soak.settle(2_000);
    const report = await soak.account();
    console.info(`seed ${SEED}: ${kills.length} kills\n${tellReport(report)}`);
    if (report.wrong.length > 0) throw new Error(`${kills.join('\n')}\n${tellReport(report)}\n${soak.cluster.logs()}`);
    expect(report.starts).toBeGreaterThan(20);
    expect(kills.length).toBeGreaterThan(3);
  }, 240_000);
});
