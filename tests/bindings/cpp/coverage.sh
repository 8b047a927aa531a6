#!/bin/sh
# SPDX-License-Identifier: MIT
#
# coverage.sh: is every function that libhyper exports used in hyper.hpp, or
# left out below, with the reason?
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../../.."

# PATTERN of sed, and why
left_out='
hyper_rest_.* serving HTTP is the business of <hyper/rest.h>
hyper_call_.* for drivers: <hyper/driver.h>
hyper_driver_(instance|dir|setting|claim) for drivers: <hyper/driver.h>
hyper_machine_saw_.* for drivers: <hyper/driver.h>
hyper_error_wrap for drivers; in C++ std::throw_with_nested does that
'

. tests/bindings/covered.sh
# The preprocessor takes the comments out: to be named there is no use.
${CXX:-c++} -x c++ -fpreprocessed -dD -E -P bindings/cpp/hyper.hpp |
	covered hyper.hpp
