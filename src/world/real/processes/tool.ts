// Runs a short-lived tool to its end. Not for tasks: the fork blocks our event loop for as long as our memory is large.
import { spawn } from 'node:child_process';
import { ProcessError, type ToolCommand, type ToolResult } from '../../processes.ts';

const DEFAULT_MAX_OUTPUT_BYTES = 2 ** 20;

/** Throws ProcessError `cannot-start`. */
export function runTool(command: ToolCommand): Promise<ToolResult> {
  const [file, ...rest] = command.argv;
  return new Promise((resolve, reject) => {
    const cannotStart = (cause: unknown): void =>
      reject(
        new ProcessError('cannot-start', `cannot start '${file}': ${(cause as Error).message}`, {
          cause: cause as Error,
        }),
      );
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(file, rest, {
        stdio: ['pipe', 'pipe', 'pipe'],
        // A process group of its own, so that a timeout takes what the tool started with it.
        detached: true,
        ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
        ...(command.env === undefined ? {} : { env: { ...command.env } }),
        ...(command.uid === undefined ? {} : { uid: command.uid }),
        ...(command.gid === undefined ? {} : { gid: command.gid }),
      });
    } catch (cause) {
      cannotStart(cause);
      return;
    }
    child.once('error', cannotStart);
    const maxBytes = command.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    const stdout = collect(child.stdout, maxBytes);
    const stderr = collect(child.stderr, maxBytes);
    // A tool that does not read its input closes the pipe early; its exit code says whether that was an error.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(command.input ?? '');
    let timedOut = false;
    const killGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended in the same moment.
      }
      // Someone who left the group may hold the pipes open; we do not wait for them.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const overTime = (): void => {
      timedOut = true;
      killGroup();
    };
    const timer = command.timeoutMs === undefined ? undefined : setTimeout(overTime, command.timeoutMs);
    command.stop?.addEventListener('abort', killGroup, { once: true });
    if (command.stop?.aborted) killGroup();
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      command.stop?.removeEventListener('abort', killGroup);
      resolve({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        timedOut,
        stdout: stdout(),
        stderr: stderr(),
      });
    });
  });
}

/** Keeps the first `maxBytes` of a stream and reads the rest away. */
function collect(stream: NodeJS.ReadableStream | null, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, Math.max(0, maxBytes - length));
    length += kept.length;
    if (kept.length > 0) chunks.push(kept);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
