// The policy file: who may claim which virtual hosts and ports (haproxy.md 17.6).
//
//   vhosts:
//     - { pattern: '*.shop.example', apps: [/shop] }
//   ports:
//     - { range: 8000-8099, apps: [/shop, /edge] }
import { z } from 'zod';
import type { OwnershipPolicy } from '../../../haproxy/model/options.ts';
import { EXIT } from '../../exit-codes.ts';
import { readDocuments } from '../../marathon/input/documents.ts';
import { Problem } from '../../problem.ts';
import { readSettingsFile } from './read-file.ts';

const apps = z.array(z.string().startsWith('/', 'an app id prefix begins with /')).min(1);
const policy = z.strictObject({
  vhosts: z
    .array(
      z.strictObject({
        pattern: z.string().regex(/^(\*\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/i, 'a host name, or *. and a domain'),
        apps,
      }),
    )
    .default([]),
  ports: z
    .array(
      z.strictObject({
        range: z.union([z.string(), z.number()]).transform((value, context): [number, number] => {
          const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? [];
          const range: [number, number] = [Number(first), Number(last)];
          if (first === '' || range[0] < 1 || range[1] > 65_535 || range[0] > range[1])
            context.addIssue({ code: 'custom', message: 'a port or a range of ports, 8000-8099' });
          return range;
        }),
        apps,
      }),
    )
    .default([]),
});

/** Throws Problem `usage` with every fault and its line. */
export function readPolicy(path: string, what: string): OwnershipPolicy {
  const [document, ...others] = readDocuments(path, readSettingsFile(path, what));
  if (document === undefined || others.length > 0) {
    throw new Problem(EXIT.usage, { what: `${what}: ${path} must hold one document.` });
  }
  const parsed = policy.safeParse(document.value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const at = issue.path.filter((step): step is string | number => typeof step !== 'symbol');
      return `${document.place(at)}  ${at.join('.')}: ${issue.message}`;
    });
    throw new Problem(EXIT.usage, { what: `${what}: ${path} is no policy.`, why: faults.join('\n') });
  }
  return {
    virtualHosts: parsed.data.vhosts.map(({ pattern, apps }) => ({ pattern: pattern.toLowerCase(), apps })),
    ports: parsed.data.ports.map(({ range: [first, last], apps }) => ({ first, last, apps })),
  };
}
