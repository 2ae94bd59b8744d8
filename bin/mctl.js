#!/usr/bin/env node
// Entry of the command line: makes sure that a Node new enough runs it, then hands over. What must start fast or stay small
// (--version, completion, the daemons) goes straight to its module; everything else goes through oclif.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const OLDEST_NODE_MAJOR = 24;
/** What a daemon makes dies young: a large nursery costs it tens of megabytes for nothing. As in src/cli/program.ts. */
const DAEMON_NODE_FLAG = '--max-semi-space-size=4';
/** Else 64 MB of buffers more, one large answer, have V8 look through all it has, in steps that keep everything else waiting. */
const DAEMON_BUFFERS_FLAG = '--external-memory-accounted-in-global-limit';
/** The live view stays open all day too, but puts tens of thousands of rows in order within a key press. */
const LIVE_VIEW_NODE_FLAG = '--max-semi-space-size=8';
/** It is all there after a second; what its heap may grow by before it is swept is half of that, not three times as much. */
const LIVE_VIEW_HEAP_FLAG = '--heap-growing-percent=50';
const here = dirname(fileURLToPath(import.meta.url));

/** The Node binary that the npm package `node` put beside this package, or undefined. */
function nodeBesideUs() {
  try {
    const path = join(dirname(nodeModule.createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined; // not installed: the message below says how to
  }
}

async function main(args) {
  process.env.NODE_ENV ??= 'production';
  const [command, ...rest] = args;
  if (isDaemon(command, rest)) {
    takeFlag(DAEMON_NODE_FLAG);
    setFlagsFromString(DAEMON_BUFFERS_FLAG);
  } else if (isLiveView(command, rest)) {
    takeFlag(LIVE_VIEW_NODE_FLAG);
    setFlagsFromString(LIVE_VIEW_HEAP_FLAG);
  }
  const isVersion = (command === '--version' || command === 'version') && rest.length === 0;
  if (!isVersion) {
    // Compiled code is kept from one start to the next; without a place for it nothing is lost but a little time.
    nodeModule.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mctl'));
  }
  if (isVersion) {
    const { version } = JSON.parse(readFileSync(join(here, '..', 'package.json'), 'utf8'));
    process.stdout.write(`mctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
  } else if (command === '__complete') {
    const { main: complete } = await import('../dist/cli/completion/main.js');
    await complete(rest);
  } else if (isDaemon(command, rest)) {
    const { main: run } = await import('../dist/cli/daemon/main.js');
    await run(command, rest);
  } else {
    const { execute } = await import('@oclif/core');
    // `mctl help task` is what many type first.
    await execute({ dir: here, args: command === 'help' ? [...rest, '--help'] : args });
    // Idle connections must not keep us; what was written to a pipe must get there first.
    process.stdout.write('', () => process.stderr.write('', () => process.exit()));
  }
}

/** `mctl agent --…`, but not `mctl agent list` nor `mctl agent --help`. */
function isDaemon(command, rest) {
  if (!['master', 'agent', 'marathon', 'chronos'].includes(command)) return false;
  return (rest.length === 0 || rest[0].startsWith('-')) && !rest.includes('--help') && !rest.includes('-h');
}

/** `mctl top` on a terminal. */
function isLiveView(command, rest) {
  return (
    command === 'top' &&
    process.stdout.isTTY &&
    !['--once', '--json', '--help', '-h'].some((flag) => rest.includes(flag))
  );
}

/** V8 takes the size of its nursery at its start only, so this process becomes another Node; its pid stays. */
function takeFlag(flag) {
  const isGiven = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((given) =>
    given.replaceAll('_', '-').includes('--max-semi-space-size'),
  );
  if (isGiven || process.execve === undefined) return;
  const argv = [process.execPath, flag, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, argv, process.env);
}

/** The same command in a newer Node; we only stand in for it: signals in, exit status out. */
function relaunch(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, MCTL_NODE_RELAUNCHED: '1' },
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGINT']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; twice would mean "leave at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    throw error;
  });
  child.on('exit', (code, signal) => {
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGINT']) process.removeAllListeners(name);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_MAJOR) {
  // Not awaited: when the reader of our output has gone, the last write never ends, and that is no error.
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exitCode = 1;
  });
} else {
  const node = process.env.MCTL_NODE_RELAUNCHED ? undefined : nodeBesideUs();
  if (node === undefined) {
    process.stderr.write(
      `mctl needs Node ${OLDEST_NODE_MAJOR} or newer, this is ${process.version}.\n` +
        `Install it, or put it beside mctl with: npm install node@${OLDEST_NODE_MAJOR}\n`,
    );
    process.exit(1);
  }
  relaunch(node);
}
