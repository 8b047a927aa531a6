#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The conformance suite on drv_test, which needs no engine.
set -u
# shellcheck source=tests/driver/driver.bash
. "$(dirname "$(realpath "$0")")/driver.bash"
only test
conformance test --type test --image demo \
	--stubborn script=stop:ignore
finish
