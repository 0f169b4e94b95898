/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl device …: the words of devices, and the check of device tables. Thread: main. */
#ifndef YJ_CTL_DEVICE_H
#define YJ_CTL_DEVICE_H

#include <stdbool.h>

/**
 * Print the table of device words on standard output: Markdown as in docs/devices.md, or JSON.
 * @return exit status 0, 1 when the output cannot be written
 */
int ctl_device_words(bool is_json);

/**
 * Check device tables (assets/devices/…, or a vendor's own) with the readers that the drivers use.
 * One line a file: "FILE: good, class C" or "FILE: reason".
 * @return exit status 0 all good, 1 a file is refused or cannot be read
 * Blocks: disk.
 */
int ctl_device_lint(int n_files, char *const files[]);

#endif
