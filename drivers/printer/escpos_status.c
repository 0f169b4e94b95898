/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS status parser. Pure; runs wherever it is called.
 *
 * Sorted dialects (Epson's) tell the classes apart by fixed bits:
 *   0xx1xx10 answer to DLE EOT, 0xx1xx00 first of four automatic bytes, 0xx0xxxx in-order reply,
 *   37 5F 3D 35 3B: a block up to 00.
 * In the others the bytes behind a request are its answer; only 5F .. 00, bare digits where the
 * model has such counters, and in-order replies stand beside them. An answer that begins with its
 * dialect's head is stepped over when it comes too late. */
#include "drivers/printer/escpos_status.h"

#include <string.h>

static bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static bool is_block_head(const struct escpos_parser *p, uint8_t b)
{
    if (b == 0x5F)
        return true;
    if (!p->dialect->is_sorted && p->has_numbers)
        return false;
    return b == 0x37 || (p->dialect->is_sorted && (b == 0x3D || b == 0x35 || b == 0x3B));
}

static void text_fill(const uint8_t *p, size_t n, struct escpos_item *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < n && len + 1 < sizeof ret->text; i++)
        if (p[i] >= 0x20 && p[i] < 0x7F)
            ret->text[len++] = (char)p[i];
    ret->text[len] = '\0';
    ret->kind = ESCPOS_ITEM_TEXT;
}

/* 37 22 id[4] 00, 37 25 00, 37 23 causes 00, 5F text 00. */
static void block_item(const struct escpos_parser *p, struct escpos_item *ret)
{
    uint8_t second = p->n > 1 ? p->buf[1] : 0;
    if (p->buf[0] == 0x5F) {
        text_fill(p->buf + 1, p->n - 1, ret);
    } else if (p->buf[0] == 0x37 && second == 0x22 && p->n == 2 + ESCPOS_ID_BYTES) {
        ret->kind = ESCPOS_ITEM_PROCESSED;
        memcpy(ret->id, p->buf + 2, ESCPOS_ID_BYTES);
    } else if (p->buf[0] == 0x37 && second == 0x25 && p->n == 2) {
        ret->kind = ESCPOS_ITEM_CLEARED;
    } else if (p->buf[0] == 0x37 && second == 0x23) {
        ret->kind = ESCPOS_ITEM_OFFLINE;
    }
}

static bool begin(struct escpos_parser *p, int at, uint8_t byte)
{
    p->at = at;
    p->buf[0] = byte;
    p->n = 1;
    return false;
}

static bool bytes_item(struct escpos_item *ret, enum escpos_item_kind kind, const uint8_t *p,
                       size_t n)
{
    ret->kind = kind;
    ret->n = n;
    memcpy(ret->bytes, p, n);
    return true;
}

/* The answer is complete: does it look like one? */
static bool answer_end(struct escpos_parser *p, struct escpos_item *ret)
{
    const struct dialect_answer *a = p->taken;
    p->at = ESCPOS_AT_START;
    if (p->is_late || a != p->wanted || !dialect_answer_fits(a, p->buf, p->n))
        return true; /* rubbish, or nobody waits for it: ret says OTHER */
    p->wanted = NULL;
    return bytes_item(ret, ESCPOS_ITEM_REAL_TIME, p->buf, a->n_bytes);
}

static bool sorted_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    if ((byte & 0x93) == 0x10)
        return begin(p, ESCPOS_IN_AUTO, byte);
    if ((byte & 0x93) == 0x12)
        return bytes_item(ret, ESCPOS_ITEM_REAL_TIME, &byte, 1);
    if ((byte & 0x90) == 0)
        return bytes_item(ret, ESCPOS_ITEM_IN_ORDER, &byte, 1);
    return true;
}

/* @return the answer that can begin with this byte, the one that is waited for first */
static const struct dialect_answer *answer_begun(const struct escpos_parser *p, uint8_t byte)
{
    const struct printer_dialect *d = p->dialect;
    if (d->is_sorted)
        return NULL;
    if (p->wanted && (p->wanted->n_head == 0 || byte == p->wanted->head[0]))
        return p->wanted;
    for (size_t i = 0; i < d->n_polls; i++)
        if (d->poll[i].answer.n_head > 0 && byte == d->poll[i].answer.head[0])
            return &d->poll[i].answer;
    return NULL;
}

static bool start_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    const struct dialect_answer *a = answer_begun(p, byte);
    if (a) {
        (void)begin(p, ESCPOS_IN_ANSWER, byte);
        p->taken = a;
        p->is_late = false;
        return a->n_bytes == 1 ? answer_end(p, ret) : false;
    }
    if (is_block_head(p, byte))
        return begin(p, ESCPOS_IN_BLOCK, byte);
    if (p->dialect->is_sorted)
        return sorted_take(p, byte, ret);
    if (p->has_numbers && is_digit(byte))
        return begin(p, ESCPOS_IN_NUMBER, byte);
    if ((byte & 0x90) == 0)
        return bytes_item(ret, ESCPOS_ITEM_IN_ORDER, &byte, 1);
    return true;
}

/* A byte that contradicts the head, or begins the next answer while the rest of a late one got
 * lost, is looked at afresh. */
static bool answer_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    const struct dialect_answer *a = p->taken;
    bool is_other = p->n < a->n_head && byte != a->head[p->n];
    if (is_other || (p->is_late && a->n_head > 0 && byte == a->head[0])) {
        p->at = ESCPOS_AT_START;
        return start_take(p, byte, ret);
    }
    p->buf[p->n++] = byte;
    return p->n == a->n_bytes ? answer_end(p, ret) : false;
}

/* The unit behind a number says nothing; another kind of byte ends it. */
static bool unit_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    bool is_letter = (byte >= 'a' && byte <= 'z') || byte == ' ' || byte == '.' || byte == '\r' ||
                     byte == '\n' || byte == 0;
    if (is_letter)
        return false;
    p->at = ESCPOS_AT_START;
    return start_take(p, byte, ret);
}

static bool number_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    if (is_digit(byte) && p->n < sizeof p->buf) {
        p->buf[p->n++] = byte;
        return false;
    }
    text_fill(p->buf, p->n, ret);
    p->at = ESCPOS_IN_UNIT;
    return true;
}

void escpos_parser_ask(struct escpos_parser *p, const struct dialect_answer *wanted)
{
    p->wanted = wanted;
    p->is_late = true; /* until the next one begins */
    if (p->at == ESCPOS_IN_UNIT || (p->at == ESCPOS_IN_ANSWER && p->taken->n_head == 0))
        p->at = ESCPOS_AT_START;
}

bool escpos_parse(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->kind = ESCPOS_ITEM_OTHER;
    switch (p->at) {
    case ESCPOS_AT_START:
        break;
    case ESCPOS_IN_UNIT:
        return unit_take(p, byte, ret);
    case ESCPOS_IN_NUMBER:
        return number_take(p, byte, ret);
    case ESCPOS_IN_ANSWER:
        return answer_take(p, byte, ret);
    case ESCPOS_IN_AUTO:
        p->buf[p->n++] = byte;
        if (p->n < 4)
            return false;
        p->at = ESCPOS_AT_START;
        return bytes_item(ret, ESCPOS_ITEM_AUTO, p->buf, 4);
    case ESCPOS_IN_BLOCK:
        if (byte == 0 || p->n == sizeof p->buf) { /* a block without an end is rubbish */
            if (byte == 0)
                block_item(p, ret);
            p->at = ESCPOS_AT_START;
            return true;
        }
        p->buf[p->n++] = byte;
        return false;
    }
    return start_take(p, byte, ret);
}
