/* SPDX-License-Identifier: Apache-2.0 */
/* What finds and decodes QR codes in a grey picture. Two engines behind one face: ZBar, and
 * zxing-cpp where it was built in. Both give the raw bytes of a code; which characters they are is
 * decided elsewhere (code_text.h). They parse hostile pictures, so they run in the worker program
 * only. Thread: one per engine object. Blocks: ZBar up to about 0.2 s; zxing-cpp 1.4 for minutes
 * on a picture made for that: whoever calls it needs a deadline. */
#ifndef YJ_SCANNER_QR_ENGINE_H
#define YJ_SCANNER_QR_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/scanner/qr_image.h"

/* 2953 bytes is what version 40-L holds (ISO/IEC 18004 table 7); 4096 leaves room for characters
 * that an engine counts twice. More codes than the limit in one picture are left out. */
enum { QR_BYTES_MAX = 4096, QR_READS_MAX = 4 };

/* One code found. */
struct qr_read {
    bool is_part; /* one symbol of a structured append: not decoded, n is 0 */
    float x, y;   /* its middle, pixels of the picture given */
    size_t n;
    uint8_t bytes[QR_BYTES_MAX];
};

struct qr_reads {
    size_t n;
    struct qr_read at[QR_READS_MAX];
};

/** Add a code unless it is there already (same bytes). @param bytes NULL: a part */
void qr_reads_add(struct qr_reads *list, const uint8_t *bytes, size_t n, float x, float y);

/** Wipe what was read. */
void qr_reads_wipe(struct qr_reads *list);

struct qr_zbar;

/** ZBar for QR codes alone, raw bytes, every line, no cache. @return never NULL */
struct qr_zbar *qr_zbar_new(void);
void qr_zbar_free(struct qr_zbar *z);
/** Add what is seen to list (which is not emptied). */
void qr_zbar_read(struct qr_zbar *z, const struct qr_image *m, struct qr_reads *list);

/* What zxing-cpp shall take pains with. */
enum qr_zxing_mode { QR_ZXING_PLAIN, QR_ZXING_HARDER };

/** @return whether zxing-cpp was built in; without it qr_zxing_read sees nothing. */
bool qr_zxing_is_there(void);
/** Add what is seen to list: at most one code. */
void qr_zxing_read(const struct qr_image *m, enum qr_zxing_mode mode, struct qr_reads *list);

#endif
