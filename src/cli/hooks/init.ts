// oclif's init hook: says what is wrong with a command line that names no command, before oclif shows help and calls it well.
import type { Command, Hook, Interfaces } from '@oclif/core';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { processTerminal } from '../output/terminal.ts';
import { Problem, type ProblemText, problemLines } from '../problem.ts';

const hook: Hook<'init'> = async ({ id, argv, config }) => {
  if (id === undefined) return;
  const isTopic = config.findTopic(id) !== undefined;
  const named = config.findCommand(id);
  // `agent` is a command and a topic: a word after it can only be meant for the topic, it takes none itself. `task files` is
  // both, too, and takes words.
  const takesWords = Object.keys(named?.args ?? {}).length > 0;
  const hasCommandsBelow = config.commands.some((command) => command.id.startsWith(`${id}:`));
  const isWordOfTopic = hasCommandsBelow && !takesWords && argv[0] !== undefined && !argv[0].startsWith('-');
  if (named !== undefined && !isWordOfTopic) return;
  const words = [...id.split(':'), ...argv];
  if (words.some((word) => word === '--help' || word === '-h')) return;
  const isHelp = id === '--version';
  const firstWord = argv.find((argument) => !argument.startsWith('-'));
  if (isHelp || (isTopic && firstWord === undefined)) return;
  const command = commandBefore(id, config);
  if (command !== undefined) {
    const name = command.id.replaceAll(':', ' ');
    const extra = id.slice(command.id.length + 1);
    const isFile = 'file' in command.flags && /[./]/.test(extra);
    refuse({
      what: `'mctl ${name}' takes no '${extra}'.`,
      next: isFile ? `mctl ${name} -f ${extra}` : `mctl ${name} --help`,
    });
    return;
  }
  const known = config.commands.filter(({ hidden }) => !hidden).map((command) => command.id.replaceAll(':', ' '));
  const given = isTopic ? `${id.replaceAll(':', ' ')} ${firstWord}` : id.replaceAll(':', ' ');
  const topic = topicBefore(given.split(' '), config);
  const near = nearest(given, [...known, ...new Set(known.map((command) => command.split(' ', 1)[0] ?? ''))]);
  refuse({
    what: id.startsWith('-') ? `${id} cannot come first.` : `There is no command 'mctl ${given}'.`,
    ...(id.startsWith('-')
      ? { why: 'Flags come after the command: mctl task list --json' }
      : near && { why: `Did you mean 'mctl ${near}'?` }),
    next: topic === undefined ? 'mctl --help' : `mctl ${topic} --help`,
  });
};

/** `app:apply` of `app:apply:web.yaml`: words after a command that takes none are taken for a part of its name. */
function commandBefore(id: string, config: Interfaces.Config): Command.Loadable | undefined {
  const words = id.split(':');
  for (let count = words.length - 1; count > 0; count--) {
    const command = config.findCommand(words.slice(0, count).join(':'));
    if (command === undefined) continue;
    const isTopic = config.commands.some((other) => other.id.startsWith(`${command.id}:`));
    return isTopic ? undefined : command;
  }
  return undefined;
}

/** `agent maintenance` of `agent maintenance lst`. */
function topicBefore(words: readonly string[], config: Interfaces.Config): string | undefined {
  for (let count = words.length - 1; count > 0; count--) {
    const before = words.slice(0, count);
    if (config.findTopic(before.join(':')) !== undefined) return before.join(' ');
  }
  return undefined;
}

function refuse(text: ProblemText): void {
  const terminal = processTerminal();
  terminal.say(problemLines(new Problem(EXIT.usage, text), terminal.errorStyle));
  process.exit(EXIT.usage);
}
export default hook;
