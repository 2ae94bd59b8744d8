// The container of a job (chronos.md 2.4).
import * as z from 'zod';
import type { JobContainer } from '../model/job.ts';
import { count, flag, member, name, optional, text, word } from './members.ts';

const pair = z.object({ key: text, value: member(text, '') });
const pairs = member(z.array(pair), []);
const port = count.refine((value) => value <= 65_535, 'is no port');

const networkInfo = z.object({
  name: optional(name),
  protocol: optional(word('IPv4', 'IPv6')),
  labels: pairs,
  portMappings: member(
    z.array(z.object({ hostPort: member(port, 0), containerPort: port, protocol: optional(name) })),
    [],
  ),
});

const volume = z.object({
  containerPath: name,
  hostPath: optional(name),
  mode: member(word('RW', 'RO'), 'RW'),
  external: optional(z.object({ name, provider: name, options: pairs })),
});

/** Upper case only, unlike the type. */
const network = text.pipe(z.enum(['HOST', 'BRIDGE', 'USER'], 'HOST, BRIDGE or USER is expected'));

const withImage = z.object({
  type: member(word('DOCKER', 'MESOS'), 'DOCKER'),
  image: text,
  network: member(network, 'HOST'),
  networkName: optional(name),
  networkInfos: member(z.array(networkInfo), []),
  volumes: member(z.array(volume), []),
  parameters: pairs,
  forcePullImage: member(flag, false),
});

const withoutImage = z.object({ image: member(text, '').refine((image) => image === '') });

/** Without an image there is no container, whatever else is in it. */
export const container: z.ZodType<JobContainer | undefined> = z.preprocess(
  (value) => (withoutImage.safeParse(value).success ? undefined : value),
  withImage.optional(),
);
