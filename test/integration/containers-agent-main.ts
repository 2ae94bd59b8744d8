// An agent process that launches containers, tells them to its parent, and waits to be killed.
import type { ContainerCheckpoint } from '../../src/daemon/agent/containers/containerizer.ts';
import { makeFixture } from './containers-fixture.ts';

const fixture = await makeFixture({ isolation: process.env.ISOLATION }, process.env.FIXTURE_DIRECTORY);
const scripts = {
  runs: 'sleep 1000',
  ends: 'sleep 0.3; exit 9',
  killed: 'sleep 1000',
  orphan: 'sleep 1000',
};
const checkpoints: Record<string, ContainerCheckpoint> = {};
for (const [name, script] of Object.entries(scripts)) {
  const config = await fixture.config(script);
  checkpoints[name] = await fixture.checkpoint(config, await fixture.containerizer.launch(config));
}
process.send?.(checkpoints);
