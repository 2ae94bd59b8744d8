// Where the files of a run are, of the address that Chronos tells (`sandbox` of a run).

/** A directory on an agent. */
export interface SandboxPlace {
  /** Base URL of the agent. */
  readonly agent: string;
  readonly path: string;
}

/** Agent and path of `http://agent:5051/files/browse?path=…`; undefined when it is none. */
export function sandboxPlace(sandbox: string | null | undefined): SandboxPlace | undefined {
  if (!sandbox || !URL.canParse(sandbox)) return undefined;
  const { origin, searchParams } = new URL(sandbox);
  const path = searchParams.get('path');
  return path === null || path === '' ? undefined : { agent: origin, path };
}
