# SPDX-License-Identifier: MIT
# Completion of hyperctl in fish: hyperctl itself knows what fits.

function __hyperctl_complete
    set -l words (commandline -opc)
    set -l line (string join ' ' -- (string escape -- $words[2..]) (commandline -ct))
    command $words[1] complete -- "$line" 2>/dev/null
end

complete -c hyperctl -f -a '(__hyperctl_complete)'
