// What this agent has: what its flags say, changed by the operations that the master sends (mesos-semantics.md 4). Memory
// changes at once; an operation is reported when its volumes are made or gone and the result is durable. One after the
// other, in the order in which they came: a task that uses a volume waits for what came before it (`settled`).
import type { Operation, OperationStatus, Resource } from '../../../mesos/generated/v1.ts';
import {
  conversionsOf,
  convert,
  isMadeByOperation,
  unallocatedConversions,
} from '../../../mesos/resources/conversion.ts';
import { Resources } from '../../../mesos/resources.ts';
import { uuidBase64 } from '../../../mesos/uuid.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import type { Background } from '../background.ts';
import type { WorkLayout } from '../checkpoint/layout.ts';
import { OperationUpdates } from './operation-updates.ts';
import { readResources, withRemembered, writeResources } from './record.ts';
import { makeVolume, removeVolume, volumeDirectory } from './volume-directories.ts';

/** Who is told. */
export interface ResourceReports {
  /** What became of an operation. */
  operation(operation: Operation): void;
  /** An operation could not be carried out: the master believes something else. */
  total(): void;
}

export interface AgentResourcesOptions {
  readonly world: World;
  readonly layout: WorkLayout;
  readonly background: Background;
  /** By the flags. */
  readonly configured: readonly Resource[];
}

/** What is remembered cannot be had with the flags as they are. */
export class ResourcesLackingError extends Error {
  override readonly name = 'ResourcesLackingError';
}

/** One per agent process; `recover` comes first. */
export class AgentResources {
  readonly #options: AgentResourcesOptions;
  readonly #updates: OperationUpdates;
  #reports: ResourceReports | undefined;
  /** By the flags and by operations. */
  #total: Resources;
  /** The same by the operations that are carried out: nothing else is remembered, an operation that was not is dropped. */
  #carriedOut: Resources;
  /** What is expected to lie idle of it, and may be used as long as it does. */
  #revocable = Resources.EMPTY;
  /** By uuid: those that are not durable yet, and those with feedback that nobody has acknowledged. */
  readonly #operations = new Map<string, Operation>();
  #removing: readonly string[] = [];
  /** The master believes in what could not be done. */
  #owesTotal = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: AgentResourcesOptions) {
    this.#options = options;
    this.#total = Resources.of(options.configured);
    this.#carriedOut = this.#total;
    this.#updates = new OperationUpdates(options.world.clock, (operation) => this.#reports?.operation(operation));
  }

  /** Everything there is, without allocation roles. */
  get total(): Resources {
    return this.#revocable.isEmpty ? this.#total : this.#total.plus(this.#revocable);
  }

  /** There is more or less to oversubscribe: the master is told. */
  oversubscribe(revocable: Resources): void {
    if (revocable.equals(this.#revocable)) return;
    this.#revocable = revocable;
    this.#owesTotal = true;
    this.#tellTotal();
  }

  /** What the master should hear of when this agent registers. */
  get operations(): Operation[] {
    return [...this.#operations.values()];
  }

  /** `agentId`: undefined = there is no earlier one; feedback of others is nobody's. Throws ResourcesLackingError, CheckpointError, DiskError. */
  async recover(agentId: string | undefined, reports: ResourceReports): Promise<void> {
    const { world, layout } = this.#options;
    this.#reports = reports;
    const { resources, operations, removing } = await readResources(world.disk, layout.resourcesRecord);
    const total = withRemembered(this.#total, resources, (before) => {
      throw new ResourcesLackingError(
        `${Resources.of(resources).format()} was made of the resources of this agent by operations, and of ${this.#total.format()} it cannot be: ${before.format()} is missing`,
      );
    });
    this.#total = total ?? this.#total;
    this.#carriedOut = this.#total;
    for (const operation of operations) {
      if (agentId === undefined || operation.agent_id?.value !== agentId) continue;
      this.#operations.set(operation.uuid.value, operation);
      this.#updates.add(operation);
    }
    if (removing.length === 0) return;
    for (const directory of removing) await removeVolume(world.disk, directory);
    await this.#write();
  }

  /** No master. */
  pause(): void {
    this.#updates.pause();
  }

  /** Registered. */
  resume(): void {
    this.#updates.resume();
    // It may have changed since the registration was sent.
    if (this.#revocable.isEmpty) return;
    this.#owesTotal = true;
    this.#tellTotal();
  }

  /** Resolves when all operations so far are carried out. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Whether what operations have made of these is here; the first that is not, else undefined. */
  missing(resources: readonly Resource[]): Resource | undefined {
    return resources.find(
      (resource) => isMadeByOperation(resource) && !this.#total.contains(Resources.of([resource]).unallocated()),
    );
  }

  /** Where the data of a volume of this agent is. */
  directoryOf(volume: Resource): string {
    return volumeDirectory(this.#options.layout, volume);
  }

  /** The master asks for it. One that was taken before is not taken again. */
  apply(operation: Operation): void {
    if (this.#operations.has(operation.uuid.value)) return;
    const conversions = unallocatedConversions(conversionsOf(operation.info));
    const result = convert(this.#total, conversions);
    this.#operations.set(operation.uuid.value, operation);
    if (result.kind === 'lacking') {
      this.#run(async () => await this.#finish(operation, { state: 'OPERATION_FAILED', message: result.problem }));
      return;
    }
    this.#total = result.resources;
    const made = conversions.flatMap(({ converted }) => volumesIn(converted));
    const gone = conversions.flatMap(({ consumed }) => volumesIn(consumed));
    this.#run(async () => {
      try {
        for (const volume of made) {
          await makeVolume(this.#options.world.disk, this.directoryOf(volume), volume.shared !== undefined);
        }
      } catch (error) {
        if (!(error instanceof DiskError || error instanceof RangeError)) throw error;
        const back = conversions.map(({ consumed, converted }) => ({ consumed: converted, converted: consumed }));
        const undone = convert(this.#total, back.reverse());
        // Something was made of it since: nobody knows any more what there is.
        if (undone.kind === 'lacking') throw error;
        this.#total = undone.resources;
        await this.#finish(operation, { state: 'OPERATION_FAILED', message: error.message });
        return;
      }
      // One that was resized is where it was.
      const kept = new Set(made.map((volume) => this.directoryOf(volume)));
      const removed = gone.map((volume) => this.directoryOf(volume)).filter((directory) => !kept.has(directory));
      const converted_resources = conversions.flatMap(({ converted }) => converted.toMessages());
      const done = convert(this.#carriedOut, conversions);
      if (done.kind === 'lacking') throw new Error(`an operation rests on one that failed: ${done.problem}`);
      this.#carriedOut = done.resources;
      await this.#finish(operation, { state: 'OPERATION_FINISHED', converted_resources }, removed);
    });
  }

  /** The master sent it and it never came: whoever waits for its feedback is told. */
  dropped(operation: Operation): void {
    if (this.#operations.has(operation.uuid.value)) return;
    this.#operations.set(operation.uuid.value, operation);
    const message = 'The operation did not reach the agent';
    this.#run(async () => await this.#finish(operation, { state: 'OPERATION_DROPPED', message }));
  }

  /** Nobody needs to be told any more. Others than the present status are of no consequence. */
  acknowledged(uuid: string, statusUuid: string): void {
    if (this.#operations.get(uuid)?.latest_status.uuid?.value !== statusUuid) return;
    this.#operations.delete(uuid);
    this.#updates.acknowledged(uuid);
    this.#run(() => this.#write());
  }

  #run(step: () => Promise<void>): void {
    this.#work = this.#work.then(step);
    this.#options.background.run('operations on resources', () => this.#work);
  }

  /** Durable first, then told; the data of destroyed volumes goes when nothing remembers them any more. */
  async #finish(
    operation: Operation,
    outcome: Pick<OperationStatus, 'state' | 'message' | 'converted_resources'>,
    removed: readonly string[] = [],
  ): Promise<void> {
    const { world } = this.#options;
    const { uuid, info, agent_id } = operation;
    const wantsFeedback = info.id !== undefined;
    const latest_status: OperationStatus = {
      ...(info.id !== undefined && { operation_id: info.id }),
      ...outcome,
      ...(wantsFeedback && { uuid: { value: uuidBase64(world.random.uuid()) } }),
      ...(agent_id !== undefined && { agent_id }),
    };
    const done: Operation = { ...operation, latest_status, statuses: [...(operation.statuses ?? []), latest_status] };
    if (wantsFeedback) this.#operations.set(uuid.value, done);
    else this.#operations.delete(uuid.value);
    this.#removing = removed;
    await this.#write();
    for (const directory of removed) await removeVolume(world.disk, directory);
    this.#removing = [];
    world.log.info('an operation on the resources', { type: info.type, state: outcome.state, why: outcome.message });
    if (wantsFeedback) this.#updates.add(done);
    else this.#reports?.operation(done);
    if (outcome.state === 'OPERATION_FAILED') this.#owesTotal = true;
    this.#tellTotal();
  }

  /** Not while there are operations in it that the master has not heard of: it would count them twice. */
  #tellTotal(): void {
    if (!this.#owesTotal || this.operations.some(({ latest_status }) => latest_status.uuid === undefined)) return;
    this.#owesTotal = false;
    this.#reports?.total();
  }

  async #write(): Promise<void> {
    const { world, layout } = this.#options;
    await world.disk.makeDirectory(layout.metaResources);
    await writeResources(world.disk, layout.resourcesRecord, {
      resources: this.#carriedOut.toMessages().filter(isMadeByOperation),
      operations: [...this.#operations.values()].filter(({ latest_status }) => latest_status.uuid !== undefined),
      removing: this.#removing,
    });
  }
}

const volumesIn = (resources: Resources): Resource[] => resources.persistentVolumes().toMessages();
