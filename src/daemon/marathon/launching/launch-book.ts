// Who waits to be launched, kept up to date with every change of an instance, so that nobody ever looks through them all.
import type { InstanceChange } from '../core.ts';
import { type Instance, isScheduled } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import { Launcher, launcherKey } from './launcher.ts';

/** Told of launchers as their instances come and go. */
export interface LaunchBookListener {
  /** One more instance waits. */
  waits(launcher: Launcher): void;
  /** One less waits; it may be none. */
  left(launcher: Launcher): void;
}

/** A launcher is there while it has instances. */
export class LaunchBook {
  readonly #byKey = new Map<string, Launcher>();
  readonly #byApp = new Map<PathId, Set<Launcher>>();
  readonly #nowMs: () => number;
  readonly #listener: LaunchBookListener;

  constructor(nowMs: () => number, listener: LaunchBookListener) {
    this.#nowMs = nowMs;
    this.#listener = listener;
  }

  /** In the order they began. */
  all(): Iterable<Launcher> {
    return this.#byKey.values();
  }

  /** One a configuration, oldest first. */
  ofApp(appId: PathId): readonly Launcher[] {
    return [...(this.#byApp.get(appId) ?? [])];
  }

  changed({ before, after }: InstanceChange): void {
    if (before !== undefined && before.condition === after?.condition && before.goal === after.goal) {
      if (before.app === after.app) return;
    }
    const [former, present] = [placeOf(before), placeOf(after)];
    // Added first: a launcher whose only instance turns from waiting to launched lives on.
    if (present !== undefined && after !== undefined) this.#add(after, present);
    if (before === undefined || former === undefined) return;
    if (present !== former || after === undefined || launcherKey(after.app) !== launcherKey(before.app))
      this.#remove(before, former);
  }

  #add({ id, app }: Instance, place: Place): void {
    const key = launcherKey(app);
    let launcher = this.#byKey.get(key);
    if (launcher === undefined) {
      launcher = new Launcher(app, this.#nowMs());
      this.#byKey.set(key, launcher);
      const others = this.#byApp.get(app.id);
      if (others === undefined) this.#byApp.set(app.id, new Set([launcher]));
      else others.add(launcher);
    }
    if (app.version > launcher.app.version) launcher.app = app;
    if (launcher[place].has(id)) return;
    launcher[place].add(id);
    if (place === 'scheduled') this.#listener.waits(launcher);
  }

  #remove({ id, app }: Instance, place: Place): void {
    const key = launcherKey(app);
    const launcher = this.#byKey.get(key);
    if (launcher === undefined || !launcher[place].delete(id)) return;
    if (launcher.count === 0) {
      this.#byKey.delete(key);
      const others = this.#byApp.get(app.id);
      others?.delete(launcher);
      if (others?.size === 0) this.#byApp.delete(app.id);
    }
    if (place === 'scheduled') this.#listener.left(launcher);
  }
}

type Place = 'scheduled' | 'provisioned';

function placeOf(instance: Instance | undefined): Place | undefined {
  if (instance === undefined) return undefined;
  if (isScheduled(instance)) return 'scheduled';
  return instance.goal === 'Running' && instance.condition === 'Provisioned' ? 'provisioned' : undefined;
}
