// Files that are there already put into force, whatever Marathon says: those on disk (haproxy.md 14.10), or a version of before
// (10.7). They are looked at as those of a turn are; with no service to leave out, what is wrong ends it.
import type { World } from '../../world/world.ts';
import type { Files } from '../plan/plan-change.ts';
import { ApplyError } from './apply-error.ts';
import { bindKey, readBinds } from './check/binds.ts';
import { preflight } from './check/preflight.ts';
import { Validator } from './check/validate.ts';
import { countsOnDisk } from './counts.ts';
import { Installation } from './install/installation.ts';
import { MAP_NAMES, readFiles } from './install/replace.ts';
import { lookAtRunning, pidsOf, type Running, type Sockets, socketsOf } from './install/running.ts';
import { readVersion } from './install/versions.ts';
import type { Draft } from './memory/draft.ts';
import type { Brought } from './report.ts';
import type { ApplySettings } from './settings.ts';
import type { Stopwatch } from './stopwatch.ts';

/** One load, to be made once. Its members are for the report. */
export class ExistingFiles {
  readonly #world: World;
  readonly #settings: ApplySettings;
  readonly #draft: Draft;
  readonly #watch: Stopwatch;
  readonly #sockets: Sockets;
  readonly warnings: string[] = [];
  commands = 0;

  constructor(world: World, settings: ApplySettings, draft: Draft, watch: Stopwatch) {
    this.#world = world;
    this.#settings = settings;
    this.#draft = draft;
    this.#watch = watch;
    this.#sockets = socketsOf(world, settings);
  }

  /** Throws ApplyError and DiskError. */
  async loadDisk(): Promise<Brought> {
    const disk = await this.#readDisk();
    if (disk === undefined) throw new ApplyError('disk', `there is no ${this.#settings.configPath} to load`);
    return this.#bring('it was asked for', 'what is on disk', disk, disk);
  }

  /** Throws ApplyError and DiskError, `not-found` for a version that is not kept. */
  async loadVersion(id: string): Promise<Brought> {
    const disk = await this.#readDisk();
    const version = await readVersion(this.#world, this.#settings.configPath, id, MAP_NAMES);
    return this.#bring(`version ${id} was asked for`, `version ${id}`, disk, version);
  }

  #readDisk(): Promise<Files | undefined> {
    return this.#watch.stage('read', () => readFiles(this.#world, this.#settings.configPath, MAP_NAMES));
  }

  async #bring(why: string, what: string, disk: Files | undefined, next: Files): Promise<Brought> {
    const running = await lookAtRunning(this.#sockets);
    await this.#watch.stage('preflight', () => this.#preflight(what, disk, next, running));
    if (!this.#settings.skipsValidation) await this.#watch.stage('validate', () => this.#validate(what, next));
    const installation = new Installation(this.#world, this.#settings, this.#sockets, this.#draft, this.#watch);
    try {
      const brought = await installation.bring({ kind: 'reload', why }, disk, next, running);
      // What is served now is what the next turn's guard compares with.
      if (brought.outcome === 'reload') this.#draft.counts = countsOnDisk(next.config);
      return brought;
    } finally {
      this.commands = installation.commands;
      this.warnings.push(...installation.warnings);
    }
  }

  async #preflight(what: string, disk: Files | undefined, { config, maps }: Files, running: Running): Promise<void> {
    const isDown = running.kind === 'down';
    // Whoever wrote what is on disk: nobody tells what HAProxy has, so its own sockets are looked at.
    const binds = new Set(
      disk === undefined || isDown || disk.config === config ? [] : readBinds(disk.config).map(bindKey),
    );
    const owned = { isDown, pids: await pidsOf(this.#world, running), binds, isComplete: false };
    const { refusal } = await preflight(this.#world, { config, maps, ranges: [] }, owned);
    if (refusal !== undefined) throw new ApplyError('preflight', `HAProxy would not start with ${what}: ${refusal}`);
  }

  async #validate(what: string, { config, maps: found }: Files): Promise<void> {
    const { configPath, haproxy, checkUser } = this.#settings;
    const validator = new Validator(this.#world, haproxy, configPath, checkUser);
    const maps = Object.fromEntries(MAP_NAMES.map((name) => [name, found[name] ?? '']));
    const check = await validator.check({ config, maps, ranges: [] });
    if (validator.warning !== undefined) this.warnings.push(validator.warning);
    if (check.kind !== 'invalid') return;
    throw new ApplyError('nothing-valid', `HAProxy refuses ${what}: ${check.others.slice(0, 3).join('; ')}`);
  }
}
