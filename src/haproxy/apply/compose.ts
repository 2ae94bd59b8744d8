// From Marathon's answer to files, around whatever is in trouble: services in error go on with their last good labels, or are
// left out (haproxy.md 10.3, 10.5). Pure.
import { createHash } from 'node:crypto';
import type { Discovery } from '../discovery/discovered.ts';
import { buildModel } from '../model/build-model.ts';
import type { ModelContext } from '../model/context.ts';
import type { BalancerModel, Problem, Service } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { Files } from '../plan/plan-change.ts';
import { type Rendering, render } from '../render/render.ts';
import type { Rendered } from '../render/rendered.ts';
import type { Templates } from '../render/templates/templates.ts';
import { hasLastGood, leftOut, type Place, placeKey, withLastGood } from './memory/last-good.ts';
import type { LabelMemory } from './memory/state-file.ts';
import type { Excluded } from './report.ts';

/** What the files are made of. */
export interface Ingredients {
  readonly discovery: Discovery;
  readonly context: ModelContext;
  readonly options: BalancerOptions;
  readonly templates: Templates;
  readonly labels: LabelMemory;
}

/** Files that could be applied, and what is not in them. */
export interface Candidate {
  readonly model: BalancerModel;
  readonly rendered: Rendered;
  readonly problems: readonly Problem[];
  readonly excluded: readonly Excluded[];
  /** Keys of places that are not served with what their labels say now. */
  readonly bad: ReadonlySet<string>;
}

/** A service that HAProxy, or the machine, would not have. */
interface Complaint {
  readonly place: Place;
  readonly service: string;
  readonly reason: string;
  /** Its good labels were used already. */
  readonly isHopeless: boolean;
}

/** Holds what is in trouble this turn, and composes around it. */
export class Composer {
  readonly #ingredients: Ingredients;
  readonly #complaints = new Map<string, Complaint>();
  #groups: BalancerModel['groups'];

  constructor(ingredients: Ingredients) {
    this.#ingredients = ingredients;
  }

  /** `only`: services beside these are left out, to find by halves who is wrong. */
  compose(only?: ReadonlySet<string>): Candidate {
    const { discovery, labels } = this.#ingredients;
    const complaints = [...this.#complaints.values()];
    const asked = complaints.filter(({ isHopeless }) => !isHopeless).map(({ place }) => place);
    const first = this.#attempt(withLastGood(discovery, labels, asked, this.#groups), only);
    const faulty = leftOut(first.problems).filter((place) => hasLastGood(discovery, labels, place, this.#groups));
    if (faulty.length === 0) return this.#finish(first, first, []);
    const second = this.#attempt(withLastGood(discovery, labels, [...asked, ...faulty], this.#groups), only);
    return this.#finish(first, second, faulty);
  }

  /** From now on without its labels of now, or without it. */
  complain(service: Service, reason: string): void {
    const { discovery, labels } = this.#ingredients;
    const { appId, portIndex, name } = service;
    const place = { appId, portIndex };
    const before = this.#complaints.get(placeKey(place));
    const isHopeless = before !== undefined || !hasLastGood(discovery, labels, place, this.#groups);
    this.#complaints.set(placeKey(place), { place, service: name, reason: before?.reason ?? reason, isHopeless });
  }

  #attempt(discovery: Discovery, only: ReadonlySet<string> | undefined): { model: BalancerModel } & Rendering {
    const { options, context, templates } = this.#ingredients;
    const whole = buildModel(discovery, options, context);
    this.#groups = whole.groups;
    const services = whole.services.filter(
      (service) =>
        this.#complaints.get(placeKey(service))?.isHopeless !== true && (only === undefined || only.has(service.name)),
    );
    const model = services.length === whole.services.length ? whole : { ...whole, services };
    const { rendered, problems } = render(model, options, templates);
    return { model, rendered, problems: [...whole.problems, ...problems] };
  }

  #finish(
    first: { readonly problems: readonly Problem[] },
    last: { readonly model: BalancerModel; readonly rendered: Rendered; readonly problems: readonly Problem[] },
    faulty: readonly Place[],
  ): Candidate {
    const out = leftOut(last.problems);
    const outKeys = new Set(out.map(placeKey));
    // Some are left out by the rendering though they are in the model.
    const services = last.model.services.filter(
      (service) => !outKeys.has(placeKey(service)) && !outKeys.has(placeKey({ appId: service.appId })),
    );
    const isKept = (place: Place): boolean => services.some((service) => covers(place, service, last.model.groups));
    const problems = first.problems.map((problem) =>
      problem.effect === 'left-out' && faulty.some((place) => placeKey(place) === placeKey(problem)) && isKept(problem)
        ? { ...problem, effect: 'changed' as const, message: `${problem.message}; goes on with its last good labels` }
        : problem,
    );
    const complaints = [...this.#complaints.values()];
    for (const { place, reason, isHopeless } of complaints) {
      const { appId, portIndex } = place;
      const effect = isHopeless ? ('left-out' as const) : ('changed' as const);
      problems.push({ appId, ...(portIndex !== undefined && { portIndex }), effect, message: reason });
    }
    const excluded = [
      ...first.problems
        .filter((problem) => problem.effect === 'left-out')
        .map((problem) => toExcluded(problem, isKept)),
      ...complaints.map(
        ({ place, service, reason, isHopeless }): Excluded => ({
          appId: place.appId,
          ...(place.portIndex !== undefined && { portIndex: place.portIndex }),
          service,
          reason,
          keepsLastGood: !isHopeless,
        }),
      ),
    ];
    const bad = new Set([...leftOut(first.problems).map(placeKey), ...this.#complaints.keys()]);
    return { model: { ...last.model, services }, rendered: last.rendered, problems, excluded, bad };
  }
}

function covers(place: Place, service: Service, groups: BalancerModel['groups']): boolean {
  const isOfApp = place.appId === service.appId || groups?.get(service.appId)?.includes(place.appId) === true;
  return isOfApp && (place.portIndex === undefined || place.portIndex === service.portIndex);
}

function toExcluded(problem: Problem, isKept: (place: Place) => boolean): Excluded {
  const { appId, portIndex, where, message } = problem;
  // Where only the reason is told, nobody would know which label is meant.
  const reason = where?.startsWith('HAPROXY_') ? `${where} ${message}` : message;
  return { appId, ...(portIndex !== undefined && { portIndex }), reason, keepsLastGood: isKept(problem) };
}

const hashes = new WeakMap<object, string>();

/** Hash of config and maps; a map that is empty is as one that is not there. Counted once for each value. */
export function filesHash(files: Files): string {
  const known = hashes.get(files);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(files.config);
  for (const name of Object.keys(files.maps).sort()) {
    if (files.maps[name] !== '') hash.update(`\0${name}\0${files.maps[name]}`);
  }
  const digest = hash.digest('hex');
  hashes.set(files, digest);
  return digest;
}

/** Hash of all lines of one service, to know them again. */
export function fragmentHash({ config, ranges }: Rendered, service: string): string {
  const lines = config.split('\n');
  const hash = createHash('sha256');
  for (const range of ranges) {
    if (range.service === service) hash.update(lines.slice(range.from - 1, range.to).join('\n'));
  }
  return hash.digest('hex');
}
