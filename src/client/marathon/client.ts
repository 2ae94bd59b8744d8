// Requests to a Marathon, ours or the original's (marathon.md 2). Below /mctl/v1 is only ours: those methods answer
// undefined when the path is not there.
import type { z } from 'zod';
import { ApiClient, type ApiClientOptions } from '../api-client.ts';
import { ApiError } from '../api-error.ts';
import * as answers from './answers.ts';
import { MarathonError, marathonError } from './error.ts';
import * as own from './own-answers.ts';

/** What a change started. */
export interface DeploymentResult {
  /** Undefined when Marathon told none. */
  readonly deploymentId: string | undefined;
  /** Of the root group, as of then. */
  readonly version: string | undefined;
}

/** `force`: deployments in the way are cancelled. */
export interface ChangeOptions {
  readonly force?: boolean;
}

/** Filters of GET /v2/apps; all must hold. `id` and `cmd`: a part of it. `label`: a selector (marathon.md 3.8). */
export interface AppFilter {
  readonly id?: string | undefined;
  readonly cmd?: string | undefined;
  readonly label?: string | undefined;
}

/** `scale`: the app is made smaller by those that are killed; otherwise they are replaced. */
export interface KillOptions extends ChangeOptions {
  readonly scale?: boolean;
}

type Query = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** Whichever Marathon of the given ones answers; those that do not lead pass requests on. Throws MarathonError. */
export class MarathonClient {
  readonly api: ApiClient;

  constructor(options: ApiClientOptions) {
    this.api = new ApiClient(options);
  }

  // ------------------------------------------------------------------------------------------------------------- apps

  /** All apps, with counts and deployments. */
  async apps({ id, cmd, label }: AppFilter = {}): Promise<answers.AppInfo[]> {
    const query = { id, cmd, label, embed: ['apps.counts', 'apps.deployments'] };
    return (await this.#get('/v2/apps', query, answers.apps)).apps;
  }

  /** As `apps`, with the tasks of each. */
  async appsWithTasks({ id, cmd, label }: AppFilter = {}): Promise<answers.AppInfo[]> {
    const query = { id, cmd, label, embed: ['apps.counts', 'apps.deployments', 'apps.tasks'] };
    return (await this.#get('/v2/apps', query, answers.apps)).apps;
  }

  /** Those of a group and of all groups below it. */
  async appsWithin(group: string): Promise<answers.AppInfo[]> {
    const query = { embed: ['apps.counts', 'apps.deployments'] };
    return (await this.#get(`/v2/apps${pathOf(group)}/*`, query, answers.groupApps))['*'];
  }

  /** With tasks, deployments and the last failure. */
  async app(id: string): Promise<answers.AppInfo> {
    const embed = [
      'app.counts',
      'app.deployments',
      'app.tasks',
      'app.lastTaskFailure',
      'app.readiness',
      'app.taskStats',
    ];
    return (await this.#get(`/v2/apps${pathOf(id)}`, { embed }, answers.app)).app;
  }

  /** A new app; `exists` when there is one of that id. */
  createApp(definition: unknown, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('POST', '/v2/apps', { force }, definition);
  }

  /** `partial`: members that are not given keep their values; otherwise they get their defaults. Creates it too. */
  changeApp(
    id: string,
    definition: unknown,
    { force, partial = true }: ChangeOptions & { readonly partial?: boolean } = {},
  ): Promise<DeploymentResult> {
    return this.#change('PUT', `/v2/apps${pathOf(id)}`, { force, partialUpdate: partial }, definition);
  }

  /** Several at once, as one deployment; each needs its id. */
  changeApps(
    definitions: readonly unknown[],
    { force, partial = true }: ChangeOptions & { readonly partial?: boolean } = {},
  ): Promise<DeploymentResult> {
    return this.#change('PUT', '/v2/apps', { force, partialUpdate: partial }, definitions);
  }

  /** Replaces all instances by new ones. */
  restartApp(id: string, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('POST', `/v2/apps${pathOf(id)}/restart`, { force });
  }

  /** Unlike everywhere else Marathon would force this one by itself, so it is always said. */
  removeApp(id: string, { force = false }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('DELETE', `/v2/apps${pathOf(id)}`, { force });
  }

  /** Newest first. */
  appVersions(id: string): Promise<string[]> {
    return this.#get(`/v2/apps${pathOf(id)}/versions`, {}, answers.versions);
  }

  appVersion(id: string, version: string): Promise<answers.AppDefinition> {
    return this.#get(`/v2/apps${pathOf(id)}/versions/${encodeURIComponent(version)}`, {}, answers.appDefinition);
  }

  async tasks(appId: string): Promise<answers.AppTask[]> {
    return (await this.#get(`/v2/apps${pathOf(appId)}/tasks`, {}, answers.tasks)).tasks;
  }

  /** Of any apps. Ids of tasks that are gone mean nothing. With `scale` it is a deployment, otherwise there is none. */
  killTasks(ids: readonly string[], { scale = false, force }: KillOptions = {}): Promise<DeploymentResult> {
    return this.#change('POST', '/v2/tasks/delete', { scale, force }, { ids });
  }

  // ----------------------------------------------------------------------------------------------------------- groups

  /** With everything in it, counts and deployments of its apps too. */
  group(id: string): Promise<answers.GroupInfo> {
    const embed = ['group.groups', 'group.apps', 'group.apps.counts', 'group.apps.deployments'];
    return this.#get(`/v2/groups${pathOf(id)}`, { embed }, answers.groupInfo);
  }

  createGroup(definition: unknown, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('POST', '/v2/groups', { force }, definition);
  }

  /** A whole new content, or `scaleBy`, or `version` (marathon.md 5.2). */
  changeGroup(id: string, definition: unknown, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('PUT', `/v2/groups${pathOf(id)}`, { force }, definition);
  }

  removeGroup(id: string, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('DELETE', `/v2/groups${pathOf(id)}`, { force });
  }

  /** Newest first. */
  groupVersions(id: string): Promise<string[]> {
    return this.#get(`/v2/groups${pathOf(id)}/versions`, {}, answers.versions);
  }

  groupVersion(id: string, version: string): Promise<answers.GroupInfo> {
    return this.#get(`/v2/groups${pathOf(id)}/versions/${encodeURIComponent(version)}`, {}, answers.groupInfo);
  }

  // ------------------------------------------------------------------------------------------ deployments and the queue

  /** Those under way. */
  deployments(): Promise<answers.Deployment[]> {
    return this.#get('/v2/deployments', {}, answers.deployments);
  }

  /** Takes it back by a deployment of its own; with `force` it only stops where it is, and there is none. */
  cancelDeployment(id: string, { force }: ChangeOptions = {}): Promise<DeploymentResult> {
    return this.#change('DELETE', `/v2/deployments/${encodeURIComponent(id)}`, { force });
  }

  /** Apps that have instances to launch; pods are left out. */
  async queue(): Promise<answers.QueueItem[]> {
    const { queue } = await this.#get('/v2/queue', { embed: 'lastUnusedOffers' }, answers.queue);
    return queue.filter(({ app }) => app !== undefined);
  }

  /** The app is launched at once. */
  async resetDelay(id: string): Promise<void> {
    await this.#send('DELETE', `/v2/queue${pathOf(id)}/delay`, {});
  }

  // ------------------------------------------------------------------------------------------------------------ system

  info(): Promise<answers.MarathonInfo> {
    return this.#get('/v2/info', {}, answers.marathonInfo);
  }

  /** `host:port`. */
  async leader(): Promise<string> {
    return (await this.#get('/v2/leader', {}, answers.leader)).leader;
  }

  /** Its process ends soon after. */
  async abdicate(): Promise<void> {
    await this.#send('DELETE', '/v2/leader', {});
  }

  // -------------------------------------------------------------------------------------------------- /mctl/v1, our own

  /** Undefined where the path is not there. Error `not-found` when it ended long ago, or never was. */
  deploymentProgress(id: string): Promise<own.DeploymentProgress | undefined> {
    return this.#own(() => this.#get(`/mctl/v1/deployments/${encodeURIComponent(id)}`, {}, own.deploymentProgress));
  }

  /** Undefined where the path is not there. */
  why(id: string): Promise<own.AppWhy | undefined> {
    return this.#own(() => this.#get(`/mctl/v1/apps${pathOf(id)}/why`, {}, own.appWhy));
  }

  /**
   * What PUT of this would do; nothing is changed. `kind` app: one or several. Errors as of the change. Undefined where the
   * path is not there.
   */
  plan(
    definition: unknown,
    { kind, partial }: { readonly kind: 'app' | 'group'; readonly partial: boolean },
  ): Promise<own.PlanPreview | undefined> {
    return this.#own(async () => {
      const body = await this.#send('POST', '/mctl/v1/plan', { kind, partial }, definition);
      return this.#read('/mctl/v1/plan', body.body, own.planPreview);
    });
  }

  async #own<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof MarathonError && isUnknownPath(error)) return undefined;
      throw error;
    }
  }

  async #get<T>(path: string, query: Query, shape: z.ZodType<T>): Promise<T> {
    return this.#read(path, (await this.#send('GET', path, query)).body, shape);
  }

  async #change(method: string, path: string, query: Query, definition?: unknown): Promise<DeploymentResult> {
    const { body, headers } = await this.#send(method, path, query, definition);
    const told = body.length === 0 ? {} : this.#read(path, body, answers.result);
    return {
      deploymentId: headers['marathon-deployment-id'] ?? told.deploymentId ?? told.deployments?.[0]?.id,
      version: told.version ?? undefined,
    };
  }

  async #send(method: string, path: string, query: Query, content?: unknown) {
    try {
      return await this.api.request({
        method,
        path: `${path}${queryText(query)}`,
        headers: { accept: 'application/json', ...(content !== undefined && { 'content-type': 'application/json' }) },
        ...(content !== undefined && { body: JSON.stringify(content) }),
      });
    } catch (error) {
      throw error instanceof ApiError ? marathonError(error) : error;
    }
  }

  #read<T>(path: string, body: Uint8Array, shape: z.ZodType<T>): T {
    const { address } = this.api;
    const message = `${address}${path} did not answer as Marathon does`;
    let content: unknown;
    try {
      content = JSON.parse(new TextDecoder().decode(body));
    } catch (cause) {
      throw new MarathonError('unreadable', address, message, { cause });
    }
    const parsed = shape.safeParse(content);
    if (parsed.success) return parsed.data;
    throw new MarathonError('unreadable', address, message, { cause: parsed.error });
  }
}

/** Marathons up to the last answer 500 for paths that they do not have (marathon.md 1.5). */
function isUnknownPath({ code, message }: MarathonError): boolean {
  return code === 'no-such-path' || (code === 'failed' && /not found/i.test(message));
}

/** `/a/b` with what must not stand in an URL escaped; nothing for the root. */
function pathOf(id: string): string {
  const segments = id.split('/').filter((segment) => segment !== '');
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

function queryText(query: Query): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.append(name, String(one));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}
