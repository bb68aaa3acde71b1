// What a shell needs to ask this program for candidates: lines of "candidate TAB description", or ":files".

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const ASK = '__complete';

const bash = `# bash completion of uintrctl. For this shell:  source <(uintrctl completion bash)
# For every shell:  uintrctl completion bash > ~/.local/share/bash-completion/completions/uintrctl
_uintrctl() {
  local candidate about current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate about; do
    if [[ $candidate == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$candidate")
    fi
  done < <("$1" ${ASK} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _uintrctl uintrctl
`;

const zsh = `#compdef uintrctl
# zsh completion of uintrctl. For this shell:  source <(uintrctl completion zsh)
# For every shell:  uintrctl completion zsh > DIRECTORY/_uintrctl, with DIRECTORY in fpath before compinit
_uintrctl() {
  local -a found
  local candidate about files
  while IFS=$'\\t' read -r candidate about; do
    if [[ $candidate == :files ]]; then
      files=1
    elif [[ -n $about ]]; then
      found+=("\${candidate//:/\\\\:}:$about")
    else
      found+=("\${candidate//:/\\\\:}")
    fi
  done < <("\${words[1]}" ${ASK} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe -t values uintrctl found
  [[ -n $files ]] && _files
  return 0
}
if [[ $funcstack[1] == _uintrctl ]]; then
  _uintrctl "$@"
else
  compdef _uintrctl uintrctl
fi
`;

const fish = `# fish completion of uintrctl. For this shell:  uintrctl completion fish | source
# For every shell:  uintrctl completion fish > ~/.config/fish/completions/uintrctl.fish
function __uintrctl_candidates
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    for line in ($program ${ASK} -- $words "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c uintrctl -f -a '(__uintrctl_candidates)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
