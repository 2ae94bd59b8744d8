// Program: a command of the command line from its source, as `mctl` runs it from what was built: `node mctl-source.ts task exec …`.

import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import TaskAttach from '../../src/commands/task/attach.ts';
import TaskExec from '../../src/commands/task/exec.ts';
import TaskFilesGet from '../../src/commands/task/files/get.ts';
import TaskFilesTail from '../../src/commands/task/files/tail.ts';
import TaskLogs from '../../src/commands/task/logs.ts';

const COMMANDS = { exec: TaskExec, attach: TaskAttach, get: TaskFilesGet, tail: TaskFilesTail, logs: TaskLogs };

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name as keyof typeof COMMANDS];
const config = await Config.load({ root: fileURLToPath(new URL('../..', import.meta.url)) });
await command.run(args, config);
