#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the drivers add to the devices' own time. Each program prints one JSON line with a ratio to a
# bare libusb client that does the same in the same run.
#   devices.sh [BUILD]    (default build/dev)
set -euo pipefail
build=${1:-$(cd "$(dirname "$0")/../.." && pwd)/build/dev}
"$build/tests/bench/bench_reader"
"$build/tests/bench/bench_printer"
