// Screen 8: jobs of Chronos. Nothing fills it yet; it says so, and how one would be asked.
import { line, span, wrapLine } from '../frame/lines.ts';
import type { FeedRow } from '../view/model.ts';
import { drawText } from './lists/page.ts';
import type { Screen } from './screen.ts';

export const JOBS: Screen = {
  name: 'jobs',
  digit: '8',
  title: 'Jobs',
  topics: ['jobs'],
  sortColumns: [],
  actions: {},
  draw(scene) {
    const feed = scene.view.feeds.get('chronos');
    const lines = [
      line(''),
      line(span(`  ${whyNone(feed)}`, 'warn')),
      line(''),
      line('  Jobs that run at times and after each other are the business of Chronos, a framework of its own.'),
      line('  An original one is started beside this cluster and shown among the frameworks (3) and tasks (5):'),
      line(''),
      line(span(`    chronos --master ${scene.view.leader.address ?? '<host:port>'} --http_port 4400`, 'accent')),
      line(''),
      line('  For one command now: mctl run -- <command>'),
    ];
    return drawText(
      scene,
      'jobs',
      lines.flatMap((one) => wrapLine(one, scene.size.columns, 2)),
    );
  },
  data: ({ view }) => ({ jobs: [], why: whyNone(view.feeds.get('chronos')) }),
};

function whyNone(feed: Readonly<FeedRow> | undefined): string {
  return feed?.why ?? 'There is no Chronos in this cluster.';
}
