// Unpacks archives with the machine's tools, as the task's user, into a directory of its own; only then are the entries
// moved into the sandbox. So an archive can write neither above the sandbox nor through symlinks of an earlier one.
import type { HostUser, World } from '../../../../world/world.ts';
import { mergeInto } from './placement.ts';
import { type ArchiveKind, FetchError } from './uri.ts';

const EXTRACT_TIMEOUT_MS = 30 * 60_000;

const TAR_OPTIONS: Readonly<Record<string, string>> = { tar: '-x', 'tar.gz': '-xz', 'tar.bz2': '-xj', 'tar.xz': '-xJ' };

/** A fetched file that is to be unpacked where it lies. */
export interface Archive {
  /** Relative to the sandbox. */
  readonly path: string;
  /** What it is called: for the error, and for `.gz`, which holds one file without a name. */
  readonly name: string;
  readonly kind: ArchiveKind;
}

/** Throws FetchError. */
export async function extract(
  world: World,
  archive: Archive,
  sandbox: string,
  user: HostUser | undefined,
): Promise<void> {
  const { disk } = world;
  const name = `.extract-${world.random.uuid()}`;
  const workplace = `${sandbox}/${name}`;
  await disk.makeDirectory(workplace, { mode: 0o700 });
  try {
    if (user !== undefined) await disk.changeOwner(workplace, user.uid, user.gid);
    await runAs(world, user, sandbox, toolFor(archive, name), `'${archive.name}' cannot be extracted`);
    await mergeInto(disk, workplace, sandbox);
  } finally {
    await disk.remove(workplace);
  }
}

function toolFor({ path: relative, name, kind }: Archive, into: string): readonly [string, ...string[]] {
  const path = `./${relative}`;
  if (kind === 'zip') return ['unzip', '-o', '-q', '-d', into, path];
  if (kind === 'gz') {
    const base = name
      .slice(name.lastIndexOf('/') + 1)
      .replace(/[?#].*$/, '')
      .replace(/\.gz$/, '');
    return ['/bin/sh', '-c', 'exec gzip -dc <"$1" >"$2"', 'sh', path, `${into}/${base}`];
  }
  return ['tar', TAR_OPTIONS[kind] ?? '-x', '--no-same-owner', '-C', into, '-f', path];
}

/**
 * Runs a tool as the task's user, in the sandbox: he may have no access to the directories above it, so that paths into
 * it should be relative. Throws FetchError with what the tool said.
 */
export async function runAs(
  world: World,
  user: HostUser | undefined,
  sandbox: string,
  argv: readonly [string, ...string[]],
  failure: string,
): Promise<void> {
  const { exitCode, stderr, timedOut } = await world.processes.run({
    argv,
    cwd: sandbox,
    timeoutMs: EXTRACT_TIMEOUT_MS,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    ...(user !== undefined && { uid: user.uid, gid: user.gid }),
  });
  if (timedOut) throw new FetchError(`${failure}: it takes more than ${EXTRACT_TIMEOUT_MS / 60_000} minutes`);
  if (exitCode !== 0) throw new FetchError(`${failure}: ${stderr.trim().slice(0, 500) || `${argv[0]} failed`}`);
}
