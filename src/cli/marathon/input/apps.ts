// Apps out of documents: one, a list, or `{"apps": […]}`; each remembers where it stands.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { InputDocument } from './documents.ts';
import { type PathStep, violationPath } from './violation-path.ts';

/** One definition, as it is sent. */
export interface InputApp {
  /** Absolute. */
  readonly id: string;
  readonly definition: Readonly<Record<string, unknown>>;
  /** Place in the file of a value below the definition. */
  readonly place: (path: readonly PathStep[]) => string;
}

/** Throws Problem `usage` for what is no app, for ids that are missing and for those that come twice. */
export function appsOf(documents: readonly InputDocument[]): InputApp[] {
  const apps = documents.flatMap((document) => {
    const { value } = document;
    if (Array.isArray(value)) return value.map((item, index) => inputApp(document, item, [index]));
    if (isObject(value) && Array.isArray(value.apps) && value.cmd === undefined && value.container === undefined) {
      if (value.groups !== undefined || value.id !== undefined) throw isGroup(document);
      return value.apps.map((item, index) => inputApp(document, item, ['apps', index]));
    }
    if (isObject(value) && Array.isArray(value.groups)) throw isGroup(document);
    return [inputApp(document, value, [])];
  });
  const seen = new Map<string, InputApp>();
  for (const app of apps) {
    const first = seen.get(app.id);
    if (first !== undefined) {
      throw new Problem(EXIT.usage, {
        what: `${app.id} is there twice.`,
        why: `${first.place(['id'])} and ${app.place(['id'])}`,
      });
    }
    seen.set(app.id, app);
  }
  return apps;
}

function inputApp({ place }: InputDocument, value: unknown, at: readonly PathStep[]): InputApp {
  if (!isObject(value)) throw new Problem(EXIT.usage, { what: `${place(at)} is no app.`, why: 'An app is an object.' });
  const { id } = value;
  if (typeof id !== 'string' || id.replaceAll('/', '') === '') {
    throw new Problem(EXIT.usage, {
      what: `The app at ${place(at)} has no id.`,
      why: 'Its id is a path of lower-case words, such as /shop/web.',
    });
  }
  const absolute = `/${id.replace(/^\/+|\/+$/g, '')}`;
  return { id: absolute, definition: { ...value, id: absolute }, place: (path) => place([...at, ...path]) };
}

function isGroup({ place }: InputDocument): Problem {
  return new Problem(EXIT.usage, {
    what: `${place([])} is a group.`,
    next: 'mctl group apply -f <file>',
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The place in the files that a violation is about. `isList`: several apps were sent, so that paths begin with the number
 * of the app, `(2)` or `/apps(2)`.
 */
export function placeInApps(apps: readonly InputApp[], isList: boolean): (path: string) => string | undefined {
  return (path) => {
    const steps = violationPath(path);
    if (!isList) return apps[0]?.place(steps);
    const at = steps[0] === 'apps' ? 1 : 0;
    const index = steps[at];
    const app = typeof index === 'number' ? apps[index] : undefined;
    if (app !== undefined) return app.place(steps.slice(at + 1));
    return apps.length === 1 ? apps[0]?.place(steps) : undefined;
  };
}
