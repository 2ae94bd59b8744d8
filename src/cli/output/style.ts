// Colours, for terminals only: a Style of plain texts is used off a terminal and under NO_COLOR.
type Paint = (text: string) => string;

/** How a kind of text is set off. */
export interface Style {
  readonly good: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
}

const plain: Paint = (text) => text;
const sgr =
  (open: number, close: number): Paint =>
  (text) =>
    `\u001b[${open}m${text}\u001b[${close}m`;

/** Changes nothing. */
export const PLAIN: Style = { good: plain, warn: plain, bad: plain, dim: plain, strong: plain };

/** ANSI colours. */
export const COLOURED: Style = {
  good: sgr(32, 39),
  warn: sgr(33, 39),
  bad: sgr(31, 39),
  dim: sgr(2, 22),
  strong: sgr(1, 22),
};

/** How a state of a task, agent, framework or daemon is painted. */
export function paintState(style: Style, state: string): string {
  if (/RUNNING|^running$|^Running$|^active$|FINISHED|^succeeded$|^success$|^\d+ running$/.test(state))
    return style.good(state);
  if (
    /FAILED|LOST|ERROR|UNREACHABLE|GONE|^stopped$|^unreachable$|DROPPED|^failed$|^failure$|^lost$|^missed$|^unplaceable|^cancelled$/.test(
      state,
    )
  )
    return style.bad(state);
  if (
    /KILL|STAGING|STARTING|^starting$|^inactive$|^degraded$|^abandoned$|^Deploying$|^Waiting$|^Delayed$|^Starting$|^Stopping$|^queued$|^delayed$|^killed$|^coalesced$|^skipped-overlap$/.test(
      state,
    )
  )
    return style.warn(state);
  return state;
}
