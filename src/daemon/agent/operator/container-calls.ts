// The calls of the agent's operator API that launch, end and talk with containers (mesos-api.md 7).
import {
  type Call,
  type Call_Type,
  Response,
  type Response_GetContainers_Container,
} from '../../../mesos/generated/agent.ts';
import type { ContainerID, Image, ResourceStatistics } from '../../../mesos/generated/v1.ts';
import { DiskError } from '../../../world/disk.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { type CallExchange, messageResponse, notAcceptableTypes } from '../../serving/calls/call-endpoint.ts';
import { type MessageContentType, RECORDIO_TYPE } from '../../serving/calls/media-types.ts';
import {
  accepted,
  badRequest,
  internalServerError,
  notAcceptable,
  notFound,
  ok,
  serviceUnavailable,
  unsupportedMediaType,
} from '../../serving/http/responses.ts';
import type { RoutedRequest } from '../../serving/http/router.ts';
import { containerIdOf, containerKey, lastPart, parentKey } from '../containers/container-id.ts';
import type { ContainerExit } from '../containers/containerizer.ts';
import type { ContainerStreams } from '../containers/io/streams.ts';
import type { AgentContext } from '../context.ts';
import { waitStatus } from '../executors/endings.ts';
import { statusOfLimitation } from '../tasks/status/ending.ts';
import { attachInput } from './attach-input.ts';
import type { LaunchWish } from './launch-wish.ts';
import type { LaunchResult, OperatorContainers } from './operator-containers.ts';
import { outputResponse } from './process-io.ts';

/** Those that this file answers. */
const STREAMED: ReadonlySet<Call_Type> = new Set(['ATTACH_CONTAINER_OUTPUT', 'LAUNCH_NESTED_CONTAINER_SESSION']);
/** A client that only looks on keeps the container waiting no longer than this. */
const ONLOOKER_PATIENCE_MS = 60_000;

/** One per agent. */
export class ContainerCalls {
  readonly #context: AgentContext;
  readonly #containers: OperatorContainers;
  readonly #spokenTo = new WeakSet<ContainerStreams>();

  constructor(context: AgentContext, containers: OperatorContainers) {
    this.#context = context;
    this.#containers = containers;
  }

  /** Undefined for a call that is none of these. */
  answer(call: Call, exchange: CallExchange): HttpResponse | Promise<HttpResponse> | undefined {
    const { type = 'UNKNOWN' } = call;
    if (exchange.streamed !== undefined && !STREAMED.has(type)) {
      return notAcceptable(`Streaming 'Accept' ${RECORDIO_TYPE} is not supported for ${type} call`);
    }
    switch (type) {
      case 'LAUNCH_NESTED_CONTAINER':
        return this.#launch(required(call.launch_nested_container));
      case 'LAUNCH_CONTAINER':
        return this.#launch(required(call.launch_container));
      case 'LAUNCH_NESTED_CONTAINER_SESSION':
        return this.#launchSession(required(call.launch_nested_container_session), exchange);
      case 'WAIT_NESTED_CONTAINER':
        return this.#wait(type, required(call.wait_nested_container), exchange);
      case 'WAIT_CONTAINER':
        return this.#wait(type, required(call.wait_container), exchange);
      case 'KILL_NESTED_CONTAINER':
        return this.#kill(required(call.kill_nested_container));
      case 'KILL_CONTAINER':
        return this.#kill(required(call.kill_container));
      case 'REMOVE_NESTED_CONTAINER':
        return this.#remove(required(call.remove_nested_container));
      case 'REMOVE_CONTAINER':
        return this.#remove(required(call.remove_container));
      case 'ATTACH_CONTAINER_OUTPUT':
        return this.#attachOutput(required(call.attach_container_output), exchange);
      case 'ATTACH_CONTAINER_INPUT':
        return unsupportedMediaType(`Expecting 'Content-Type' to be ${RECORDIO_TYPE} for ATTACH_CONTAINER_INPUT call`);
      case 'PRUNE_IMAGES':
        return this.#pruneImages(call.prune_images?.excluded_images ?? []);
      default:
        return undefined;
    }
  }

  /** A request whose body is a stream of calls. */
  stream({ stream }: RoutedRequest, contentType: MessageContentType): HttpResponse | Promise<HttpResponse> {
    if (stream === undefined) return badRequest('Received EOF while reading request body');
    const { clock } = this.#context.world;
    return attachInput(
      {
        clock,
        taken: this.#spokenTo,
        streams: (call) => this.#streamsOf(required(call.attach_container_input?.container_id)),
      },
      stream,
      contentType,
    );
  }

  /** Containers that are none of tasks or executors: standing alone, or nested in others. */
  async list(show: {
    readonly nested: boolean;
    readonly standalone: boolean;
  }): Promise<Response_GetContainers_Container[]> {
    const { containerizer } = this.#context;
    const shown = containerizer
      .list()
      .filter(({ phase }) => phase !== 'ending')
      .filter(({ containerId }) =>
        parentKey(containerId) === undefined ? show.standalone && this.#containers.has(containerId) : show.nested,
      );
    const rows = shown.map(async ({ containerId, process: first }): Promise<Response_GetContainers_Container> => {
      const usage = await containerizer.usage(containerId);
      const container_id = containerIdOf(containerId);
      return {
        // Without its parents, as the original has it; the status says where it is nested.
        container_id: { value: lastPart(containerId) },
        container_status: { container_id, ...(first && { executor_pid: first.pid }) },
        ...(usage && {
          resource_statistics: this.#containers.has(containerId) ? withoutShares(containerId, usage) : usage,
        }),
      };
    });
    return Promise.all(rows);
  }

  async #launch(wish: LaunchWish): Promise<HttpResponse> {
    const result = await this.#containers.launch(wish, false);
    return result.kind === 'launched' ? ok() : notLaunched(result);
  }

  async #launchSession(wish: LaunchWish, exchange: CallExchange): Promise<HttpResponse> {
    const form = outputForm(exchange);
    if (form === undefined) return notAcceptableTypes();
    const result = await this.#containers.launch(wish, true);
    if (result.kind !== 'launched') return notLaunched(result);
    if (result.streams === undefined) return internalServerError('The container ended before it could be heard');
    return outputResponse(result.streams, form, {
      ...this.#pace(),
      // Whose session it is may look away as long as he likes.
      patienceMs: Number.POSITIVE_INFINITY,
      onOver: () => this.#containers.end(result.key),
    });
  }

  async #wait(
    type: 'WAIT_CONTAINER' | 'WAIT_NESTED_CONTAINER',
    wish: { readonly container_id: ContainerID },
    exchange: CallExchange,
  ): Promise<HttpResponse> {
    const end = await this.#containers.wait(wish.container_id);
    if (end === 'not-found') return cannotBeFound(wish.container_id);
    if (end === 'too-many') return serviceUnavailable('Too many wait for the ends of containers');
    const told = endOf(end);
    const response: Response =
      type === 'WAIT_CONTAINER' ? { type, wait_container: told } : { type, wait_nested_container: told };
    return messageResponse(exchange, Response, response);
  }

  async #pruneImages(excluded: readonly Image[]): Promise<HttpResponse> {
    try {
      await this.#context.containerizer.pruneImages(excluded.flatMap(({ docker }) => (docker ? [docker.name] : [])));
      return ok();
    } catch (cause) {
      if (!(cause instanceof DiskError)) throw cause;
      return internalServerError(`Failed to prune images: ${cause.message}`);
    }
  }

  async #kill(wish: { readonly container_id: ContainerID; readonly signal?: number }): Promise<HttpResponse> {
    const result = await this.#containers.kill(wish.container_id, wish.signal);
    if (result === 'not-found') return cannotBeFound(wish.container_id);
    return result === 'sent' ? ok() : badRequest(`Signal ${wish.signal} is not sent to containers`);
  }

  async #remove(wish: { readonly container_id: ContainerID }): Promise<HttpResponse> {
    const isGone = await this.#containers.remove(wish.container_id);
    return isGone ? ok() : internalServerError(`Container ${containerKey(wish.container_id)} has not terminated yet`);
  }

  #attachOutput(wish: { readonly container_id: ContainerID }, exchange: CallExchange): HttpResponse {
    const form = outputForm(exchange);
    if (form === undefined) return notAcceptableTypes();
    const streams = this.#streamsOf(wish.container_id);
    if ('status' in streams) return streams;
    const options = { ...this.#pace(), patienceMs: ONLOOKER_PATIENCE_MS, onOver: () => undefined };
    return outputResponse(streams, form, options);
  }

  #streamsOf(id: ContainerID): ContainerStreams | HttpResponse {
    const container = this.#context.containerizer.find(containerKey(id));
    if (container === undefined) return cannotBeFound(id);
    return container.streams ?? internalServerError('I/O switchboard server was disabled for this container');
  }

  #pace() {
    const { world, options } = this.#context;
    return { clock: world.clock, heartbeatIntervalMs: options.httpHeartbeatIntervalMs };
  }
}

/** One nested in another has no share of its own unless it was given one. */
function withoutShares(key: string, usage: ResourceStatistics): ResourceStatistics {
  if (parentKey(key) === undefined) return usage;
  const { cpus_soft_limit: _cpus, mem_limit_bytes: _limit, mem_soft_limit_bytes: _mem, ...measured } = usage;
  return measured;
}

/** Validation lets no call without it through. */
function required<T>(details: T | undefined): T {
  if (details === undefined) throw new Error('a call was not validated');
  return details;
}

function notLaunched(result: Exclude<LaunchResult, { readonly kind: 'launched' }>): HttpResponse {
  if (result.kind === 'exists') return accepted();
  return result.kind === 'refused' ? badRequest(result.why) : internalServerError(result.why);
}

function cannotBeFound(id: ContainerID): HttpResponse {
  return notFound(`Container ${containerKey(id)} cannot be found`);
}

function outputForm({ streamed, accepted: plain }: CallExchange) {
  if (streamed !== undefined) return { contentType: streamed, isRecordIo: true };
  return plain && { contentType: plain, isRecordIo: false };
}

function endOf(exit: ContainerExit) {
  const exit_status = waitStatus(exit.status);
  if (exit.limitation === undefined) return { exit_status };
  const { state, reason, message } = statusOfLimitation(exit.limitation);
  return {
    exit_status,
    state,
    ...(reason && { reason }),
    ...(message !== undefined && { message }),
    limitation: { resources: [...exit.limitation.resources] },
  };
}
