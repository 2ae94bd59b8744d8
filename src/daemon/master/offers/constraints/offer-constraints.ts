// Offer constraints of a framework, ready to be asked of an agent (mesos-api.md 4.5).
import type {
  AttributeConstraint_Predicate,
  AttributeConstraint_Selector,
  OfferConstraints,
} from '../../../../mesos/generated/scheduler.ts';
import type { AgentInfo, Attribute } from '../../../../mesos/generated/v1.ts';
import { compilePattern } from '../../../../mesos/text/pattern.ts';
import { PatternError } from '../../../../mesos/text/pattern-syntax.ts';

/** Whether an agent may be offered to a role of the framework. */
export type AgentConstraints = (agent: AgentInfo, role: string) => boolean;

/** `invalid`: a pattern cannot be used, and why. */
export type CompiledConstraints =
  | { readonly kind: 'ok'; readonly admits: AgentConstraints }
  | { readonly kind: 'invalid'; readonly why: string };

/** What a cluster lets a pattern cost. */
interface PatternLimits {
  readonly offerConstraintsRe2MaxProgramSize: number;
  readonly offerConstraintsRe2MaxMemBytes: number;
}

/** RE2 spends two thirds of its memory on the program that reads forward, and plans four of 8 bytes for an instruction. */
const INSTRUCTIONS_PER_BYTE = 2 / 3 / 32;

/** Instructions that a pattern may take, by both flags. */
export function maxPatternSize(limits: PatternLimits): number {
  const { offerConstraintsRe2MaxProgramSize, offerConstraintsRe2MaxMemBytes } = limits;
  return Math.min(
    offerConstraintsRe2MaxProgramSize,
    Math.floor(offerConstraintsRe2MaxMemBytes * INSTRUCTIONS_PER_BYTE),
  );
}

type AgentTest = (agent: AgentInfo) => boolean;
/** What a predicate looks at: nothing there, some text, or something that is no text. */
type Subject =
  | { readonly kind: 'missing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other' };

/** The shape has been validated (mesos/validation/offer-constraints.ts); what is left to go wrong is a pattern. */
export function compileConstraints(constraints: OfferConstraints, maxPatternSize: number): CompiledConstraints {
  const byRole = new Map<string, readonly (readonly AgentTest[])[]>();
  for (const [role, { groups = [] }] of Object.entries(constraints.role_constraints ?? {})) {
    try {
      byRole.set(
        role,
        groups.map(({ attribute_constraints = [] }) =>
          attribute_constraints.map(({ selector, predicate }) => agentTest(selector, predicate, maxPatternSize)),
        ),
      );
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return { kind: 'invalid', why: `A role ${role} has an invalid 'AttributeConstraint': ${error.message}` };
    }
  }
  // One group must hold, in all its constraints.
  const admits: AgentConstraints = (agent, role) => {
    const groups = byRole.get(role);
    return groups === undefined || groups.some((tests) => tests.every((test) => test(agent)));
  };
  return { kind: 'ok', admits };
}

function agentTest(
  selector: AttributeConstraint_Selector,
  predicate: AttributeConstraint_Predicate,
  maxPatternSize: number,
): AgentTest {
  const subjectTest = subjectTestOf(predicate, maxPatternSize);
  if (selector.attribute_name === undefined) return (agent) => subjectTest(pseudoAttribute(selector, agent));
  const name = selector.attribute_name;
  return (agent) => {
    const attributes = (agent.attributes ?? []).filter((attribute) => attribute.name === name);
    if (attributes.length === 0) return subjectTest({ kind: 'missing' });
    return attributes.some((attribute) => subjectTest(subjectOf(attribute)));
  };
}

function subjectTestOf(
  predicate: AttributeConstraint_Predicate,
  maxPatternSize: number,
): (subject: Subject) => boolean {
  const { text_equals, text_not_equals, text_matches, text_not_matches } = predicate;
  if (predicate.exists !== undefined) return (subject) => subject.kind !== 'missing';
  if (predicate.not_exists !== undefined) return (subject) => subject.kind === 'missing';
  if (text_equals !== undefined) return onText(false, (text) => text === text_equals.value);
  if (text_not_equals !== undefined) return onText(true, (text) => text !== text_not_equals.value);
  const regex = text_matches?.regex ?? text_not_matches?.regex ?? '';
  const pattern = patternOf(regex, maxPatternSize);
  return text_matches !== undefined ? onText(false, pattern) : onText(true, (text) => !pattern(text));
}

/** What is there but is no text passes every predicate about texts; what is missing passes the negated ones. */
function onText(ifMissing: boolean, test: (text: string) => boolean): (subject: Subject) => boolean {
  return (subject) => (subject.kind === 'text' ? test(subject.text) : subject.kind === 'other' || ifMissing);
}

function patternOf(regex: string, maxPatternSize: number): (text: string) => boolean {
  try {
    return compilePattern(regex, maxPatternSize);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PatternError(`Failed to construct regex from pattern '${regex}': ${error.message}`, { cause: error });
  }
}

function subjectOf(attribute: Attribute): Subject {
  return attribute.text === undefined ? { kind: 'other' } : { kind: 'text', text: attribute.text.value };
}

function pseudoAttribute({ pseudoattribute_type: type }: AttributeConstraint_Selector, agent: AgentInfo): Subject {
  const fault = agent.domain?.fault_domain;
  const text = type === 'HOSTNAME' ? agent.hostname : type === 'REGION' ? fault?.region.name : fault?.zone.name;
  return text === undefined ? { kind: 'missing' } : { kind: 'text', text };
}
