/* SPDX-License-Identifier: Apache-2.0 */
/* An attachment opened, from the command line: personal data, by intention. */
#ifndef YJ_CENTRAL_ATTACHMENT_TOOL_H
#define YJ_CENTRAL_ATTACHMENT_TOOL_H

#include "centre.h"

/**
 * Open one that is complete and write its bytes to a file (mode 0600); {name, type, bytes} goes to
 * standard output.
 * @param text  of key, as for ledger_walk
 * @return 0, ERR_NOT_FOUND, ERR_SEAL_CRYPTO, ERR_IO
 */
int attachment_tool_write(const struct centre *c, enum ledger_key key, const char *text,
                          const char *digest, const char *out, struct err *err) YJ_CHECK;

#endif
