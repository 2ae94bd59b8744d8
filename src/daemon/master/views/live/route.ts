// GET /mctl/v1/live?topics=offers,shares,agents: what the original does not stream, as server-sent events. Meant for people
// who watch (`mctl top`); no programs of others know it.
import { badRequest } from '../../../serving/http/responses.ts';
import type { Route } from '../../../serving/http/router.ts';
import { type LiveTopic, TOPICS } from './listener.ts';
import type { LiveStreams } from './streams.ts';

/** Without `topics` all of them; 400 for one that there is not. */
export function liveRoute(streams: LiveStreams, guard: Route['guard']): Route {
  return {
    path: '/mctl/v1/live',
    exact: true,
    methods: ['GET'],
    ...(guard !== undefined && { guard }),
    handle: ({ query }) => {
      const names = (query.get('topics') ?? TOPICS.join(',')).split(',').map((name) => name.trim());
      const topics = new Set<LiveTopic>();
      for (const name of names) {
        const topic = TOPICS.find((known) => known === name);
        if (topic === undefined) return badRequest(`There is no topic '${name}': topics are ${TOPICS.join(', ')}`);
        topics.add(topic);
      }
      return streams.listen(topics).response();
    },
  };
}
