// Containers that somebody talks with, on this very machine.
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import type { ContainerStreams, OutputListener, OutputName } from '../../src/daemon/agent/containers/io/streams.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await makeFixture();
});
afterEach(async () => {
  await fixture.dispose();
});

const PIPES = { terminal: undefined, isLogged: false };
const TERMINAL = { terminal: { size: { rows: 24, columns: 80 } }, isLogged: false };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Somebody who takes what comes. */
class Ear implements OutputListener {
  readonly heard: Record<OutputName, string> = { stdout: '', stderr: '' };
  isFull = false;
  patienceMs = Number.POSITIVE_INFINITY;
  isCutOff = false;
  readonly end = Promise.withResolvers<void>();
  bytes = 0;

  output(name: OutputName, chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.bytes < 1_000_000) this.heard[name] += new TextDecoder().decode(chunk);
  }
  cutOff(): void {
    this.isCutOff = true;
  }
  ended(): void {
    this.end.resolve();
  }
  async until(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 3_000; tries++) {
      if (pattern.test(this.heard.stdout)) return this.heard.stdout;
      await fixture.world.clock.sleep(10);
    }
    throw new Error(`never heard ${pattern}, only ${JSON.stringify(this.heard)}`);
  }
}

async function talk(config: ContainerConfig): Promise<{ streams: ContainerStreams; ear: Ear }> {
  await fixture.containerizer.launch(config);
  const streams = fixture.containerizer.find(config.containerId)?.streams;
  if (streams === undefined) throw new Error('nobody can talk with it');
  const ear = new Ear();
  streams.listen(ear);
  return { streams, ear };
}

/** A container beside the command of another. */
async function debug(parent: ContainerConfig, script: string, changes: Partial<ContainerConfig> = {}) {
  const containerId = `${parent.containerId}.debug`;
  const runtimeDirectory = `${fixture.options.runtimeContainers}/${containerId}`;
  const { sandbox } = parent;
  const common = { containerId, runtimeDirectory, sandbox, sharesLimits: true, isDebug: true, environment: {} };
  return fixture.config(script, { ...common, streams: PIPES, ...changes });
}

describe('a container with pipes', () => {
  test('keeps stdout and stderr apart, hears its input and its end, and its last words are not lost', async () => {
    const config = await fixture.config('cat; echo bye >&2; seq 20000; exit 3', { streams: PIPES });
    const { streams, ear } = await talk(config);
    streams.write(bytes('hello\n'));
    await ear.until(/hello/);
    streams.endInput();
    expect(await fixture.exitOf(config.containerId)).toMatchObject({ status: { kind: 'exited', code: 3 } });
    await ear.end.promise;
    expect(ear.heard.stderr).toBe('bye\n');
    expect(ear.heard.stdout).toMatch(/^hello\n1\n[\s\S]*20000\n$/);
    expect(fixture.containerizer.find(config.containerId)).toBeUndefined();
  });

  test('waits for a reader who is full, and leaves behind who has no patience', async () => {
    const config = await fixture.config('yes', { streams: PIPES });
    const { streams, ear } = await talk(config);
    await ear.until(/y/);
    ear.isFull = true;
    await fixture.world.clock.sleep(100);
    const before = ear.bytes;
    await fixture.world.clock.sleep(200);
    expect(ear.bytes).toBe(before);
    const other = new Ear();
    streams.listen(other);
    ear.patienceMs = 50;
    await other.until(/y/);
    expect([ear.isCutOff, other.isCutOff]).toEqual([true, false]);
    await fixture.containerizer.destroy(config.containerId);
    await other.end.promise;
  });

  test('waits for its first reader when nothing is logged, and else writes to its sandbox', async () => {
    const silent = await fixture.config('echo now; sleep 1000', { streams: PIPES });
    await fixture.containerizer.launch(silent);
    await fixture.world.clock.sleep(100);
    const ear = new Ear();
    fixture.containerizer.find(silent.containerId)?.streams?.listen(ear);
    await ear.until(/now/);
    const logged = await fixture.config('echo out; echo err >&2', { streams: { ...PIPES, isLogged: true } });
    await fixture.run(logged);
    expect([await fixture.stdout(logged), await fixture.stderr(logged)]).toEqual(['out\n', 'err\n']);
  });
});

describe('a container with a terminal', () => {
  test('has one of the size asked for, is resized, and Ctrl-C and Ctrl-D do what they do', async () => {
    const config = await fixture.config('trap "stty size" WINCH; stty size; cat; exec sh', { streams: TERMINAL });
    const { streams, ear } = await talk(config);
    await ear.until(/24 80/);
    streams.resize({ rows: 10, columns: 20 });
    streams.resize({ rows: 50, columns: 132 });
    await fixture.world.clock.sleep(300);
    streams.write(bytes('\u0004'));
    await ear.until(/50 132/);
    streams.write(bytes('tty; sleep 1000\n'));
    await ear.until(/\/dev\/pts\/\d+/);
    await fixture.world.clock.sleep(200);
    streams.write(bytes('\u0003'));
    streams.write(bytes('echo "after $?"; test -z "$MCTL_TEXT$started$SHELL" && echo clean\n'));
    await ear.until(/after 130[\s\S]*\nclean/);
    streams.write(bytes('exit 7\n'));
    expect(await fixture.exitOf(config.containerId)).toMatchObject({ status: { kind: 'exited', code: 7 } });
    await ear.end.promise;
  });

  test('goes on without its agent, and the next one talks with it', async () => {
    const config = await fixture.config('while read line; do echo "got $line"; done', {
      streams: { ...TERMINAL, isLogged: true },
    });
    const launched = await fixture.launch(config);
    const known = [await fixture.checkpoint(config, launched)];
    await fixture.containerizer.close();
    const later = await makeFixture({ ...fixture.options }, fixture.directory);
    await later.containerizer.recover(known);
    const streams = later.containerizer.find(config.containerId)?.streams;
    const ear = new Ear();
    streams?.listen(ear);
    streams?.write(bytes('one\n'));
    await ear.until(/got one/);
    streams?.endInput();
    expect(await later.exitOf(config.containerId)).toMatchObject({ status: { kind: 'exited', code: 0 } });
    expect(await later.stdout(config)).toContain('got one');
    await later.containerizer.close();
    await later.world.close();
  });

  test('leaves nothing behind when it is destroyed', async () => {
    const config = await fixture.config('sleep 1000', { streams: TERMINAL });
    const { ear } = await talk(config);
    await fixture.containerizer.destroy(config.containerId);
    await ear.end.promise;
    await fixture.exitOf(config.containerId);
    expect(await fixture.leftoverCgroups()).toEqual([]);
  });
});

describe('a debug container', () => {
  test('has the environment and sandbox of the one it looks into, and ends with it', async () => {
    const parent = await fixture.config('sleep 1000', { environment: { PATH: '/usr/bin:/bin', OF: "the 'task'" } });
    await fixture.launch(parent);
    const inside = await debug(parent, 'echo "$OF $MORE $PWD"; exec sleep 1000', { environment: { MORE: 'mine' } });
    const { ear } = await talk(inside);
    await ear.until(new RegExp(`the 'task' mine ${parent.sandbox}`));
    await fixture.containerizer.destroy(parent.containerId);
    await ear.end.promise;
    await fixture.exitOf(inside.containerId);
    await fixture.exitOf(parent.containerId);
    expect(await fixture.leftoverCgroups()).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)('has its namespaces and its user, on a terminal of his own', async () => {
    const apart = 'exec unshare --mount --uts --pid --fork --mount-proc';
    const parent = await fixture.config(`${apart} sh -c 'echo apart; exec sleep 1000'`, {});
    await fixture.launch(parent);
    await expect.poll(() => fixture.stdout(parent)).toBe('apart\n');
    const inside = await debug(parent, 'echo "pid1 $(cat /proc/1/comm)"; id -un; : >"$(tty)" && echo mine', {
      streams: TERMINAL,
      user: 'nobody',
    });
    const { ear } = await talk(inside);
    await ear.end.promise;
    expect(ear.heard.stdout).toMatch(/pid1 sleep\r\nnobody\r\nmine/);
    await fixture.containerizer.destroy(parent.containerId);
    await fixture.exitOf(parent.containerId);
  });
});

test.runIf(process.getuid?.() === 0)('a debug container of another user leaves the sandbox to its owner', async () => {
  const parent = await fixture.config('sleep 1000', {});
  await fixture.launch(parent);
  const before = statSync(parent.sandbox);
  const { ear } = await talk(await debug(parent, 'id -un', { user: 'nobody' }));
  await ear.end.promise;
  expect(ear.heard.stdout).toBe('nobody\n');
  const { uid, gid, mode } = statSync(parent.sandbox);
  expect([uid, gid, mode]).toEqual([before.uid, before.gid, before.mode]);
});

describe('the end of a command with a terminal', () => {
  test('is told as the signal that it died of', async () => {
    const config = await fixture.config('kill -TERM $$', { streams: TERMINAL });
    await talk(config);
    expect(await fixture.exitOf(config.containerId)).toMatchObject({ status: { kind: 'signaled', signal: 15 } });
  });
});

describe.runIf(process.getuid?.() === 0)('a container with a terminal and a process tree of its own', () => {
  test('has the terminal in there, given to its user', async () => {
    await fixture.dispose();
    fixture = await makeFixture({ isolation: 'cgroups/cpu,cgroups/mem,filesystem/linux,namespaces/pid' });
    const config = await fixture.config('echo "$$"; : >"$(tty)" && echo mine; stty size; read line; exit 5', {
      streams: TERMINAL,
      user: 'nobody',
    });
    const { streams, ear } = await talk(config);
    await ear.until(/^\d\r\nmine\r\n24 80/);
    streams.resize({ rows: 33, columns: 44 });
    const inside = await debug(config, 'stty -F /dev/stdin size; cat /proc/1/comm; id -un', { streams: TERMINAL });
    const debugging = await talk(inside);
    await debugging.ear.until(/24 80\r\nsh\r\nnobody/);
    streams.write(bytes('\r'));
    expect(await fixture.exitOf(config.containerId)).toMatchObject({ status: { kind: 'exited', code: 5 } });
  });
});
