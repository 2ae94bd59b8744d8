// Resources of an agent as people type them: `cpus:2,mem:1GB,ports:[31000-31010],disks:{sda,sdb}`, as agents' own --resources
// has ranges and sets.
import type { Resource } from '../../mesos/generated/v1.ts';
import { Resources, ResourcesError } from '../../mesos/resources.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { amountText, givenTwice, parseAmount } from '../roles/amounts.ts';

/** Between two resources, not between two ranges or items. */
const SEPARATOR = /[,;](?![^[{]*[\]}])/;

/** Nobody's; each name once, and some of each. Memory and disk in MB unless they say otherwise. Throws Problem `usage`. */
export function parseTyped(flag: string, text: string): Resource[] {
  const names = new Set<string>();
  return text.split(SEPARATOR).map((part) => {
    const [, name = '', value = ''] = /^\s*([^:\s()]+)\s*:\s*(.*?)\s*$/.exec(part) ?? [];
    const [resource] = /^[[{]/.test(value) ? listed(flag, part, name, value) : scalar(flag, part, name, value);
    if (resource === undefined) {
      throw new Problem(EXIT.usage, { what: `--${flag}: no ${name} at all cannot be reserved or given back.` });
    }
    if (names.has(name)) throw givenTwice(flag, name);
    names.add(name);
    return resource;
  });
}

function scalar(flag: string, part: string, name: string, text: string): Resource[] {
  const value = parseAmount(name, text);
  if (value === undefined)
    throw unreadable(flag, part, 'Write cpus:2,mem:1GB, or, where single numbers count, ports:[31000-31010].');
  return Resources.of([{ name, type: 'SCALAR', scalar: { value } }]).toMessages();
}

function listed(flag: string, part: string, name: string, text: string): Resource[] {
  try {
    return Resources.parse(`${name}:${text}`).toMessages();
  } catch (error) {
    if (error instanceof ResourcesError) throw unreadable(flag, part, `${error.message}.`);
    throw error;
  }
}

function unreadable(flag: string, part: string, why: string): Problem {
  return new Problem(EXIT.usage, { what: `--${flag}: '${part.trim()}' is not an amount of a resource.`, why });
}

/** Only name and value: what can be counted together. */
export function plain(resources: readonly Resource[]): Resources {
  return Resources.of(resources.map(justValue));
}

function justValue({ name, type, scalar, ranges, set }: Resource): Resource {
  return { name, type, ...(scalar && { scalar }), ...(ranges && { ranges }), ...(set && { set }) };
}

/** `2`, `1024 MB`, `[31000-31010]`, `{sda}`: of resources of one name. */
export function valueText(resource: Resource): string {
  const { name, scalar } = resource;
  return scalar === undefined
    ? plain([resource])
        .format()
        .slice(name.length + 1)
    : amountText(name, scalar.value);
}
