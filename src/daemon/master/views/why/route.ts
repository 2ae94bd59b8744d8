// GET /mctl/v1/why?framework=ID[&role=R][&examples=N]: why a framework is offered what it is, role by role. The original has
// nothing like it. Looks at every agent, in slices.
import type {
  AgentVerdict,
  HierarchicalAllocator,
  RoleExplanation,
  VerdictKind,
} from '../../../../allocator/allocator.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import { badRequest, notFound, okWith } from '../../../serving/http/responses.ts';
import type { Route } from '../../../serving/http/router.ts';
import { forEach, type Sliced } from '../../../serving/slices/sliced.ts';
import type { Slices } from '../../../serving/slices/slices.ts';
import type { MasterState } from '../../state/master-state.ts';
import { roleForm } from './forms.ts';

/** Agents that are named for each reason. */
const DEFAULT_EXAMPLES = 5;
const MAX_EXAMPLES = 1000;

/** What it looks at. */
export interface WhyContext {
  readonly state: Pick<MasterState, 'frameworks' | 'agents'>;
  readonly allocator: HierarchicalAllocator;
  readonly slices: Slices;
}

/** 404 for a framework that is not there, 400 for a role it is not in. */
export function whyRoute(context: WhyContext, guard: Route['guard']): Route {
  return {
    path: '/mctl/v1/why',
    exact: true,
    methods: ['GET'],
    ...(guard !== undefined && { guard }),
    handle: ({ query }) => answer(context, query),
  };
}

async function answer(context: WhyContext, query: ReadonlyMap<string, string>): Promise<HttpResponse> {
  const frameworkId = query.get('framework') ?? '';
  if (frameworkId === '') return badRequest("Expecting 'framework' to be present");
  const examples = Number(query.get('examples') ?? DEFAULT_EXAMPLES);
  if (!Number.isInteger(examples) || examples < 0 || examples > MAX_EXAMPLES) {
    return badRequest(`Expecting 'examples' to be a number from 0 to ${MAX_EXAMPLES}`);
  }
  const framework = context.state.frameworks.get(frameworkId);
  const roles = context.allocator.explain(frameworkId);
  if (framework === undefined || roles === undefined) return notFound(`There is no framework '${frameworkId}'`);
  const role = query.get('role');
  const asked = role === undefined ? roles : roles.filter((explanation) => explanation.role === role);
  if (role !== undefined && asked.length === 0) {
    return badRequest(
      `Framework '${frameworkId}' is not in role '${role}': ${roles.map((one) => one.role).join(', ')}`,
    );
  }
  const forms = await context.slices.run(roleForms(asked, examples, context.state));
  const { name } = framework.info;
  const document = { framework_id: frameworkId, name, paused: context.allocator.isPaused, roles: forms };
  return okWith('application/json', JSON.stringify(document));
}

function* roleForms(
  explanations: readonly RoleExplanation[],
  examples: number,
  state: WhyContext['state'],
): Sliced<object[]> {
  const forms: object[] = [];
  for (const explanation of explanations) {
    forms.push(roleForm(explanation, yield* tally(explanation, examples), state));
  }
  return forms;
}

/** How many agents got a verdict, and some of them. */
export type Tally = ReadonlyMap<VerdictKind, { count: number; readonly examples: AgentVerdict[] }>;

/** Agents that come or go between two slices are seen, or not, as they are then. */
function* tally({ verdicts }: RoleExplanation, examples: number): Sliced<Tally> {
  const byKind = new Map<VerdictKind, { count: number; readonly examples: AgentVerdict[] }>();
  yield* forEach(verdicts, (verdict) => {
    const known = byKind.get(verdict.kind) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < examples) known.examples.push(verdict);
    byKind.set(verdict.kind, known);
  });
  return byKind;
}
