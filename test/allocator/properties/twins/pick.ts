/** Whom a command is about; undefined: nobody is there. */
export const pick = <T>(items: readonly T[], which: number): T | undefined => items[which % Math.max(1, items.length)];
