// A network as the operator describes it: one file of the CNI specification, either one plugin (.conf) or several in a row
// (.conflist). Only what this agent heeds is looked at; the rest is the plugins' and is passed on as it is.
import { NetworkError } from '../network-error.ts';

/** As CNI allows them (mesos-semantics.md 10.7). */
const NETWORK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const MAX_NAME_LENGTH = 128;
/** A file name: plugins are looked for in the operator's directories and nowhere else. */
const PLUGIN_TYPE = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const MAX_PLUGINS = 16;
/** Of a file that names none, by the specification. */
const OLDEST_VERSION = '0.2.0';

/** One network: its plugins are run in this order to join it, and in the opposite order to leave. */
export interface NetworkConfig {
  readonly name: string;
  readonly cniVersion: string;
  readonly plugins: readonly PluginConfig[];
}

/** What one plugin is told, beside what is added for a container. */
export interface PluginConfig {
  /** The name of its program. */
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Whether a network may be called so. */
export function isNetworkName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && NETWORK_NAME.test(name);
}

/** Throws NetworkError `config`; `file` is for its text. */
export function parseNetworkConfig(text: string, file: string): NetworkConfig {
  const config = parseObject(text, file);
  const { name, cniVersion = OLDEST_VERSION, plugins, ...rest } = config;
  if (typeof name !== 'string' || !isNetworkName(name)) throw invalid(file, 'it has no `name` that a network may have');
  if (typeof cniVersion !== 'string' || !/^\d+\.\d+\.\d+$/.test(cniVersion)) {
    throw invalid(file, '`cniVersion` is no version');
  }
  const list = plugins === undefined ? [rest] : plugins;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_PLUGINS) {
    throw invalid(file, `\`plugins\` is no list of 1 to ${MAX_PLUGINS} plugins`);
  }
  return { name, cniVersion, plugins: list.map((plugin) => pluginConfig(plugin, file)) };
}

function pluginConfig(plugin: unknown, file: string): PluginConfig {
  if (!isObject(plugin) || typeof plugin.type !== 'string' || !PLUGIN_TYPE.test(plugin.type)) {
    throw invalid(file, 'a plugin has no `type` that is the name of a program');
  }
  return { ...plugin, type: plugin.type };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, `it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (!isObject(parsed)) throw invalid(file, 'it is no JSON object');
  return parsed;
}

/** Neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(file: string, why: string, cause?: unknown): NetworkError {
  return new NetworkError('config', `${file} does not describe a network: ${why}`, { cause });
}
