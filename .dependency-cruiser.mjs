// The direction of imports (ARCHITECTURE.md, "The house"): everything points down, daemons never see each other, and only
// src/world/real and the embedded stores touch the machine.
const outside =
  '^(node:)?(fs|fs/promises|net|http|http2|https|dns|dgram|tls|child_process|worker_threads|cluster|os|sqlite|timers|timers/promises)$';
const may = (from, to) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `src/${from} may import only: ${to.join(', ') || 'nothing'}`,
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [from, ...to].map((folder) => `^src/${folder}/`) },
});

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    may('world', []),
    may('mesos', []),
    may('allocator', ['mesos']),
    may('cluster', ['mesos', 'world']),
    may('client', ['mesos', 'world']),
    may('haproxy', ['client', 'mesos', 'world']),
    may('tui', ['client', 'mesos', 'world']),
    may('web', ['client', 'mesos', 'world']),
    may('daemon', ['client', 'allocator', 'cluster', 'mesos', 'world']),
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/(?!cli/|commands/)' },
      to: { path: '^src/(cli|commands)/' },
    },
    may('simulation', ['client', 'cluster', 'daemon', 'mesos', 'world']),
    may('workload', ['allocator', 'simulation', 'mesos', 'world']),
    {
      name: 'daemons-talk-over-http',
      severity: 'error',
      comment: 'A daemon reaches another only through its public HTTP API',
      from: { path: '^src/daemon/([^/]+)/' },
      to: { path: '^src/daemon/', pathNot: ['^src/daemon/$1/', '^src/daemon/serving/'] },
    },
    {
      name: 'serving-serves-any-daemon',
      severity: 'error',
      from: { path: '^src/daemon/serving/' },
      to: { path: '^src/daemon/(?!serving/)' },
    },
    {
      name: 'outside-only-through-world',
      severity: 'error',
      comment: 'Files, sockets, processes and timers come through World; the embedded stores live in cluster/local',
      from: { path: '^src/(mesos|allocator|client|daemon|haproxy|simulation|tui|web|workload)/' },
      to: { path: outside },
    },
    {
      name: 'cluster-outside-only-in-backends',
      severity: 'error',
      from: { path: '^src/cluster/(?!local/|zookeeper/)' },
      to: { path: outside },
    },
    {
      name: 'real-parts-only-in-the-real-world',
      severity: 'error',
      from: { path: '^src/(mesos|allocator|client|daemon|simulation|haproxy)/' },
      to: { path: 'node_modules/(fastify|undici|execa|node-zookeeper-client|pino)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // TypeScript 7 has no compiler API yet; swc's parser tells type-only imports apart.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
