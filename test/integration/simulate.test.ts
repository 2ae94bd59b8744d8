// `mctl simulate` as it is installed: without a cluster, the same answer twice, faults with their lines.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { MctlHome } from './mctl-process.ts';

const home = new MctlHome();
afterAll(() => home.remove());

test('an example of the package is simulated without a cluster, and a wrong file is refused with its line', async () => {
  const example = fileURLToPath(new URL('../../templates/simulate/macro-benchmark.yaml', import.meta.url));
  const wrong = join(home.directory, 'wrong.yaml');
  writeFileSync(wrong, 'agents:\n  - {cont: 1, resources: {cpus: 1}}\n');
  const [once, again, refused] = await Promise.all([
    home.start(['simulate', example, '--compare', 'drf', '--json']).outcome,
    home.start(['simulate', example, '--compare', 'drf', '--json']).outcome,
    home.start(['simulate', wrong]).outcome,
  ]);
  expect(once.code, once.stderr).toBe(0);
  expect(again.stdout).toBe(once.stdout);
  expect(JSON.parse(once.stdout)).toMatchObject({ policies: [{ kind: 'drf', ending: 'finished' }] });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('wrong.yaml:2  agents.0.cont is no member; is it count?');
});
