/* SPDX-License-Identifier: Apache-2.0 */
/* HID report descriptors of bar code scanners. Pure. */
#include "drivers/scanner/hid_report.h"

#include <string.h>

enum {
    /* usage page and usage in one number, as extended usages have it */
    USAGE_KEYBOARD = 0x010006,
    USAGE_KEYPAD = 0x010007,
    USAGE_BYTE_COUNT = 0x01003B,
    USAGE_SCANNER = 0x8C0002,
    USAGE_TRIGGER_REPORT = 0x8C0014,
    USAGE_AIM_1 = 0x8C00FB,
    USAGE_AIM_3 = 0x8C00FD,
    USAGE_DATA = 0x8C00FE,
    USAGE_CONTINUED = 0x8C00FF,

    MAIN_INPUT = 0x8,
    MAIN_OUTPUT = 0x9,
    MAIN_COLLECTION = 0xA,
    MAIN_END_COLLECTION = 0xC,
    IS_CONSTANT = 1, /* bit 0 of an Input or Output item */

    MAX_USAGES = 64,
    MAX_DEPTH = 16,
    MAX_PUSHES = 4,
    MAX_BITS = HID_REPORT_MAX * 8,
};

static const uint32_t trigger_usages[HID_TRIGGER_N_BITS] = {
    [HID_TRIGGER_PREVENT] = 0x8C005F,
    [HID_TRIGGER_INITIATE] = 0x8C0060,
    [HID_TRIGGER_BEEP_ERROR] = 0x8C0085,
    [HID_TRIGGER_BEEP_GOOD] = 0x8C0086,
};

struct globals {
    uint32_t usage_page, size_bits, count, id;
    bool has_id;
};

/* Where a field was found; report ids tell whether it belongs to the data. */
struct found {
    bool is_there;
    uint32_t id;
};

struct parser {
    struct globals g, stack[MAX_PUSHES];
    size_t n_stack;
    uint32_t usage[MAX_USAGES], usage_min;
    size_t n_usages;
    unsigned depth, scanner_depth, trigger_depth; /* 0: outside that collection */
    uint32_t in_bits[256], out_bits[256];         /* of each report id, so far */
    struct hid_layout layout;
    struct found length, data, aim, continued;
    struct hid_trigger trigger;
    struct found trigger_bits;
    bool is_keyboard;
};

/* Short item: 1 byte prefix, 0, 1, 2 or 4 bytes of data, little-endian. Clause 6.2.2.2. */
static uint32_t item_value(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)p[i] << (8 * i);
    return v;
}

/* Usage, Usage Minimum and Usage Maximum. Clause 6.2.2.8. */
static void take_local(struct parser *s, unsigned tag, uint32_t value, size_t n)
{
    uint32_t usage = n == 4 ? value : s->g.usage_page << 16 | value;
    if (tag == 0x1) {
        s->usage_min = usage;
    } else if (tag == 0x2) {
        for (uint32_t u = s->usage_min; u <= usage && s->n_usages < MAX_USAGES; u++)
            s->usage[s->n_usages++] = u;
    } else if (tag == 0x0 && s->n_usages < MAX_USAGES) {
        s->usage[s->n_usages++] = usage;
    }
}

static void take_scan_field(struct parser *s, uint32_t usage, uint32_t at_bit, uint32_t bits)
{
    struct hid_layout *l = &s->layout;
    const struct found here = {true, s->g.id};
    size_t at = at_bit / 8 + (s->g.has_id ? 1 : 0);
    bool is_whole = at_bit % 8 == 0 && bits % 8 == 0;
    if (s->data.is_there && s->data.id != s->g.id)
        return; /* the first report with data is the scan */
    if (usage == USAGE_BYTE_COUNT && is_whole && bits == 8) {
        l->length_at = at;
        s->length = here;
    } else if (usage >= USAGE_AIM_1 && usage <= USAGE_AIM_3 && is_whole && bits == 8) {
        if (usage == USAGE_AIM_1)
            l->aim_at = at;
        if (usage == USAGE_AIM_3 && at == l->aim_at + 2)
            s->aim = here;
    } else if (usage == USAGE_DATA && is_whole && !s->data.is_there) {
        l->data_at = at;
        l->data_bytes = bits / 8;
        l->has_report_id = s->g.has_id;
        l->report_id = (uint8_t)s->g.id;
        s->data = here;
    } else if (usage == USAGE_CONTINUED && bits == 1) {
        l->continued_byte = at;
        l->continued_mask = (uint8_t)(1u << at_bit % 8);
        s->continued = here;
    }
}

static void take_trigger_field(struct parser *s, uint32_t usage, uint32_t at_bit, uint32_t bits)
{
    if (s->trigger_depth == 0 || bits != 1 ||
        (s->trigger_bits.is_there && s->trigger_bits.id != s->g.id))
        return;
    for (size_t i = 0; i < HID_TRIGGER_N_BITS; i++) {
        if (usage != trigger_usages[i])
            continue;
        s->trigger.bit[i].byte = at_bit / 8 + (s->g.has_id ? 1 : 0);
        s->trigger.bit[i].mask = (uint8_t)(1u << at_bit % 8);
        s->trigger.has_report_id = s->g.has_id;
        s->trigger.report_id = (uint8_t)s->g.id;
        s->trigger_bits = (struct found){true, s->g.id};
    }
}

/* Input or Output item: `count` fields of `size` bits. When there are fewer usages than fields the
 * last usage stands for the rest, which is then one field of that meaning. Clauses 6.2.2.5 and
 * 6.2.2.8. */
static int take_fields(struct parser *s, unsigned tag, uint32_t value, struct err *err)
{
    uint32_t *at = tag == MAIN_INPUT ? &s->in_bits[s->g.id & 255] : &s->out_bits[s->g.id & 255];
    if (s->g.size_bits == 0 || s->g.size_bits > 64 || s->g.count == 0 ||
        s->g.count > MAX_BITS / s->g.size_bits || *at + s->g.count * s->g.size_bits > MAX_BITS)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "a report of more than %d bytes", HID_REPORT_MAX);
    bool is_of_scanner = s->scanner_depth > 0 && !(value & IS_CONSTANT);
    for (uint32_t i = 0; is_of_scanner && i < s->g.count && i < s->n_usages; i++) {
        bool is_last = i + 1 == s->n_usages;
        uint32_t bits = is_last ? (s->g.count - i) * s->g.size_bits : s->g.size_bits;
        if (tag == MAIN_INPUT)
            take_scan_field(s, s->usage[i], *at + i * s->g.size_bits, bits);
        else
            take_trigger_field(s, s->usage[i], *at + i * s->g.size_bits, bits);
    }
    *at += s->g.count * s->g.size_bits;
    return 0;
}

static int take_collection(struct parser *s, struct err *err)
{
    uint32_t usage = s->n_usages > 0 ? s->usage[0] : 0;
    if (++s->depth > MAX_DEPTH)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "collections nested too deep");
    if (s->scanner_depth == 0 && usage == USAGE_SCANNER)
        s->scanner_depth = s->depth;
    if (s->trigger_depth == 0 && usage == USAGE_TRIGGER_REPORT)
        s->trigger_depth = s->depth;
    if (s->depth == 1 && (usage == USAGE_KEYBOARD || usage == USAGE_KEYPAD))
        s->is_keyboard = true;
    return 0;
}

static int take_main(struct parser *s, unsigned tag, uint32_t value, struct err *err)
{
    int rc = 0;
    if (tag == MAIN_INPUT || tag == MAIN_OUTPUT) {
        rc = take_fields(s, tag, value, err);
    } else if (tag == MAIN_COLLECTION) {
        rc = take_collection(s, err);
    } else if (tag == MAIN_END_COLLECTION) {
        if (s->depth == 0)
            return ERR(err, ERR_SCANNER_DESCRIPTOR, "a collection ends that never began");
        if (s->scanner_depth == s->depth)
            s->scanner_depth = 0;
        if (s->trigger_depth == s->depth)
            s->trigger_depth = 0;
        s->depth--;
    }
    s->n_usages = 0; /* local items end with their main item */
    s->usage_min = 0;
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

static int parse(struct parser *s, const uint8_t *descriptor, size_t n, struct err *err)
{
    size_t i = 0;
    memset(s, 0, sizeof *s);
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
            rc = take_main(s, tag, value, err);
        else if (type == 1)
            rc = take_global(s, tag, value, err);
        else if (type == 2)
            take_local(s, tag, value, bytes);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static size_t report_bytes(uint32_t bits, bool has_id)
{
    return (bits + 7) / 8 + (has_id ? 1 : 0);
}

int hid_layout_find(const uint8_t *descriptor, size_t n, struct hid_layout *ret, struct err *err)
{
    struct parser s;
    int rc = parse(&s, descriptor, n, err);
    if (rc < 0)
        return rc;
    struct hid_layout *l = &s.layout;
    if (!s.data.is_there || !s.length.is_there || s.length.id != s.data.id)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "no scanned data with a byte count");
    l->has_aim = s.aim.is_there && s.aim.id == s.data.id;
    if (!s.continued.is_there || s.continued.id != s.data.id) {
        l->continued_byte = 0;
        l->continued_mask = 0;
    }
    l->report_bytes = report_bytes(s.in_bits[s.data.id & 255], l->has_report_id);
    if (l->report_bytes > HID_REPORT_MAX || l->data_bytes == 0 ||
        l->data_at + l->data_bytes > l->report_bytes || l->length_at >= l->report_bytes ||
        l->continued_byte >= l->report_bytes ||
        (l->has_aim && l->aim_at + sizeof((struct hid_scan *)0)->aim > l->report_bytes))
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "fields outside their report");
    *ret = *l;
    return 0;
}

bool hid_is_keyboard(const uint8_t *descriptor, size_t n)
{
    struct parser s;
    return parse(&s, descriptor, n, NULL) == 0 && s.is_keyboard;
}

int hid_layout_known(char letter, struct hid_layout *ret)
{
    if (letter < 'a' || letter > 'c')
        return ERR_INVALID;
    *ret = (struct hid_layout){.has_report_id = true,
                               .report_id = 2,
                               .report_bytes = 64,
                               .length_at = 1,
                               .data_at = letter == 'a'   ? 5
                                          : letter == 'b' ? 6
                                                          : 2,
                               .data_bytes = 56,
                               .has_aim = letter != 'c',
                               .aim_at = letter == 'b' ? 3 : 2,
                               .continued_byte = 63,
                               .continued_mask = 1};
    return 0;
}

int hid_trigger_find(const uint8_t *descriptor, size_t n, struct hid_trigger *ret)
{
    struct parser s;
    if (parse(&s, descriptor, n, NULL) < 0 || !s.trigger_bits.is_there)
        return ERR_NOT_FOUND;
    struct hid_trigger *t = &s.trigger;
    t->report_bytes = report_bytes(s.out_bits[s.trigger_bits.id & 255], t->has_report_id);
    if (t->report_bytes > HID_TRIGGER_MAX)
        return ERR_NOT_FOUND;
    *ret = *t;
    return 0;
}

size_t hid_trigger_write(const struct hid_trigger *trigger, unsigned bits, uint8_t *out)
{
    bool is_any = bits == 0;
    memset(out, 0, HID_TRIGGER_MAX);
    if (trigger->has_report_id)
        out[0] = trigger->report_id;
    for (size_t i = 0; i < HID_TRIGGER_N_BITS; i++) {
        if (!(bits & 1u << i) || trigger->bit[i].mask == 0)
            continue;
        out[trigger->bit[i].byte] |= trigger->bit[i].mask;
        is_any = true;
    }
    return is_any ? trigger->report_bytes : 0;
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
