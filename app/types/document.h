/* SPDX-License-Identifier: Apache-2.0 */
/* An A4 document as content: what stands in it, no fonts and no millimetres. The core writes it,
 * drivers/document draws and prints it. */
#ifndef YJ_TYPES_DOCUMENT_H
#define YJ_TYPES_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "types/strokes.h"

enum document_kind {
    DOCUMENT_APPLICATION, /* 申请表: everything that was filled in */
    DOCUMENT_PROMISE,     /* 告知承诺书: what the applicant promises */
    DOCUMENT_MATERIALS,   /* 材料清单: what is needed, what is exempt and why */
    DOCUMENT_N_KINDS,
};

enum document_block_kind {
    DOCUMENT_HEADING,   /* left: section title */
    DOCUMENT_PARAGRAPH, /* left: justified text */
    DOCUMENT_PAIR,      /* left label, right value: one table row of the section */
    DOCUMENT_ROW,       /* left, right, third: one row of a three-column table */
    DOCUMENT_ITEM,      /* left: numbered list item */
    DOCUMENT_NOTE,      /* left: small text */
    DOCUMENT_SIGNATURE, /* left: who signs; right: date; strokes drawn above the line if given */
    DOCUMENT_COPY_MARK, /* left: 补打 and the like, boxed at the top right */
    DOCUMENT_ROW_HEAD,  /* left, right, third: names of the columns of the rows that follow; drawn
                         * again where the table goes on on the next page */
};

enum { DOCUMENT_MAX_BLOCKS = 384, DOCUMENT_ARENA_BYTES = 131072 };

/* Texts are UTF-8 in the arena of the document, never NULL. */
struct document_block {
    enum document_block_kind kind;
    const char *left, *right, *third;
};

/* Holds personal data unmasked: wiped with document_free by every holder after use. */
struct document {
    enum document_kind kind;
    const char *title;    /* centred on the first page */
    const char *subtitle; /* below it: the matter */
    const char *number;   /* kiosk number: in the footer of each page; "" none */
    const char *footer;   /* terminal, hall telephone */
    const char *qr;       /* payload at the top right, ASCII; "" none */
    /* The handwriting, owned by the document (document_free wipes and frees it), or NULL. Drawn
     * above the line of the first DOCUMENT_SIGNATURE. */
    struct strokes *strokes;
    size_t n_blocks;
    struct document_block block[DOCUMENT_MAX_BLOCKS];
    size_t arena_used;
    char arena[DOCUMENT_ARENA_BYTES];
};

/**
 * Copy text into the arena. NULL counts as "".
 * @return the copy, valid as long as d; NULL when the arena is full (d is unchanged then)
 */
static inline const char *document_text(struct document *d, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    if (n >= DOCUMENT_ARENA_BYTES - d->arena_used)
        return NULL;
    char *at = d->arena + d->arena_used;
    if (n > 0)
        memcpy(at, text, n);
    at[n] = '\0';
    d->arena_used += n + 1;
    return at;
}

/**
 * Append a block, copying its texts (NULL counts as "").
 * @return false when no block or text fits any more; d is unchanged then
 */
static inline bool document_add(struct document *d, enum document_block_kind kind, const char *left,
                                const char *right, const char *third)
{
    size_t used = d->arena_used;
    struct document_block b = {kind, NULL, NULL, NULL};
    if (d->n_blocks < DOCUMENT_MAX_BLOCKS) {
        b.left = document_text(d, left);
        b.right = document_text(d, right);
        b.third = document_text(d, third);
    }
    if (!b.left || !b.right || !b.third) {
        d->arena_used = used;
        return false;
    }
    d->block[d->n_blocks++] = b;
    return true;
}

/** Wipe and free a document made with mem_zalloc, and its strokes. Accepts NULL. */
static inline void document_free(struct document *d)
{
    if (!d)
        return;
    if (d->strokes) {
        bytes_wipe(d->strokes, sizeof *d->strokes);
        free(d->strokes);
    }
    bytes_wipe(d, sizeof *d);
    free(d);
}

#endif
