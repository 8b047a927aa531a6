#!/bin/bash
# SPDX-License-Identifier: MIT
#
# drv_docker on a private podman; see containers.bash.
set -u
ENGINE=podman
# shellcheck source=tests/driver/containers.bash
. "$(dirname "$(realpath "$0")")/containers.bash"
