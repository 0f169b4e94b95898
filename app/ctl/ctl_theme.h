/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl theme …: the check of a vendor's theme files. Thread: main. */
#ifndef YJ_CTL_THEME_H
#define YJ_CTL_THEME_H

/**
 * Check theme files with the reader that the terminal uses.
 * Lines: "FILE: good", or "FILE: PLACE: REASON" for every mistake.
 * @param assets_dir  where the themes stand that these rest on
 * @return exit status 0 all good, 1 a file is refused
 * Blocks: disk.
 */
int ctl_theme_lint(const char *assets_dir, int n_files, char *const files[]);

#endif
