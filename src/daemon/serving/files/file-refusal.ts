// The answers to paths that cannot be served.
import type { HttpResponse } from '../../../world/net.ts';
import { badRequest, internalServerError, notFound } from '../http/responses.ts';
import type { FileProblem } from './attached-files.ts';

/** An empty 404, or the reason. */
export function fileRefusal(problem: FileProblem): HttpResponse {
  if (problem.kind === 'missing') return notFound('');
  const text = `${problem.why}.\n`;
  return problem.kind === 'invalid' ? badRequest(text) : internalServerError(text);
}
