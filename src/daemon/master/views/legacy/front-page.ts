// What a browser gets at `/`: a page that says what this is and where to look.
import { MESOS_VERSION } from '../../../serving/process/version.ts';
import type { MasterState } from '../../state/master-state.ts';

const ENDPOINTS = [
  'state',
  'state-summary',
  'slaves',
  'frameworks',
  'tasks',
  'roles',
  'flags',
  'version',
  'metrics/prometheus',
];

/** HTML with everything from flags escaped. */
export function frontPage(state: MasterState): string {
  const { cluster } = state.options;
  const title = `Master ${escaped(cluster ?? state.info.hostname ?? '')}`;
  const links = ENDPOINTS.map((path) => `<li><a href="/${path}">/${path}</a></li>`).join('');
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>Mesos ${MESOS_VERSION} compatible master ${escaped(state.info.id)}, served by mctl.</p><ul>${links}</ul></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
