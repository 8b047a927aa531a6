#compdef hyperctl
# SPDX-License-Identifier: MIT
# Completion of hyperctl in zsh: hyperctl itself knows what fits.

_hyperctl() {
	local line="${(j: :)words[2,CURRENT-1]} $PREFIX"
	local -a found=(${(f)"$(command ${(Q)words[1]} complete -- $line 2>/dev/null)"})
	local -a part=(${(M)found:#*[=./]}) # of a word that goes on
	local -a whole=(${found:#*[=./]})
	compadd -a whole
	compadd -S '' -a part
}

if [[ $funcstack[1] == _hyperctl ]]; then
	_hyperctl "$@"
else
	compdef _hyperctl hyperctl
fi
