/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl content …: the check of a hall's notices. Thread: main. */
#ifndef YJ_CTL_CONTENT_H
#define YJ_CTL_CONTENT_H

/**
 * Check files of notices with the reader that the terminal uses, as they would lie in one folder.
 * Lines: "FILE: good, N notices", or "FILE: PLACE: REASON" for every mistake.
 * @return exit status 0 all good, 1 a file is refused
 * Blocks: disk.
 */
int ctl_content_lint(int n_files, char *const files[]);

#endif
