// Where the agent keeps what under its work directory (mesos-semantics.md 8.3; the checkpoint itself is one journal of
// ours). Ids are path components: the master lets none with a slash through, and `pathComponent` makes sure of it here.

/** A path component made of an id; throws RangeError for one that would leave its directory. */
export function pathComponent(id: string): string {
  if (id === '' || id === '.' || id === '..' || id.includes('/') || id.includes('\0')) {
    throw new RangeError(`'${id}' cannot be part of a path`);
  }
  return id;
}

/** All paths are absolute if the work directory is. Nothing here looks at the disk. */
export class WorkLayout {
  readonly workDirectory: string;
  readonly runtimeRoot: string;

  constructor(workDirectory: string, runtimeRoot: string) {
    this.workDirectory = workDirectory;
    this.runtimeRoot = runtimeRoot;
  }

  get metaDirectory(): string {
    return `${this.workDirectory}/meta`;
  }

  /** Held by the running agent. */
  get lockFile(): string {
    return `${this.metaDirectory}/agent.lock`;
  }

  get metaAgents(): string {
    return `${this.metaDirectory}/slaves`;
  }

  /** Symlink to the directory of the present agent id. */
  get latestMeta(): string {
    return `${this.metaAgents}/latest`;
  }

  metaAgent(agentId: string): string {
    return `${this.metaAgents}/${pathComponent(agentId)}`;
  }

  /** The AgentInfo this id was given for, and the boot it ran in. */
  agentRecord(agentId: string): string {
    return `${this.metaAgent(agentId)}/agent.json`;
  }

  /** There while the agent is being drained. */
  drainConfig(agentId: string): string {
    return `${this.metaAgent(agentId)}/drain.config`;
  }

  journal(agentId: string): string {
    return `${this.metaAgent(agentId)}/journal.jsonl`;
  }

  get metaResources(): string {
    return `${this.metaDirectory}/resources`;
  }

  /** What operations made of the resources; not of one agent id. */
  get resourcesRecord(): string {
    return `${this.metaResources}/resources_and_operations.json`;
  }

  get sandboxAgents(): string {
    return `${this.workDirectory}/slaves`;
  }

  sandboxAgent(agentId: string): string {
    return `${this.sandboxAgents}/${pathComponent(agentId)}`;
  }

  frameworksDirectory(agentId: string): string {
    return `${this.sandboxAgent(agentId)}/frameworks`;
  }

  frameworkDirectory(agentId: string, frameworkId: string): string {
    return `${this.frameworksDirectory(agentId)}/${pathComponent(frameworkId)}`;
  }

  executorDirectory(agentId: string, frameworkId: string, executorId: string): string {
    return `${this.frameworkDirectory(agentId, frameworkId)}/executors/${pathComponent(executorId)}`;
  }

  runsDirectory(agentId: string, frameworkId: string, executorId: string): string {
    return `${this.executorDirectory(agentId, frameworkId, executorId)}/runs`;
  }

  runDirectory(agentId: string, frameworkId: string, executorId: string, containerId: string): string {
    return `${this.runsDirectory(agentId, frameworkId, executorId)}/${pathComponent(containerId)}`;
  }

  /** Sandbox of a container nested in the one whose sandbox this is. */
  nestedDirectory(sandbox: string, containerId: string): string {
    return `${sandbox}/containers/${pathComponent(containerId)}`;
  }

  /** What is kept of containers of operators. */
  get operatorRecords(): string {
    return `${this.metaDirectory}/containers`;
  }

  /** Sandboxes of containers of operators, beside those of tasks. */
  get operatorSandboxes(): string {
    return `${this.workDirectory}/containers`;
  }

  get runtimeContainers(): string {
    return `${this.runtimeRoot}/containers`;
  }

  /** Several agents may share it. */
  get runtimeNetworks(): string {
    return `${this.runtimeRoot}/networks`;
  }

  runtimeContainer(containerId: string): string {
    return `${this.runtimeContainers}/${pathComponent(containerId)}`;
  }
}
