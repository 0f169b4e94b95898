/* SPDX-License-Identifier: Apache-2.0 */
/* ESC/POS status parser, Epson layout. Pure; runs wherever it is called. */
#include "drivers/printer/escpos_status.h"

#include <string.h>

static bool is_block_head(uint8_t b)
{
    return b == 0x37 || b == 0x5F || b == 0x3D || b == 0x35 || b == 0x3B;
}

/* 37 22 id[4] 00, 37 25 00; everything else is of no interest here. */
static void block_item(const struct escpos_parser *p, struct escpos_item *ret)
{
    if (p->n == 2 + ESCPOS_ID_BYTES && p->buf[0] == 0x37 && p->buf[1] == 0x22) {
        ret->kind = ESCPOS_ITEM_PROCESSED;
        memcpy(ret->id, p->buf + 2, ESCPOS_ID_BYTES);
    } else if (p->n == 2 && p->buf[0] == 0x37 && p->buf[1] == 0x25) {
        ret->kind = ESCPOS_ITEM_CLEARED;
    }
}

static bool start_take(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    if (is_block_head(byte) || (byte & 0x93) == 0x10) {
        p->at = is_block_head(byte) ? ESCPOS_IN_BLOCK : ESCPOS_IN_AUTO;
        p->buf[0] = byte;
        p->n = 1;
        return false;
    }
    ret->byte = byte;
    if ((byte & 0x93) == 0x12)
        ret->kind = ESCPOS_ITEM_REAL_TIME;
    else if ((byte & 0x90) == 0)
        ret->kind = ESCPOS_ITEM_IN_ORDER;
    return true;
}

bool escpos_parse(struct escpos_parser *p, uint8_t byte, struct escpos_item *ret)
{
    *ret = (struct escpos_item){.kind = ESCPOS_ITEM_OTHER};
    if (p->at == ESCPOS_AT_START)
        return start_take(p, byte, ret);
    if (p->at == ESCPOS_IN_AUTO) {
        p->buf[p->n++] = byte;
        if (p->n < 4)
            return false;
        ret->kind = ESCPOS_ITEM_AUTO;
        memcpy(ret->asb, p->buf, 4);
        p->at = ESCPOS_AT_START;
        return true;
    }
    if (byte == 0 || p->n == sizeof p->buf) { /* a block without an end is rubbish */
        if (byte == 0)
            block_item(p, ret);
        p->at = ESCPOS_AT_START;
        return true;
    }
    p->buf[p->n++] = byte;
    return false;
}

void escpos_status_real_time(struct escpos_status *s, uint8_t n, uint8_t byte)
{
    switch (n) {
    case 1:
        s->is_offline = byte & 0x08;
        break;
    case 2:
        s->is_cover_open = byte & 0x04;
        s->has_error = byte & 0x40;
        if (byte & 0x20)
            s->is_paper_out = true; /* n = 4 says when it is back */
        break;
    case 3:
        s->is_jammed = byte & 0x04;
        s->is_cutter_error = byte & 0x08;
        s->is_unrecoverable = byte & 0x20;
        s->is_hot = byte & 0x40;
        break;
    case 4:
        s->is_paper_low = byte & 0x0C;
        s->is_paper_out = byte & 0x60;
        break;
    default:
        break;
    }
}

void escpos_status_auto(struct escpos_status *s, const uint8_t asb[4])
{
    s->is_offline = asb[0] & 0x08;
    s->is_cover_open = asb[0] & 0x20;
    s->is_jammed = asb[1] & 0x04;
    s->is_cutter_error = asb[1] & 0x08;
    s->is_unrecoverable = asb[1] & 0x20;
    s->is_hot = asb[1] & 0x40;
    s->has_error = (asb[1] & 0x6C) != 0;
    s->is_paper_low = asb[2] & 0x03;
    s->is_paper_out = asb[2] & 0x0C;
}

int escpos_status_cause(const struct escpos_status *s)
{
    if (s->is_cover_open)
        return ERR_PRINTER_COVER;
    if (s->is_paper_out)
        return ERR_PRINTER_PAPER_OUT;
    if (s->is_cutter_error)
        return ERR_PRINTER_CUTTER;
    if (s->is_jammed)
        return ERR_PRINTER_JAM;
    if (s->is_unrecoverable)
        return ERR_PRINTER_FAULT;
    if (s->is_hot)
        return ERR_PRINTER_HOT;
    return s->is_offline || s->has_error ? ERR_PRINTER_FAULT : 0;
}
