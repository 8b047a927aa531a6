#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh: is every function that libhyper exports called by the addon for
# Node, or left out below, with the reason?
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../../.."

. tests/bindings/covered.sh
# PATTERN of sed, and why
# shellcheck disable=SC2034,SC2154 # covered.sh has one and wants the other
left_out="$of_json
hyper_error_copy an exception is kept by JavaScript
hyper_event_(to_json|free|stream_.*|subscribe|unsubscribe) h.events() asks for lists
hyper_events_at a list comes out as JSON
hyper_log_set a process has one hook, for which its Workers would contend
"

# The preprocessor takes the comments out: to be named there is no use.
for file in bindings/node/src/*; do
	${CXX:-c++} -x c++ -fpreprocessed -dD -E -P "$file"
done | covered "the addon"
