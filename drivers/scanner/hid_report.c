/* SPDX-License-Identifier: Apache-2.0 */
/* HID report descriptors of bar code scanners. Pure. */
#include "drivers/scanner/hid_report.h"

#include <string.h>

enum {
    /* usage page and usage in one number, as extended usages have it */
    USAGE_SCANNER = 0x8C0002,
    USAGE_AIM_1 = 0x8C00FB,
    USAGE_AIM_3 = 0x8C00FD,
    USAGE_DATA = 0x8C00FE,
    USAGE_CONTINUED = 0x8C00FF,
    USAGE_BYTE_COUNT = 0x01003B,

    MAX_USAGES = 64,
    MAX_DEPTH = 16,
    MAX_PUSHES = 4,
    MAX_BITS = HID_REPORT_MAX * 8,
};

struct globals {
    uint32_t usage_page, size_bits, count, id;
    bool has_id;
};

struct parser {
    struct globals g, stack[MAX_PUSHES];
    size_t n_stack;
    uint32_t usage[MAX_USAGES];
    size_t n_usages;
    unsigned depth, scanner_depth; /* 0: outside the bar code collection */
    uint32_t bits[256];            /* of each report id, so far */
    struct hid_layout layout;
    uint32_t layout_id;
    bool has_length, has_data;
};

/* Short item: 1 byte prefix, 0, 1, 2 or 4 bytes of data, little-endian. Clause 6.2.2.2. */
static uint32_t item_value(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)p[i] << (8 * i);
    return v;
}

static void usage_add(struct parser *s, uint32_t value, size_t n)
{
    if (s->n_usages < MAX_USAGES)
        s->usage[s->n_usages++] = n == 4 ? value : s->g.usage_page << 16 | value;
}

static void take_field(struct parser *s, uint32_t usage, uint32_t at_bit, uint32_t bits)
{
    struct hid_layout *l = &s->layout;
    size_t at = at_bit / 8 + (s->g.has_id ? 1 : 0);
    bool is_whole = at_bit % 8 == 0 && bits % 8 == 0;
    if (s->has_data && s->layout_id != s->g.id)
        return; /* the first report with data is the scan */
    if (usage == USAGE_BYTE_COUNT && is_whole && bits == 8) {
        l->length_at = at;
        s->has_length = true;
        s->layout_id = s->g.id;
    } else if (usage >= USAGE_AIM_1 && usage <= USAGE_AIM_3 && is_whole && bits == 8) {
        if (usage == USAGE_AIM_1)
            l->aim_at = at;
        l->has_aim |= usage == USAGE_AIM_3 && at == l->aim_at + 2;
    } else if (usage == USAGE_DATA && is_whole && !s->has_data) {
        l->data_at = at;
        l->data_bytes = bits / 8;
        l->has_report_id = s->g.has_id;
        l->report_id = (uint8_t)s->g.id;
        s->layout_id = s->g.id;
        s->has_data = true;
    } else if (usage == USAGE_CONTINUED && bits == 1) {
        l->continued_byte = at;
        l->continued_mask = (uint8_t)(1u << at_bit % 8);
    }
}

/* Input item: `count` fields of `size` bits; the last usage repeats. Clause 6.2.2.5, 6.2.2.8. */
static int take_input(struct parser *s, struct err *err)
{
    uint32_t *at = &s->bits[s->g.id & 255];
    if (s->g.size_bits == 0 || s->g.size_bits > 64 || s->g.count == 0 ||
        s->g.count > MAX_BITS / s->g.size_bits || *at + s->g.count * s->g.size_bits > MAX_BITS)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "a report of more than %d bytes", HID_REPORT_MAX);
    uint32_t total = s->g.count * s->g.size_bits;
    if (s->scanner_depth > 0 && s->n_usages == 1) {
        take_field(s, s->usage[0], *at, total); /* an array of one meaning is one field */
    } else if (s->scanner_depth > 0) {
        for (uint32_t i = 0; i < s->g.count && i < s->n_usages; i++)
            take_field(s, s->usage[i], *at + i * s->g.size_bits, s->g.size_bits);
    }
    *at += total;
    return 0;
}

static int take_main(struct parser *s, unsigned tag, struct err *err)
{
    int rc = 0;
    if (tag == 0x8) {
        rc = take_input(s, err);
    } else if (tag == 0xA) { /* Collection */
        if (++s->depth > MAX_DEPTH)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "collections nested too deep");
        if (s->scanner_depth == 0 && s->n_usages > 0 && s->usage[0] == USAGE_SCANNER)
            s->scanner_depth = s->depth;
    } else if (tag == 0xC) { /* End Collection */
        if (s->depth == 0)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "a collection ends that never began");
        if (s->scanner_depth == s->depth)
            s->scanner_depth = 0;
        s->depth--;
    }
    s->n_usages = 0; /* local items end with their main item */
    return rc;
}

static int take_global(struct parser *s, unsigned tag, uint32_t v, struct err *err)
{
    if (tag == 0x0) {
        s->g.usage_page = v & 0xFFFF;
    } else if (tag == 0x7) {
        s->g.size_bits = v;
    } else if (tag == 0x8) {
        if (v == 0 || v > 255)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "report id %u", v);
        s->g.id = v;
        s->g.has_id = true;
    } else if (tag == 0x9) {
        s->g.count = v;
    } else if (tag == 0xA) { /* Push */
        if (s->n_stack == MAX_PUSHES)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "too many pushes");
        s->stack[s->n_stack++] = s->g;
    } else if (tag == 0xB) { /* Pop */
        if (s->n_stack == 0)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "a pop without a push");
        s->g = s->stack[--s->n_stack];
    }
    return 0;
}

static int layout_finish(struct parser *s, struct hid_layout *ret, struct err *err)
{
    if (!s->has_data || !s->has_length)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "no scanned data with a byte count");
    struct hid_layout *l = &s->layout;
    l->report_bytes = (s->bits[s->layout_id & 255] + 7) / 8 + (l->has_report_id ? 1 : 0);
    if (l->report_bytes > HID_REPORT_MAX || l->data_bytes == 0 ||
        l->data_at + l->data_bytes > l->report_bytes || l->length_at >= l->report_bytes ||
        l->continued_byte >= l->report_bytes ||
        (l->has_aim && l->aim_at + sizeof((struct hid_scan *)0)->aim > l->report_bytes))
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "fields outside their report");
    *ret = *l;
    return 0;
}

int hid_layout_find(const uint8_t *descriptor, size_t n, struct hid_layout *ret, struct err *err)
{
    struct parser s = {0};
    size_t i = 0;
    if (n > HID_DESCRIPTOR_MAX)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "%zu bytes of descriptor", n);
    while (i < n) {
        uint8_t prefix = descriptor[i++];
        if (prefix == 0xFE) { /* long item: length, tag, data; clause 6.2.2.3 */
            if (i + 2 > n || i + 2 + descriptor[i] > n)
                return ERR(err, ERR_SCANNER_DESCRIPTOR, "cut off at byte %zu", i);
            i += 2u + descriptor[i];
            continue;
        }
        size_t bytes = (prefix & 3) == 3 ? 4 : prefix & 3;
        if (i + bytes > n)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "cut off at byte %zu", i);
        uint32_t value = item_value(descriptor + i, bytes);
        unsigned type = prefix >> 2 & 3, tag = prefix >> 4;
        int rc = 0;
        i += bytes;
        if (type == 0)
            rc = take_main(&s, tag, err);
        else if (type == 1)
            rc = take_global(&s, tag, value, err);
        else if (type == 2 && tag == 0)
            usage_add(&s, value, bytes);
        if (rc < 0)
            return rc;
    }
    return layout_finish(&s, ret, err);
}

int hid_scan_parse(const struct hid_layout *layout, const uint8_t *report, size_t n,
                   struct hid_scan *ret, struct err *err)
{
    memset(ret, 0, sizeof *ret);
    if (n == 0)
        return ERR(err, ERR_SCANNER_REPORT, "an empty report");
    if (layout->has_report_id && report[0] != layout->report_id)
        return ERR_NOT_FOUND;
    if (n < layout->report_bytes)
        return ERR(err, ERR_SCANNER_REPORT, "%zu bytes of %zu", n, layout->report_bytes);
    size_t length = report[layout->length_at];
    ret->data = report + layout->data_at;
    if (layout->has_aim)
        memcpy(ret->aim, report + layout->aim_at, sizeof ret->aim);
    ret->is_continued = (report[layout->continued_byte] & layout->continued_mask) != 0;
    if (length > layout->data_bytes)
        return ERR(err, ERR_SCANNER_REPORT, "length %zu in a field of %zu", length,
                   layout->data_bytes);
    ret->n = length;
    return 0;
}
