// The agent's operator API (mesos-api.md 7), its legacy JSON (9) and its sandboxes.
import { Call, Response } from '../../mesos/generated/agent.ts';
import { ApiClient, type ApiClientOptions } from '../api-client.ts';
import { FilesClient } from './files.ts';

/** One agent, reached directly. */
export class AgentClient {
  readonly api: ApiClient;
  /** Sandboxes and the agent's own log. */
  readonly files: FilesClient;

  constructor(options: ApiClientOptions) {
    this.api = new ApiClient(options);
    this.files = new FilesClient(this.api);
  }

  /** Any call; undefined when the answer has no body. Throws ApiError. */
  call(call: Call): Promise<Response | undefined> {
    return this.api.call('/api/v1', Call, call, Response);
  }

  /** A legacy document such as `/state` or `/monitor/statistics`. */
  legacy(path: string): Promise<unknown> {
    return this.api.getJson(path);
  }
}

/** Virtual path of an executor's newest sandbox (mesos-api.md 10). A command task's executor has the task's id. */
export function sandboxPath(frameworkId: string, executorId: string): string {
  return `/frameworks/${frameworkId}/executors/${executorId}/runs/latest`;
}
