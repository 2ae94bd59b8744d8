// The graph of jobs as text for other programs (chronos.md 11).

/** One vertex. */
export interface GraphNode {
  readonly name: string;
  readonly parents: readonly string[];
  readonly status: string;
  readonly state: string;
}

/** Vertices are numbered from 1 in the order given. Parents that are no nodes are left out. */
export function graphDot(nodes: readonly GraphNode[]): string {
  const numbers = new Map(nodes.map(({ name }, at) => [name, at + 1]));
  const vertices = nodes.map(({ name }) => `  ${numbers.get(name)} [ label="${name.replace(/["\\]/g, '\\$&')}" ];`);
  const edges = edgesOf(nodes).map(([parent, child]) => `  ${numbers.get(parent)} -> ${numbers.get(child)};`);
  return `${['digraph G {', ...vertices, ...edges, '}'].join('\n')}\n`;
}

/** First all nodes, then all edges. */
export function graphCsv(nodes: readonly GraphNode[]): string {
  const lines = [
    ...nodes.map(({ name, status, state }) => ['node', name, status, state]),
    ...edgesOf(nodes).map(([parent, child]) => ['link', parent, child]),
  ];
  return lines.map((fields) => `${fields.map(quoted).join(',')}\n`).join('');
}

/** For programs that would rather not parse either. */
export function graphJson(nodes: readonly GraphNode[]): object {
  return {
    nodes: nodes.map(({ name, status, state }) => ({ name, status, state })),
    links: edgesOf(nodes).map(([parent, child]) => ({ parent, child })),
  };
}

function edgesOf(nodes: readonly GraphNode[]): readonly (readonly [parent: string, child: string])[] {
  const names = new Set(nodes.map(({ name }) => name));
  return nodes.flatMap(({ name, parents }) =>
    parents.filter((parent) => names.has(parent)).map((parent) => [parent, name] as const),
  );
}

function quoted(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
