// `--allowed_host_paths`, `--effective_capabilities`, `--bounding_capabilities`, `--containerizers` and the like.
import { parseJson } from '../../../mesos/codec.ts';
import { CapabilityInfo, CapabilityInfo_Capability, ContainerInfo } from '../../../mesos/generated/v1.ts';

/** Absolute paths, separated by commas. Throws Error. */
export function parsePaths(text: string): readonly string[] {
  const paths = text
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  const relative = paths.find((path) => !path.startsWith('/'));
  if (relative !== undefined) throw new Error(`'${relative}' is not an absolute path`);
  return paths;
}

/** Absolute paths, separated by colons. Throws Error. */
export function parseColonPaths(text: string): readonly string[] {
  return parsePaths(text.replaceAll(':', ','));
}

/** A ContainerInfo as JSON. Throws Error. */
export function parseContainerInfo(text: string): ContainerInfo {
  return parseJson(ContainerInfo, text);
}

/** What is tried, in this order. Throws Error. */
export function parseContainerizers(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== 'mesos' && name !== 'docker');
  if (unknown !== undefined) throw new Error(`'${unknown}' is no containerizer`);
  if (!names.includes('mesos')) throw new Error("'mesos' must be one of them");
  return names;
}

/** A CapabilityInfo as JSON; the names as setpriv has them. Throws Error. */
export function parseCapabilities(text: string): readonly string[] {
  const { capabilities = [] } = parseJson(CapabilityInfo, text);
  const given: unknown = (JSON.parse(text) as { capabilities?: unknown }).capabilities;
  // An unknown name in an optional field is dropped when it is read; here that would allow less than was meant, unseen.
  const unknown = Array.isArray(given) ? given.find((name) => !isKnown(name)) : undefined;
  if (unknown !== undefined || capabilities.includes('UNKNOWN')) throw new Error(`'${unknown}' is no capability`);
  return capabilities.map((name) => name.toLowerCase());
}

function isKnown(name: unknown): boolean {
  return CapabilityInfo_Capability.names.some((known) => known === name);
}
