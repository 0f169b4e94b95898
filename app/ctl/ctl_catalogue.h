/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl matter …, kioskctl catalogue …: check, sign and stage catalogue sets. Thread: main. */
#ifndef YJ_CTL_CATALOGUE_H
#define YJ_CTL_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* What the command line says; NULL: not given. */
struct ctl_catalogue_args {
    const char *folder;
    const char *key, *cert;      /* PEM files of the publisher */
    const char *settings, *data; /* of the terminal: its settings file, or its data folder */
    const char *assets;          /* code tables and readings */
    const char *region;          /* 6 digits: only that terminal's overlays */
    bool is_json, is_forced;
};

/**
 * Read "FOLDER --key VALUE …" from behind the two words of the command.
 * @param allowed  options of this command: "--key --json"
 * @return 0, -1 (an option is unknown here or lacks its value, or there are two folders; said on
 *         stderr)
 */
int ctl_catalogue_parse(int argc, char **argv, const char *allowed, struct ctl_catalogue_args *ret);

/**
 * What comes from files and file names, fit for a terminal and for JSON: control characters, and
 * what is not UTF-8, become "?".
 * @return ret
 */
const char *ctl_clean(const char *text, char *ret, size_t cap);

/* Each gives the exit status: 0 good, 1 refused (the reasons are printed), 2 wrong arguments.
 * They block: disk; stage waits up to 30 s for a kiosk that changes over. */
int ctl_matter_lint(const struct ctl_catalogue_args *args);
int ctl_catalogue_sign(const struct ctl_catalogue_args *args);
int ctl_catalogue_verify(const struct ctl_catalogue_args *args);
int ctl_catalogue_stage(const struct ctl_catalogue_args *args);
int ctl_catalogue_status(const struct ctl_catalogue_args *args);

#endif
