// oclif's init hook: says what is wrong with a command line that names no command, before oclif shows help and calls it well.
import type { Hook } from '@oclif/core';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { processTerminal } from '../output/terminal.ts';
import { Problem, problemLines } from '../problem.ts';

const hook: Hook<'init'> = async ({ id, argv, config }) => {
  if (id === undefined) return;
  const isTopic = config.findTopic(id) !== undefined;
  // `agent` is a command and a topic: a word after it can only be meant for the topic, it takes none itself.
  const hasCommandsBelow = config.commands.some((command) => command.id.startsWith(`${id}:`));
  const isWordOfTopic = hasCommandsBelow && argv[0] !== undefined && !argv[0].startsWith('-');
  if (config.findCommand(id) !== undefined && !isWordOfTopic) return;
  const words = [...id.split(':'), ...argv];
  if (words.some((word) => word === '--help' || word === '-h')) return;
  const isHelp = id === '--version';
  const firstWord = argv.find((argument) => !argument.startsWith('-'));
  if (isHelp || (isTopic && firstWord === undefined)) return;
  const known = config.commands.filter(({ hidden }) => !hidden).map((command) => command.id.replaceAll(':', ' '));
  const given = isTopic ? `${id.replaceAll(':', ' ')} ${firstWord}` : id.replaceAll(':', ' ');
  const topic = given.split(' ', 1)[0] ?? '';
  const near = nearest(given, [...known, ...new Set(known.map((command) => command.split(' ', 1)[0] ?? ''))]);
  const problem = new Problem(EXIT.usage, {
    what: id.startsWith('-') ? `${id} cannot come first.` : `There is no command 'mctl ${given}'.`,
    ...(id.startsWith('-')
      ? { why: 'Flags come after the command: mctl task list --json' }
      : near && { why: `Did you mean 'mctl ${near}'?` }),
    next: config.findTopic(topic) === undefined ? 'mctl --help' : `mctl ${topic} --help`,
  });
  const terminal = processTerminal();
  terminal.say(problemLines(problem, terminal.errorStyle));
  process.exit(EXIT.usage);
};
export default hook;
