// Tells both allocators what a command says. Nothing happens when nothing is there that it could be about.
import type { Command, RuleCommand } from '../commands.ts';
import { tellOfAgents } from './agents.ts';
import { tellOfFrameworks } from './frameworks.ts';
import { tellOfHoldings } from './holdings.ts';
import type { Twins } from './twins.ts';

export function tell(twins: Twins, command: Command): void {
  switch (command.op) {
    case 'addAgent':
    case 'changeTotal':
    case 'removeAgent':
    case 'toggleAgent':
    case 'changeAttributes':
      tellOfAgents(twins, command);
      break;
    case 'addFramework':
    case 'removeFramework':
    case 'toggleFramework':
    case 'suppress':
    case 'revive':
    case 'update':
      tellOfFrameworks(twins, command);
      break;
    case 'decline':
    case 'finish':
    case 'use':
    case 'shareVolume':
    case 'convertOffered':
    case 'convertAvailable':
      tellOfHoldings(twins, command);
      break;
    case 'weight':
    case 'quota':
    case 'whitelist':
      tellOfRules(twins, command);
      break;
    case 'pause':
      twins.isPaused = !twins.isPaused;
      if (twins.isPaused) twins.ours.pause();
      else twins.ours.resume();
      break;
    case 'tick':
      twins.nowMs += 1000;
      break;
  }
  twins.books.settle();
}

function tellOfRules({ ours, books, weightsReachSubtrees }: Twins, command: RuleCommand): void {
  switch (command.op) {
    case 'weight':
      ours.updateWeights(new Map([[command.role, command.weight]]));
      books.nodes.setWeight(command.role, command.weight, weightsReachSubtrees);
      break;
    case 'quota': {
      const { role, guarantees, limits } = command;
      ours.setQuota(role, { guarantees, limits });
      books.quotas.set(role, { guarantees, limits });
      break;
    }
    case 'whitelist': {
      const hosts = command.hosts && new Set(command.hosts.map((host) => `host${host}`));
      ours.updateWhitelist(hosts);
      books.whitelist = hosts;
      break;
    }
  }
}
