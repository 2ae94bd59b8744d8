// `--modules`: the original's JSON, for the parameters of what is a module there and built in here. Files of libraries that
// it names are not looked at; a module that we do not have is refused by its name.

/** The original's name of the one resource estimator that there is. */
export const FIXED_ESTIMATOR = 'org_apache_mesos_FixedResourceEstimator';
/** The original's name of the one QoS controller that there is. */
export const LOAD_CONTROLLER = 'org_apache_mesos_LoadQoSController';

/** Parameters by their key, of one module. */
export type ModuleParameters = ReadonlyMap<string, string>;

/** By the module's name. */
export type Modules = ReadonlyMap<string, ModuleParameters>;

const KNOWN: readonly string[] = [FIXED_ESTIMATOR, LOAD_CONTROLLER];

/** Throws Error. */
export function parseModules(text: string): Modules {
  const modules = new Map<string, ModuleParameters>();
  const { libraries } = objectOf(JSON.parse(text), 'modules');
  for (const library of listOf(libraries, 'libraries')) {
    for (const module of listOf(objectOf(library, 'a library').modules, 'modules')) {
      const { name, parameters } = objectOf(module, 'a module');
      if (!KNOWN.includes(textOf(name, 'name')))
        throw new Error(`there is no module '${name}' here, only ${KNOWN.join(' and ')}`);
      const entries = listOf(parameters, 'parameters').map((parameter) => {
        const { key, value } = objectOf(parameter, 'a parameter');
        return [textOf(key, 'key'), textOf(value, 'value')] as const;
      });
      modules.set(textOf(name, 'name'), new Map(entries));
    }
  }
  return modules;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (value !== undefined && !Array.isArray(value)) throw new Error(`'${what}' must be a list`);
  return value ?? [];
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Error(`'${what}' must be text`);
  return value;
}
