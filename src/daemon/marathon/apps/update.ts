// What a request says about one app, after its shape was checked and its deprecated spellings translated; and what is
// taken for the rest.
import type { MarathonOptions } from '../flags.ts';
import type { App } from '../model/app.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

/** Everything of an app that a request may set. */
export type AppFields = Omit<App, 'id' | 'version' | 'versionInfo'>;

/** One app of a request, as far as it was given. */
export interface AppUpdate {
  /** Where it stood in the request: prefix of the paths of violations, such as `/apps(0)`; `''` for the whole body. */
  readonly at: string;
  /** Absolute. From the URL where that names the app, else from the body. */
  readonly id?: PathId;
  /** Asks for a stored version (marathon.md 3.7); see `versionToReapply`. */
  readonly version?: Timestamp;
  /** The members given, each as a whole, in the form of the model. */
  readonly fields: Partial<AppFields>;
}

/** What an app's members are when nobody gave them, as far as that is not the same everywhere. */
export interface AppDefaults {
  /** Role of services in its group that name none (marathon.md 18.5). */
  readonly role: string;
  /** Container network of apps that name none; undefined: they have to. */
  readonly defaultNetworkName?: string;
}

/** The defaults of a group whose services have `role` unless they say otherwise. */
export function appDefaults(options: Pick<MarathonOptions, 'defaultNetworkName'>, role: string): AppDefaults {
  return options.defaultNetworkName === undefined ? { role } : { role, defaultNetworkName: options.defaultNetworkName };
}

/** Against what one app is validated. */
export interface ValidationContext {
  /** Those switched on by --enable_features. */
  readonly features: ReadonlySet<string>;
  /** Roles that its group allows (marathon.md 18.5); undefined: any. */
  readonly allowedRoles?: readonly string[];
  /** Most instances, --max_instances_per_app; undefined: any number. */
  readonly maxInstances?: number;
}
