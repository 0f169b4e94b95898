/* SPDX-License-Identifier: Apache-2.0 */
/* Items of HID report descriptors. Pure. */
#include "drivers/hid/hid_items.h"

#include <string.h>

enum {
    LONG_ITEM = 0xFE,
    MAX_DEPTH = 16,
    MAX_PUSHES = 4,
    MAX_USAGES = 65536,
    MAX_BITS = HID_REPORT_MAX * 8,
};

struct walk {
    int error_code;
    hid_main_fn fn;
    void *arg;
    struct hid_main m; /* globals and locals gather here until a main item takes them */
    struct hid_globals stack[MAX_PUSHES];
    size_t n_stack;
    uint32_t usage_min;
    unsigned depth;
    uint32_t in_bits[256], out_bits[256]; /* of each report id, so far */
};

/* Short item: 1 byte prefix, 0, 1, 2 or 4 bytes of data, little-endian. Clause 6.2.2.2. */
static uint32_t item_value(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)p[i] << (8 * i);
    return v;
}

static int32_t item_signed(uint32_t value, size_t n)
{
    return n == 1 ? (int8_t)value : n == 2 ? (int16_t)value : (int32_t)value;
}

static void add_range(struct hid_main *m, uint32_t min, uint32_t max)
{
    if (m->n_ranges == HID_RANGES_MAX || max < min || max - min >= MAX_USAGES - m->n_usages)
        return; /* more than any field can mean */
    m->range[m->n_ranges].min = min;
    m->range[m->n_ranges++].max = max;
    m->n_usages += max - min + 1;
}

/* Usage, Usage Minimum and Usage Maximum. Clause 6.2.2.8. */
static void take_local(struct walk *w, unsigned tag, uint32_t value, size_t n)
{
    uint32_t usage = n == 4 ? value : w->m.g.usage_page << 16 | value;
    if (tag == 0x0)
        add_range(&w->m, usage, usage);
    else if (tag == 0x1)
        w->usage_min = usage;
    else if (tag == 0x2)
        add_range(&w->m, w->usage_min, usage);
}

/* Input or Output item: `count` fields of `size` bits. Clause 6.2.2.5. */
static int take_fields(struct walk *w, struct err *err)
{
    const struct hid_globals *g = &w->m.g;
    uint32_t *at = w->m.kind == HID_INPUT ? &w->in_bits[g->id & 255] : &w->out_bits[g->id & 255];
    if (g->size_bits == 0 || g->size_bits > 64 || g->count == 0 ||
        g->count > MAX_BITS / g->size_bits || *at + g->count * g->size_bits > MAX_BITS)
        return ERR(err, w->error_code, "a report of more than %d bytes", HID_REPORT_MAX);
    w->m.at_bit = *at;
    *at += g->count * g->size_bits;
    return 0;
}

static int take_main(struct walk *w, unsigned tag, uint32_t value, struct err *err)
{
    int rc = 0;
    w->m.kind = (enum hid_main_kind)tag;
    w->m.flags = value;
    if (tag == HID_INPUT || tag == HID_OUTPUT)
        rc = take_fields(w, err);
    else if (tag == HID_COLLECTION && ++w->depth > MAX_DEPTH)
        rc = ERR(err, w->error_code, "collections nested too deep");
    else if (tag == HID_END_COLLECTION && w->depth == 0)
        rc = ERR(err, w->error_code, "a collection ends that never began");
    w->m.depth = w->depth;
    if (rc == 0 && tag >= HID_INPUT && tag <= HID_END_COLLECTION)
        rc = w->fn(w->arg, &w->m, err);
    if (tag == HID_END_COLLECTION && w->depth > 0)
        w->depth--;
    w->m.n_usages = w->m.n_ranges = 0; /* local items end with their main item */
    w->usage_min = 0;
    return rc;
}

static int take_global(struct walk *w, unsigned tag, uint32_t v, size_t n, struct err *err)
{
    struct hid_globals *g = &w->m.g;
    if (tag == 0x0) {
        g->usage_page = v & 0xFFFF;
    } else if (tag == 0x1) {
        g->logical_min = item_signed(v, n);
    } else if (tag == 0x7) {
        g->size_bits = v;
    } else if (tag == 0x8) {
        if (v == 0 || v > 255)
            return ERR(err, w->error_code, "report id %u", v);
        g->id = v;
        g->has_id = true;
    } else if (tag == 0x9) {
        g->count = v;
    } else if (tag == 0xA) { /* Push */
        if (w->n_stack == MAX_PUSHES)
            return ERR(err, w->error_code, "too many pushes");
        w->stack[w->n_stack++] = *g;
    } else if (tag == 0xB) { /* Pop */
        if (w->n_stack == 0)
            return ERR(err, w->error_code, "a pop without a push");
        *g = w->stack[--w->n_stack];
    }
    return 0;
}

static int take_item(struct walk *w, uint8_t prefix, uint32_t value, size_t bytes, struct err *err)
{
    unsigned type = prefix >> 2 & 3, tag = prefix >> 4;
    if (type == 0)
        return take_main(w, tag, value, err);
    if (type == 1)
        return take_global(w, tag, value, bytes, err);
    if (type == 2)
        take_local(w, tag, value, bytes);
    return 0;
}

int hid_items_walk(const uint8_t *descriptor, size_t n, int error_code, hid_main_fn fn, void *arg,
                   struct err *err)
{
    struct walk w = {.error_code = error_code, .fn = fn, .arg = arg};
    int rc = 0;
    if (n > HID_DESCRIPTOR_MAX)
        return ERR(err, error_code, "%zu bytes of descriptor", n);
    for (size_t i = 0; i < n && rc == 0;) {
        uint8_t prefix = descriptor[i++];
        if (prefix == LONG_ITEM) { /* length, tag, data; clause 6.2.2.3 */
            if (i + 2 > n || i + 2 + descriptor[i] > n)
                return ERR(err, error_code, "cut off at byte %zu", i);
            i += 2u + descriptor[i];
            continue;
        }
        size_t bytes = (prefix & 3) == 3 ? 4 : prefix & 3;
        if (i + bytes > n)
            return ERR(err, error_code, "cut off at byte %zu", i);
        rc = take_item(&w, prefix, item_value(descriptor + i, bytes), bytes, err);
        i += bytes;
    }
    return rc;
}

uint32_t hid_main_usage(const struct hid_main *m, size_t i)
{
    for (size_t r = 0; r < m->n_ranges; r++) {
        size_t n = (size_t)m->range[r].max - m->range[r].min + 1;
        if (i < n)
            return m->range[r].min + (uint32_t)i;
        i -= n;
    }
    return 0;
}
