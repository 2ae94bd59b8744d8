// Shell scripts for completion: all they do is ask `mctl __complete` with the words so far.
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** Those there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of SHELLS. */
export type Shell = (typeof SHELLS)[number];

/** The script for a shell. Throws Problem `usage`. */
export function completionScript(shell: string): string {
  switch (shell) {
    case 'bash':
      return BASH;
    case 'zsh':
      return ZSH;
    case 'fish':
      return FISH;
    default:
      throw new Problem(EXIT.usage, {
        what: `There is no completion for '${shell}'.`,
        why: `There is for ${SHELLS.join(', ')}.`,
      });
  }
}

const BASH = `# mctl completion for bash. Install:  mctl completion bash > ~/.local/share/bash-completion/completions/mctl
_mctl() {
  local IFS=$'\\n'
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  local line
  while read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -o nosort -F _mctl mctl 2>/dev/null || complete -o default -F _mctl mctl`;

const ZSH = `#compdef mctl
# mctl completion for zsh. Install:  mctl completion zsh > "\${fpath[1]}/_mctl"
_mctl() {
  local -a replies
  local line
  while IFS= read -r line; do
    replies+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#replies} )); then _describe 'mctl' replies; else _files; fi
}
if [ "$funcstack[1]" = "_mctl" ]; then _mctl "$@"; else compdef _mctl mctl; fi`;

const FISH = `# mctl completion for fish. Install:  mctl completion fish > ~/.config/fish/completions/mctl.fish
function __mctl_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c mctl -f -a '(__mctl_complete)'`;
