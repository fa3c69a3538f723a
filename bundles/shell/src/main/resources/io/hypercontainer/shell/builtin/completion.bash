# SPDX-License-Identifier: Apache-2.0
# Completion of hyperctl for bash: the daemon knows the candidates.
_hyperctl() {
    local words=("${COMP_WORDS[@]:1:COMP_CWORD}") current=${COMP_WORDS[COMP_CWORD]} host=()
    # bash cuts words at ':' and '='; put those of the last one together again.
    local line=${COMP_LINE:0:COMP_POINT}
    local whole=${line##*[[:space:]]}
    if [ "$whole" != "$current" ]; then
        read -r -a words <<<"$line"
        words=("${words[@]:1}")
    fi
    if [ "${words[0]}" = -H ] || [ "${words[0]}" = --host ]; then
        [ ${#words[@]} -gt 2 ] || return
        host=(-H "${words[1]}")
        words=("${words[@]:2}")
    fi
    local prefix=${whole%"$current"} candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("${candidate#"$prefix"}")
    done < <("${COMP_WORDS[0]}" "${host[@]}" __complete -- "${words[@]}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}
complete -o default -F _hyperctl hyperctl
