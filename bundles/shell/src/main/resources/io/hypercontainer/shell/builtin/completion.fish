# SPDX-License-Identifier: Apache-2.0
# Completion of hyperctl for fish: the daemon knows the candidates.
function __hyperctl_candidates
    set -l words (commandline -opc) (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l host
    if test (count $words) -gt 2; and contains -- $words[1] -H --host
        set host -H $words[2]
        set -e words[1 2]
    end
    $program $host __complete --descriptions -- $words 2>/dev/null
end
complete -c hyperctl -a '(__hyperctl_candidates)'
