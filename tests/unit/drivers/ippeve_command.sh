#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What ippeveprinter runs for a job: "prints" while no file "paper-out" lies in $HOLD_FOLDER.
touch "$HOLD_FOLDER/began"
if [ -e "$HOLD_FOLDER/paper-out" ]; then
    echo "STATE: +media-empty,media-needed" >&2
    while [ -e "$HOLD_FOLDER/paper-out" ]; do sleep 0.1; done
    echo "STATE: -media-empty,media-needed" >&2
fi
echo "ATTR: job-impressions-completed=1" >&2
