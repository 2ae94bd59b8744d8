// `haproxy -c` on the very files, in their own directory (haproxy.md 10.5), by a user who may do little, with an empty
// environment and limits on time and memory (17.5).
import { basename, dirname } from 'node:path';
import { ProcessError } from '../../../world/processes.ts';
import type { World } from '../../../world/world.ts';
import type { Files } from '../../plan/plan-change.ts';
import type { Rendered } from '../../render/rendered.ts';
import { ApplyError } from '../apply-error.ts';
import { findCheckUser } from './check-user.ts';
import { type Complaints, readComplaints } from './complaints.ts';

const TIMEOUT_MS = 30_000;
/** CPU seconds and KiB of memory; sh sets them, so that they hold for the check alone. */
const LIMITED = 'ulimit -t 30; ulimit -v 1048576; exec "$@"';
const MAX_OUTPUT_BYTES = 4 * 2 ** 20;

/** `valid`, or what HAProxy has against it. */
export type CheckResult = { readonly kind: 'valid' } | ({ readonly kind: 'invalid' } & Complaints);

/** Files, and whose lines are whose. */
export type Checkable = Files & Pick<Rendered, 'ranges'>;

/** Checks one set of files after the other, in `directory`; keeps count. */
export class Validator {
  readonly #world: Pick<World, 'disk' | 'host' | 'processes'>;
  readonly #haproxy: string;
  readonly #configPath: string;
  readonly #wantedUser: string | undefined;
  readonly #directory: string;
  /** Checks so far. */
  count = 0;
  warning: string | undefined;

  constructor(
    world: Pick<World, 'disk' | 'host' | 'processes'>,
    haproxy: string,
    configPath: string,
    wantedUser?: string,
    directory = dirname(configPath),
  ) {
    this.#world = world;
    this.#haproxy = haproxy;
    this.#configPath = configPath;
    this.#wantedUser = wantedUser;
    this.#directory = directory;
  }

  /** Throws ApplyError `no-haproxy`, and DiskError when the files for the check cannot be written. */
  async check(rendered: Checkable): Promise<CheckResult> {
    this.count += 1;
    const { disk } = this.#world;
    const { user, warning } = await findCheckUser(this.#world, this.#wantedUser, this.#directory);
    this.warning = warning;
    const directory = dirname(this.#configPath);
    const paths: string[] = [];
    const write = async (name: string, content: string): Promise<string> => {
      const path = checkPath(this.#directory, name);
      paths.push(path);
      // One of an earlier turn may belong to somebody else.
      await disk.remove(path);
      await disk.writeFile(path, content, { mode: 0o640 });
      if (user !== undefined) await disk.changeOwner(path, 0, user.gid);
      return path;
    };
    try {
      let { config } = rendered;
      for (const [name, content] of Object.entries(rendered.maps)) {
        config = config.replaceAll(`${directory}/${name}`, await write(name, content));
      }
      const path = await write(basename(this.#configPath), config);
      return await this.#run(path, rendered, user);
    } finally {
      for (const path of paths) await disk.remove(path);
    }
  }

  async #run(
    path: string,
    { ranges }: Checkable,
    user: { uid: number; gid: number } | undefined,
  ): Promise<CheckResult> {
    try {
      const result = await this.#world.processes.run({
        argv: ['/bin/sh', '-c', LIMITED, 'sh', this.#haproxy, '-c', '-f', path],
        cwd: '/',
        env: {},
        timeoutMs: TIMEOUT_MS,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        ...(user !== undefined && { uid: user.uid, gid: user.gid }),
      });
      if (result.exitCode === 0) return { kind: 'valid' };
      if (result.exitCode === 126 || result.exitCode === 127) {
        throw new ApplyError(
          'no-haproxy',
          `${this.#haproxy} cannot be started to check the config: ${result.stderr.trim()}`,
        );
      }
      if (result.timedOut) return invalid(`the check took longer than ${TIMEOUT_MS / 1000} s`);
      const complaints = readComplaints(result.stderr, path, ranges);
      if (complaints.byService.size > 0 || complaints.others.length > 0) return { kind: 'invalid', ...complaints };
      const how = result.signal === undefined ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
      return invalid(`the check ended with ${how}: ${result.stderr.trim().slice(-500)}`);
    } catch (cause) {
      if (!(cause instanceof ProcessError)) throw cause;
      throw new ApplyError('no-haproxy', `the config cannot be checked: ${cause.message}`, { cause });
    }
  }
}

const invalid = (other: string): CheckResult => ({ kind: 'invalid', byService: new Map(), others: [other] });

/** Where a file lies while it is checked. */
export function checkPath(directory: string, name: string): string {
  return `${directory}/.${name}.mctl-check`;
}
