// The master's operator API (mesos-api.md 6), its legacy JSON (8) and what mctl's own master answers beside them.
import { Call, Response } from '../../mesos/generated/master.ts';
import type { ClientStream } from '../../world/net.ts';
import { ApiClient, type ApiClientOptions } from '../api-client.ts';
import { ApiError } from '../api-error.ts';
import { FilesClient } from './files.ts';
import { type RoleEntry, readRoles } from './roles.ts';

const PATH = '/api/v1';

/** Whichever master of the given ones leads; the others redirect to it. */
export class MasterClient {
  readonly api: ApiClient;
  /** The master's own log. */
  readonly files: FilesClient;

  constructor(options: ApiClientOptions) {
    this.api = new ApiClient(options);
    this.files = new FilesClient(this.api);
  }

  /** Any call; undefined when the answer has no body. Throws ApiError. */
  call(call: Call): Promise<Response | undefined> {
    return this.api.call(PATH, Call, call, Response);
  }

  /** Agents answer GET_STATE too, with tasks and frameworks of their own: ApiError `unreadable`. */
  async getState(): Promise<NonNullable<Response['get_state']>> {
    const state = await this.#ask('GET_STATE', 'get_state');
    const { address } = this.api;
    if (state.get_agents === undefined) {
      throw new ApiError('unreadable', address, `${address} answered GET_STATE without agents: it is no master`);
    }
    return state;
  }
  getAgents(): Promise<NonNullable<Response['get_agents']>> {
    return this.#ask('GET_AGENTS', 'get_agents');
  }
  getFrameworks(): Promise<NonNullable<Response['get_frameworks']>> {
    return this.#ask('GET_FRAMEWORKS', 'get_frameworks');
  }
  getTasks(): Promise<NonNullable<Response['get_tasks']>> {
    return this.#ask('GET_TASKS', 'get_tasks');
  }
  getMaster(): Promise<NonNullable<Response['get_master']>> {
    return this.#ask('GET_MASTER', 'get_master');
  }

  /** Known roles and their ancestors, sorted by name. */
  async getRoles(): Promise<readonly RoleEntry[]> {
    return readRoles(await this.legacy('/roles'), this.api.address);
  }

  /** Those that were set; all other roles weigh 1. */
  async getWeights(): Promise<readonly { readonly role: string; readonly weight: number }[]> {
    const infos = (await this.call({ type: 'GET_WEIGHTS' }))?.get_weights?.weight_infos ?? [];
    return infos.map(({ role, weight }) => ({ role: role ?? '', weight }));
  }

  /** Resolves when it is durable. ApiError `refused` for a role that cannot be, or may not be used. */
  async setWeight(role: string, weight: number): Promise<void> {
    await this.call({ type: 'UPDATE_WEIGHTS', update_weights: { weight_infos: [{ role, weight }] } });
  }

  /** Removes a framework with its tasks. ApiError `refused` when there is none of that id. */
  async teardown(frameworkId: string): Promise<void> {
    await this.call({ type: 'TEARDOWN', teardown: { framework_id: { value: frameworkId } } });
  }

  /** Kills one task in its framework's stead: an answer of mctl's masters only, `not-found` from others. */
  async killTask(frameworkId: string, taskId: string): Promise<void> {
    await this.api.request({
      method: 'POST',
      path: '/mctl/v1/tasks/kill',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ framework_id: frameworkId, task_id: taskId }),
    });
  }

  /** The operator event stream, as records of that type (mesos-api.md 6.2); see OperatorEvents for a reader. */
  subscribe(contentType: 'application/json' | 'application/x-protobuf' = 'application/json'): Promise<ClientStream> {
    return this.api.openStream({
      method: 'POST',
      path: PATH,
      headers: { 'content-type': 'application/json', accept: contentType },
      body: '{"type":"SUBSCRIBE"}',
    });
  }

  /** GET_STATE as protobuf, while it comes; see openState for a reader. */
  stateStream(): Promise<ClientStream> {
    return this.api.openStream({
      method: 'POST',
      path: PATH,
      headers: { 'content-type': 'application/json', accept: 'application/x-protobuf' },
      body: '{"type":"GET_STATE"}',
    });
  }

  /** A legacy document such as `/state` (mesos-api.md 8). */
  legacy(path: string): Promise<unknown> {
    return this.api.getJson(path);
  }

  /** Base URL of the leading master, as it names itself. */
  async leader(): Promise<string> {
    const { master_info } = await this.getMaster();
    const address = master_info?.address;
    const host = address?.hostname ?? address?.ip ?? master_info?.hostname;
    const port = address?.port ?? master_info?.port;
    return host === undefined || port === undefined ? this.api.address : `http://${host}:${port}`;
  }

  async #ask<K extends keyof Response>(type: Call['type'], member: K): Promise<NonNullable<Response[K]>> {
    const response = await this.call({ type });
    const answer = response?.[member];
    if (answer === undefined || answer === null) {
      throw new ApiError('unreadable', this.api.address, `${this.api.address} answered ${type} without ${member}`);
    }
    return answer;
  }
}
