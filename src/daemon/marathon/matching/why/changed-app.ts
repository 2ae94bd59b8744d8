// An app with a suggested change done to it, and how much of a change that is.
import type { App, Constraint } from '../../model/app.ts';
import { wantedPorts } from '../ports.ts';
import type { Change } from './explanation.ts';

/** With all changes done, in order. */
export function changedApp(app: App, changes: readonly Change[]): App {
  return changes.reduce(withChange, app);
}

function withChange(app: App, change: Change): App {
  switch (change.kind) {
    case 'resource':
      return { ...app, [change.resource]: change.to };
    case 'constraint':
      return { ...app, constraints: withConstraint(app.constraints, change) };
    case 'ports':
      return withPorts(app, change.to);
    case 'any-ports':
      return withAnyPorts(app);
    case 'accepted-resource-roles':
      return { ...app, acceptedResourceRoles: change.to };
    case 'role':
      return withRole(app, change.to);
    case 'label':
      return { ...app, labels: { ...app.labels, [change.name]: change.to } };
  }
}

function withConstraint(
  constraints: readonly Constraint[],
  { from, to }: { readonly from?: Constraint; readonly to?: Constraint },
): Constraint[] {
  if (from === undefined) return to === undefined ? [...constraints] : [...constraints, to];
  return constraints.flatMap((each) => (sameConstraint(each, from) ? (to === undefined ? [] : [to]) : [each]));
}

function sameConstraint(a: Constraint, b: Constraint): boolean {
  return a.field === b.field && a.operator === b.operator && a.value === b.value;
}

/** Keeps definitions from the front until `count` of them need a port on the host. */
function withPorts(app: App, count: number): App {
  const wanted = wantedPorts(app);
  let kept = 0;
  const keeps = wanted.map((each) => each === 'none' || kept++ < count);
  if (app.portDefinitions !== undefined)
    return { ...app, portDefinitions: app.portDefinitions.filter((_, i) => keeps[i]) };
  if (app.container?.portMappings === undefined) return app;
  return {
    ...app,
    container: { ...app.container, portMappings: app.container.portMappings.filter((_, i) => keeps[i]) },
  };
}

function withAnyPorts(app: App): App {
  if (app.container?.portMappings === undefined) return { ...app, requirePorts: false };
  const portMappings = app.container.portMappings.map((mapping) =>
    mapping.hostPort === undefined ? mapping : { ...mapping, hostPort: 0 },
  );
  return { ...app, requirePorts: false, container: { ...app.container, portMappings } };
}

/** Roles accepted that named the old one name the new one. */
function withRole(app: App, role: string): App {
  const { acceptedResourceRoles: accepted, ...rest } = app;
  if (accepted === undefined) return { ...rest, role };
  return { ...rest, role, acceptedResourceRoles: accepted.map((each) => (each === app.role ? role : each)) };
}

/** For ranking: one change of a little is small, several are large, another role is the largest. */
export function sizeOf(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + sizeOfOne(change), 0) + (changes.length - 1);
}

function sizeOfOne(change: Change): number {
  switch (change.kind) {
    case 'resource':
    case 'ports':
      return (change.from - change.to) / change.from;
    case 'constraint':
      return change.to === undefined ? 1 : 0.6;
    case 'any-ports':
    case 'label':
      return 0.5;
    case 'accepted-resource-roles':
      return 0.7;
    case 'role':
      return 1.5;
  }
}
