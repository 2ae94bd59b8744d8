// The containers that there are, each with those nested in it.
import { Resources } from '../../../../mesos/resources.ts';
import type { Disk } from '../../../../world/disk.ts';
import { parentKey } from '../container-id.ts';
import type { ContainerConfig } from '../containerizer.ts';
import { limitsOf } from '../isolation/limits.ts';
import type { Container } from './container.ts';
import { RuntimeDirectory } from './runtime-record.ts';

const MEGABYTE = 2 ** 20;

/** What of a config says what its container is; the rest is how it is made. */
export type ContainerFacts = Pick<
  ContainerConfig,
  'containerId' | 'sandbox' | 'runtimeDirectory' | 'resources' | 'limits' | 'sharesLimits'
> & { readonly hasProcess: boolean };

/** By key (container-id.ts). */
export class ContainerBook {
  readonly #disk: Disk;
  readonly #containers = new Map<string, Container>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** As they are at any time. */
  get all(): ReadonlyMap<string, Container> {
    return this.#containers;
  }

  get(containerId: string): Container | undefined {
    return this.#containers.get(containerId);
  }

  /** Undefined when it stands alone; `none` when the one it is to be nested in is not there. */
  parentOf(containerId: string): Container | 'none' | undefined {
    const key = parentKey(containerId);
    return key === undefined ? undefined : (this.#containers.get(key) ?? 'none');
  }

  /** One that is about to be launched, unless `known` says otherwise. */
  open(facts: ContainerFacts, known: Partial<Container> = {}): Container {
    const container: Container = {
      containerId: facts.containerId,
      sandbox: facts.sandbox,
      runtime: new RuntimeDirectory(this.#disk, facts.runtimeDirectory),
      limits: limitsOf(facts),
      sharesLimits: facts.sharesLimits ?? false,
      hasProcess: facts.hasProcess,
      nested: new Set(),
      settled: Promise.resolve(),
      ports: portsOf(facts.resources),
      // What is nested is in the sandbox of the one it is in, and counts there.
      diskBytes: facts.sharesLimits ? undefined : diskBytesOf(facts.resources),
      user: undefined,
      phase: 'launching',
      process: undefined,
      namespaceHolder: undefined,
      streams: undefined,
      isUnwanted: false,
      limitation: undefined,
      watch: undefined,
      probes: new Map(),
      diskUsedBytes: undefined,
      ...known,
    };
    this.#containers.set(container.containerId, container);
    const parent = this.parentOf(container.containerId);
    if (parent !== 'none') parent?.nested.add(container);
    return container;
  }

  remove(container: Container): void {
    const { containerId } = container;
    this.#containers.delete(containerId);
    const parent = this.parentOf(containerId);
    if (parent !== 'none') parent?.nested.delete(container);
  }
}

/** Of the `ports` resources. */
export function portsOf(resources: ContainerConfig['resources']): Container['ports'] {
  return Resources.of([...resources]).ranges('ports');
}

/** Of the `disk` resources; undefined = none asked for. */
export function diskBytesOf(resources: ContainerConfig['resources']): number | undefined {
  const megabytes = Resources.of([...resources]).scalar('disk');
  return megabytes === undefined ? undefined : megabytes * MEGABYTE;
}
