#compdef hyperctl
# SPDX-License-Identifier: Apache-2.0
# Completion of hyperctl for zsh: the daemon knows the candidates.
_hyperctl() {
    local -a typed host candidates
    typed=("${(@)words[2,CURRENT]}")
    if [[ ${typed[1]} == (-H|--host) && ${#typed} -gt 2 ]]; then
        host=(-H "${typed[2]}")
        typed=("${(@)typed[3,-1]}")
    fi
    local line
    while IFS= read -r line; do
        candidates+=("${${line%%$'\t'*}//:/\\:}${${(M)line%$'\t'*}/$'\t'/:}")
    done < <("${words[1]}" "${host[@]}" __complete --descriptions -- "${typed[@]}" 2>/dev/null)
    if (( ${#candidates} )); then
        _describe hyperctl candidates
    else
        _files
    fi
}
if [[ ${funcstack[1]} == _hyperctl ]]; then
    _hyperctl
else
    compdef _hyperctl hyperctl
fi
