# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the coverage.sh of the languages share: is every function that libhyper
# exports used in the binding? What is left out on purpose stands in $left_out,
# a PATTERN of sed and the reason on each line; anything else that is missing
# is a failure, and so is a line that leaves nothing out.
#
# Source it from the top of the tree, and call `covered BINDING` with the names
# that the binding uses on stdin.

# What bindings leave out whose records are those of JSON.
# shellcheck disable=SC2034 # for those who source this
of_json='
hyper_machine_(new|copy|add_port|set_[a-z]+) a record goes in as JSON
hyper_changes_(new|set_[a-z]+) changes go in as JSON
hyper_machine_(id|uuid|type|image|mem|vcpus|autostart|state|driver_state|state_reason|handle|adopted|stale|generation|address|port|command|(label|env|option)(_key)?|(observed|created|updated)_at) its JSON has it
hyper_operation_(id|kind|state|ended|type|machine|image|done|total|step|error|(created|started|ended)_at|actor|program|pid|uid|plan) its JSON has it
hyper_outcome_(id|machine|operation|error) its JSON has it
hyper_outcomes_failed those that have an error, as their JSON tells
hyper_event_(seq|at|kind|machine|driver|operation|actor|state|copy) its JSON has it
hyper_image_(name|type|handle|format|size|created_at) its JSON has it
hyper_driver_info_(name|version|file|kind|feature|available|reason|engine) its JSON has it
hyper_finding_(kind|type|machine|detail|action|repaired) its JSON has it
hyper_info_(version|instance|feature) its JSON has it
hyper_token_(name|role|secret|created_at|expires_at) its JSON has it
hyper_remote_(name|uri|client_cert|has_token|in_use) its JSON has it
hyper_(machines|operations|outcomes|images|drivers|findings|tokens|remotes)_(at|count) a list comes out as JSON
hyper_(state|op_state|role)_name JSON has the names
hyper_(rest_.*|code_http_status|code_slug|error_to_json) serving HTTP is the business of C: <hyper/rest.h>
hyper_call_.* for drivers: <hyper/driver.h>
hyper_driver_(instance|dir|setting|claim) for drivers: <hyper/driver.h>
hyper_machine_saw_.* for drivers: <hyper/driver.h>
hyper_error_wrap for drivers
hyper_log programs have a log of their own
hyper_version_number for the preprocessor of C; hyper_version is there
'

covered() {
	w=$(mktemp -d)
	trap 'rm -rf "$w"' EXIT
	grep -oE '\bhyper_[a-z0-9_]+\b' | sort -u >"$w/used"
	sed -n 's/^[[:space:]]*\(hyper_[a-z0-9_]*\);$/\1/p' \
		libhyper/libhyper.map | sort >"$w/exported"
	[ -s "$w/exported" ]
	comm -23 "$w/exported" "$w/used" >"$w/missing"

	bad=0
	: >"$w/reasoned"
	# shellcheck disable=SC2154 # of who sources this
	echo "$left_out" | while read -r pattern reason; do
		[ -n "$pattern" ] || continue
		grep -xE "$pattern" "$w/missing" >>"$w/reasoned" || {
			echo "$pattern: leaves nothing out"
			exit 1
		}
		[ -n "$reason" ]
	done || bad=1
	sort "$w/reasoned" | comm -23 "$w/missing" - >"$w/forgotten"
	while read -r name; do
		echo "$name is not in $1"
		bad=1
	done <"$w/forgotten"
	echo "$(wc -l <"$w/exported") functions," \
		"$(wc -l <"$w/reasoned") left out for a reason"
	return $bad
}
