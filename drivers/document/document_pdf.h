/* SPDX-License-Identifier: Apache-2.0 */
/* A document as PDF bytes. Thread: one at a time. */
#ifndef YJ_DOCUMENT_PDF_H
#define YJ_DOCUMENT_PDF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/document/document_layout.h"

/* Bytes that hold personal data: grown by copying and wiping, wiped by its owner after use. */
struct document_bytes {
    uint8_t *data; /* owned */
    size_t n, cap;
};

enum { DOCUMENT_MAX_BYTES = 64 * 1024 * 1024 };

/** Append a copy. @return false when it would be larger than DOCUMENT_MAX_BYTES */
bool document_bytes_add(struct document_bytes *b, const void *data, size_t n);

/** Wipe and free what b holds; b is empty then. */
void document_bytes_free(struct document_bytes *b);

/**
 * Draw a document into an A4 PDF whose text can be searched and copied. Its metadata say what kind
 * of document it is and when it was made, nothing of what stands in it. The same document and
 * time give the same bytes.
 * @param wall_ms  when it is made, milliseconds since 1970 UTC
 * @param ret      empty; filled on success, owned by the caller
 * @return 0, the errors of layout_new, ERR_TOO_BIG, or ERR_DOCUMENT_FAILED (cairo)
 * Blocks: some 100 ms.
 */
int document_pdf(const struct document *document, int64_t wall_ms, struct document_bytes *ret,
                 struct err *err) YJ_CHECK;

/** The same from a layout that was made before. */
int document_pdf_of(const struct layout *layout, int64_t wall_ms, struct document_bytes *ret,
                    struct err *err) YJ_CHECK;

#endif
