/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of kiosk-central. */
#ifndef YJ_CENTRAL_OPTIONS_H
#define YJ_CENTRAL_OPTIONS_H

#include "centre.h"

enum { OPTIONS_MAX_FAULTS = 32, OPTIONS_MAX_WORDS = 8 };

struct options {
    const char *word[OPTIONS_MAX_WORDS]; /* the command and what belongs to it */
    int n_words;
    const char *data, *keys, *listen, *port_file, *control, *registry, *catalogue;
    const char *admin, *admin_port_file;
    bool is_admin_open;
    const char *terminal, *attachment, *out, *in, *url, *certificate;
    const char *text; /* of --uuid or --number */
    enum ledger_key key;
    bool has_key;
    int n_workers, n_connections, patience_s, idle_s, valid_hours;
    struct fault fault[OPTIONS_MAX_FAULTS];
    size_t n_faults;
    struct centre_settings settings;
};

extern const char options_usage[];

/** Read and check; strings are borrowed from argv. @return 0 or ERR_INVALID */
int options_parse(int argc, char **argv, struct options *ret, struct err *err) YJ_CHECK;

/** Is it this command? @param second  NULL: any */
bool options_is(const struct options *o, const char *first, const char *second);

#endif
