// What one turn leaves to the next, on a real disk.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { StateFiles } from '../../../src/haproxy/apply/memory/state-file.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'silent' } });
const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-state-'));
const path = join(directory, 'memory.json');
const labels = (host: string) => ({ '/shop': { '0': { HAPROXY_0_VHOST: host } } });

afterAll(async () => {
  await world.close();
  rmSync(directory, { recursive: true });
});

test('what was remembered is what the next turn finds, also when another process has written it meanwhile', async () => {
  const files = new StateFiles(world, directory);
  expect(await files.readMemory()).toEqual({ labels: {} });
  await files.writeMemory({ labels: labels('a.example') });
  expect(await files.readMemory()).toEqual({ labels: labels('a.example') });
  await new StateFiles(world, directory).writeMemory({ labels: labels('b.example') });
  expect(await files.readMemory()).toEqual({ labels: labels('b.example') });
  // Written though it is what this one wrote last.
  await files.writeMemory({ labels: labels('a.example') });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ format: 1, labels: labels('a.example') });
});

test('memory that was cut short or taken away counts as none, and that of a newer program stops the turn', async () => {
  const files = new StateFiles(world, directory);
  await files.writeMemory({ labels: labels('a.example') });
  writeFileSync(path, '{"format":1,');
  expect(await files.readMemory()).toEqual({ labels: {} });
  rmSync(path);
  expect(await files.readMemory()).toEqual({ labels: {} });
  writeFileSync(path, '{"format":2}');
  await expect(files.readMemory()).rejects.toThrow('newer mctl');
});
