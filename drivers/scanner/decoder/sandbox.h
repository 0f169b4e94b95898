/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder program gives up whatever it does not need before it sees the first picture.
 * Thread: the only one. */
#ifndef YJ_SCANNER_DECODER_SANDBOX_H
#define YJ_SCANNER_DECODER_SANDBOX_H

#include "base/err.h"

/**
 * From here on: no new privileges, no other programs, no files, no network, no core dump, no
 * memory beyond a limit or that can be run, no signals to others; the end of the parent is the
 * program's end.
 * @return 0, ERR_SYSTEM: the kernel refused, do not go on
 */
int sandbox_enter(struct err *err) YJ_CHECK;

#endif
