// How commands are told which task they are about, and whether they stay with it.
import { Args, Flags } from '@oclif/core';

/** The word that names a task; what it may be, `find.ts` says. */
export const taskArgument = Args.string({ description: 'Id, its beginning, or name.', required: true });

/** Of commands that print what a task writes. */
export const followFlag = Flags.boolean({ char: 'f', summary: 'Go on with what comes, until the task ends.' });
