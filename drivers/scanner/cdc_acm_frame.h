/* SPDX-License-Identifier: Apache-2.0 */
/* From a stream of bytes to codes: a serial line has no frames of its own, only a suffix, or a
 * pause. Reads end anywhere, also inside a character or between CR and LF. Pure. Thread: any. */
#ifndef YJ_SCANNER_CDC_ACM_FRAME_H
#define YJ_SCANNER_CDC_ACM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/scanner/scanner_code.h"

enum cdc_suffix { CDC_SUFFIX_CR, CDC_SUFFIX_LF, CDC_SUFFIX_CRLF, CDC_SUFFIX_NONE };

struct cdc_frame {
    enum cdc_suffix suffix;
    bool may_skip_lf; /* a CR has just ended a code: an LF right behind it belongs to it */
};

/**
 * Take bytes of the stream until a code is complete. With suffix "cr" an LF behind it is dropped;
 * with "crlf" only the pair ends a code; with "none" nothing does, see cdc_frame_pause.
 * @param code      the code so far; grows
 * @param ret_used  bytes taken, all of them unless a code was completed
 * @return true when code is complete, without its suffix (it may be empty)
 */
bool cdc_frame_feed(struct cdc_frame *f, struct scanner_code *code, const uint8_t *data, size_t n,
                    size_t *ret_used);

/**
 * The line has paused inside a code.
 * @return 0 when that completes it (suffix "none"), else ERR_SCANNER_REPORT: it broke off
 */
int cdc_frame_pause(struct cdc_frame *f);

#endif
