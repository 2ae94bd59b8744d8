#!/usr/bin/env node
// Entry of the command line: makes sure that a Node new enough runs it, then hands over to oclif.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE_MAJOR = 24;
const here = dirname(fileURLToPath(import.meta.url));

/** The Node binary that the npm package `node` put beside this package, or undefined. */
function nodeBesideUs() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined; // not installed: the message below says how to
  }
}

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_MAJOR) {
  process.env.NODE_ENV ??= 'production';
  const { execute } = await import('@oclif/core');
  await execute({ dir: here });
} else {
  const node = process.env.MCTL_NODE_RELAUNCHED ? undefined : nodeBesideUs();
  if (node === undefined) {
    process.stderr.write(
      `mctl needs Node ${OLDEST_NODE_MAJOR} or newer, this is ${process.version}.\n` +
        `Install it, or put it beside mctl with: npm install node@${OLDEST_NODE_MAJOR}\n`,
    );
    process.exit(1);
  }
  const result = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, MCTL_NODE_RELAUNCHED: '1' },
  });
  if (result.error) throw result.error;
  if (result.signal) process.kill(process.pid, result.signal);
  process.exit(result.status ?? 1);
}
