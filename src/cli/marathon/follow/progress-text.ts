// A deployment under way as text: rows for a terminal, one line for a log.
import type { ActionProgress, DeploymentProgress } from '../../../client/marathon.ts';
import { printableLine } from '../../output/printable.ts';
import { capitalised } from '../../output/sentence.ts';
import type { Style } from '../../output/style.ts';
import { legend, marksText } from './marks.ts';

/** How it may look. */
export interface ProgressLook {
  readonly hasMarks: boolean;
  readonly style: Style;
}

/** More apps in one step than this are counted. */
const MOST_APPS = 15;

const VERBS: Readonly<Record<string, string>> = {
  StartApplication: 'start',
  StopApplication: 'stop',
  ScaleApplication: 'scale',
  RestartApplication: 'restart',
};

/** `scale /web to 3`. */
export function actionText(action: string, appId: string, target?: number): string {
  const verb = VERBS[action] ?? action;
  const to = action === 'ScaleApplication' && target !== undefined ? ` to ${target}` : '';
  return `${verb} ${printableLine(appId)}${to}`;
}

/** The step, its apps, what is waited for, and what the marks mean. */
export function progressRows(progress: DeploymentProgress, look: ProgressLook, hint?: string): string[] {
  const { style, hasMarks } = look;
  const titles = progress.actions.map(({ action, appId, target }) => actionText(action, appId, target));
  const width = Math.min(40, Math.max(0, ...titles.map((title) => title.length)));
  const shown = progress.actions.slice(0, MOST_APPS);
  const rows = shown.map((action, index) => {
    const marks = marksText(marksOf(action), hasMarks, style);
    const words = action.done ? style.dim('done') : printableLine(action.waitsFor ?? '');
    return `  ${(titles[index] ?? '').padEnd(width)}  ${[marks, words].filter((text) => text !== '').join('  ')}`;
  });
  const left = progress.actions.length - shown.length;
  const kinds = new Set(progress.actions.flatMap(marksOf));
  return [
    // The step first: narrow windows cut the end.
    `${style.strong(capitalised(stepText(progress)))}  ${style.dim(`deployment ${progress.id}`)}`,
    ...rows,
    ...(left > 0 ? [`  and ${left} more apps`] : []),
    ...(hint === undefined ? [] : [`  ${style.warn(printableLine(hint))}`]),
    ...(kinds.size > 0 ? [style.dim(`  ${legend(kinds, hasMarks)}`)] : []),
  ];
}

/** All of it in one line. */
export function progressLine(progress: DeploymentProgress, look: ProgressLook, hint?: string): string {
  const shown = progress.actions.slice(0, 3).map((action) => {
    const marks = marksText(marksOf(action), look.hasMarks, look.style);
    const words = action.done ? 'done' : printableLine(action.waitsFor ?? '');
    const title = actionText(action.action, action.appId, action.target);
    return [title, marks, words].filter((text) => text !== '').join('  ');
  });
  const left = progress.actions.length - shown.length;
  const more = left > 0 ? [`and ${left} more apps`] : [];
  const end = hint === undefined ? [] : [printableLine(hint)];
  return [stepText(progress), [...shown, ...more, ...end].join('; ')].filter((text) => text !== '').join(': ');
}

function stepText({ currentStep, totalSteps }: DeploymentProgress): string {
  return currentStep === 0 ? 'about to begin' : `step ${currentStep} of ${totalSteps}`;
}

function marksOf(action: ActionProgress) {
  return action.instances.map(({ mark }) => mark);
}
