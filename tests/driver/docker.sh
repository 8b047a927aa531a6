#!/bin/bash
# SPDX-License-Identifier: MIT
#
# drv_docker on a private dockerd; see containers.bash.
set -u
ENGINE=dockerd
# shellcheck source=tests/driver/containers.bash
. "$(dirname "$(realpath "$0")")/containers.bash"
