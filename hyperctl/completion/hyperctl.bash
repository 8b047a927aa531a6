# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Completion of hyperctl in bash: hyperctl itself knows what fits.

_hyperctl() {
	local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT} word
	line=${line#*"$1"} # what stands behind the command
	mapfile -t COMPREPLY < <("$1" complete -- "$line" 2>/dev/null)
	# bash completes only what stands behind the last = or :
	word=${line##*[$' \t']}
	word=${word%"${word##*["${COMP_WORDBREAKS//[^=:]/}"]}"}
	COMPREPLY=("${COMPREPLY[@]#"$word"}")
	[[ ${COMPREPLY[0]-} != *[=./] ]] || compopt -o nospace 2>/dev/null
}
complete -F _hyperctl hyperctl
