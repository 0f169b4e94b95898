/* SPDX-License-Identifier: Apache-2.0 */
/* The 256-byte text block of a card, by kind, as a table of fields.
 * Pure; runs wherever it is called. Personal data: nothing here is logged or kept. */
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "drivers/reader/reader_codec.h"

/* How a field is checked on the way in. */
enum field_form {
    FORM_TEXT,   /* characters, no control codes */
    FORM_CODE,   /* letters and digits; anything else counts as blank, never as a failure */
    FORM_SEX,    /* one digit */
    FORM_DATE,   /* eight digits */
    FORM_EXPIRY, /* eight digits, the words for "long term", or unknown and kept as it is */
    FORM_NUMBER, /* letters and digits over its whole length */
};

struct field {
    uint8_t offset, bytes; /* in the block */
    uint8_t form;          /* enum field_form */
    bool is_required;
    size_t at, cap; /* in struct card */
};

#define FIELD(off, len, form_, required, member)                                                   \
    {                                                                                              \
        (off), (len), (form_), (required), offsetof(struct card, member),                          \
            sizeof(((struct card *)0)->member)                                                     \
    }
#define FIELD_END                                                                                  \
    {                                                                                              \
        0, 0, 0, false, 0, 0                                                                       \
    }

static const struct field citizen_fields[] = {
    FIELD(0, 30, FORM_TEXT, true, name),         FIELD(30, 2, FORM_SEX, true, sex),
    FIELD(32, 4, FORM_CODE, false, nation),      FIELD(36, 16, FORM_DATE, true, birth),
    FIELD(52, 70, FORM_TEXT, false, address),    FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(158, 30, FORM_TEXT, false, authority), FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to), FIELD_END,
};

static const struct field hmt_fields[] = {
    FIELD(0, 30, FORM_TEXT, true, name),
    FIELD(30, 2, FORM_SEX, true, sex),
    FIELD(36, 16, FORM_DATE, true, birth),
    FIELD(52, 70, FORM_TEXT, false, address),
    FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(158, 30, FORM_TEXT, false, authority),
    FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(220, 18, FORM_CODE, false, permit_number),
    FIELD(238, 4, FORM_CODE, false, n_issued),
    FIELD_END,
};

static const struct field foreigner_2017_fields[] = {
    FIELD(0, 120, FORM_TEXT, true, english_name),
    FIELD(120, 2, FORM_SEX, true, sex),
    FIELD(122, 30, FORM_NUMBER, true, number),
    FIELD(152, 6, FORM_NUMBER, true, nationality),
    FIELD(158, 30, FORM_TEXT, false, name),
    FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(220, 16, FORM_DATE, true, birth),
    FIELD(236, 4, FORM_CODE, false, card_version),
    FIELD(240, 8, FORM_CODE, false, authority_code),
    FIELD_END,
};

static const struct field foreigner_2023_fields[] = {
    FIELD(0, 30, FORM_TEXT, false, name),
    FIELD(30, 2, FORM_SEX, true, sex),
    FIELD(32, 4, FORM_CODE, false, n_issued),
    FIELD(36, 16, FORM_DATE, true, birth),
    FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(242, 6, FORM_NUMBER, true, nationality),
    FIELD_END,
};

enum {
    KIND_OFFSET = 248,
    ENGLISH_1_OFFSET = 52,
    ENGLISH_1_BYTES = 70,
    ENGLISH_2_OFFSET = 220,
    ENGLISH_2_BYTES = 22,
    LINK_OFFSET = 250,
    LINK_BYTES = 6,
    PHOTO_MARK_BYTES = 6,
    VALUE_BYTES = 200, /* the longest field is 120 bytes of UTF-16 */
};

/* "WL", width 102, height 126: every photo block known begins so; anything else is no photo. */
static const uint8_t photo_mark[PHOTO_MARK_BYTES] = {0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00};

static const char long_term[] = "\xE9\x95\xBF\xE6\x9C\x9F"; /* 长期 */

static bool unit_is_blank(uint16_t u)
{
    return u == 0x0020 || u == 0x0000 || u == 0x3000;
}

/* Half a surrogate pair is no character at all; and a NUL inside would hide what follows it. */
static int units_check(const uint8_t *p, size_t n)
{
    size_t units = n / 2;
    while (units > 0 && unit_is_blank(bytes_le16(p + 2 * (units - 1))))
        units--;
    for (size_t i = 0; i < units; i++) {
        uint16_t u = bytes_le16(p + 2 * i);
        if (u == 0)
            return ERR_READER_CARD_DATA;
        if (u < 0xD800 || u > 0xDFFF)
            continue;
        uint16_t low = u < 0xDC00 && i + 1 < units ? bytes_le16(p + 2 * (i + 1)) : 0;
        if (low < 0xDC00 || low > 0xDFFF)
            return ERR_READER_CARD_TEXT;
        i++;
    }
    return 0;
}

/* UTF-16LE to UTF-8 without the blanks around it. @return 0 or the error's code */
static int text_take(const uint8_t *p, size_t n, char *out, size_t cap)
{
    while (n >= 2 && unit_is_blank(bytes_le16(p))) {
        p += 2;
        n -= 2;
    }
    out[0] = '\0';
    int r = units_check(p, n);
    if (r != 0)
        return r;
    return bytes_utf16le_to_utf8(p, n, out, cap) == 0 ? 0 : ERR_READER_CARD_DATA;
}

static bool all_of(const char *s, size_t n, bool letters_too)
{
    if (strlen(s) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!(s[i] >= '0' && s[i] <= '9') && !(letters_too && s[i] >= 'A' && s[i] <= 'Z'))
            return false;
    return true;
}

static bool form_is_right(const struct field *f, const char *s)
{
    size_t chars = f->bytes / 2u;
    if (s[0] == '\0')
        return !f->is_required || f->form == FORM_EXPIRY;
    switch ((enum field_form)f->form) {
    case FORM_TEXT:
    case FORM_EXPIRY:
        return text_is_plain(s, strlen(s));
    case FORM_CODE:
        return true;
    case FORM_SEX:
    case FORM_DATE:
        return all_of(s, chars, false);
    case FORM_NUMBER:
        return all_of(s, chars, true);
    }
    return false;
}

/* @return false when the value does not fit its place */
static bool value_keep(const struct field *f, const char *s, struct card *c)
{
    char *out = (char *)c + f->at;
    size_t cap = f->cap, n = strlen(s);
    if (f->form == FORM_EXPIRY && strcmp(s, long_term) == 0) {
        c->is_long_term = true;
        return true;
    }
    if (f->form == FORM_EXPIRY && !all_of(s, f->bytes / 2u, false)) {
        out = c->valid_to_raw;
        cap = sizeof c->valid_to_raw;
    }
    if (f->form == FORM_CODE && !all_of(s, n, true))
        return true;
    if (n >= cap)
        return false;
    memcpy(out, s, n + 1);
    return true;
}

static int fields_parse(const struct field *f, const uint8_t *text, struct card *c, struct err *err)
{
    char value[VALUE_BYTES];
    int r = 0;
    for (; f->bytes > 0 && r == 0; f++) {
        int taken = text_take(text + f->offset, f->bytes, value, sizeof value);
        if (taken != 0 && f->form == FORM_CODE)
            continue;
        if (taken != 0)
            r = ERR(err, taken, "the field at %u holds what is no text", f->offset);
        else if (!form_is_right(f, value))
            r = ERR(err, ERR_READER_CARD_DATA, "the field at %u cannot be understood", f->offset);
        else if (!value_keep(f, value, c))
            r = ERR(err, ERR_READER_CARD_DATA, "the field at %u is too long", f->offset);
    }
    bytes_wipe(value, sizeof value);
    return r;
}

/* The five-star card has its English name in two fields, joined before trimming: the first may
 * end in a real space. */
static int english_join(const uint8_t *text, struct card *c, struct err *err)
{
    uint8_t joined[ENGLISH_1_BYTES + ENGLISH_2_BYTES];
    memcpy(joined, text + ENGLISH_1_OFFSET, ENGLISH_1_BYTES);
    memcpy(joined + ENGLISH_1_BYTES, text + ENGLISH_2_OFFSET, ENGLISH_2_BYTES);
    int r = text_take(joined, sizeof joined, c->english_name, sizeof c->english_name);
    bytes_wipe(joined, sizeof joined);
    if (r == 0 && !text_is_plain(c->english_name, strlen(c->english_name)))
        r = ERR_READER_CARD_DATA;
    if (r == 0 && c->english_name[0] == '\0' && c->name[0] == '\0')
        r = ERR_READER_CARD_DATA;
    return r == 0 ? 0 : ERR(err, r, "the name at %u cannot be understood", ENGLISH_1_OFFSET);
}

static void old_number_fill(const uint8_t *text, struct card *c)
{
    char link[12];
    if (text_take(text + LINK_OFFSET, LINK_BYTES, link, sizeof link) == 0)
        card_old_number(c, link, c->old_number);
    bytes_wipe(link, sizeof link);
}

int card_parse(const uint8_t text[SAM_TEXT_BYTES], const uint8_t photo[SAM_PHOTO_BYTES],
               struct card *ret, struct err *err)
{
    memset(ret, 0, sizeof *ret);
    const struct field *fields = citizen_fields;
    uint16_t kind = bytes_le16(text + KIND_OFFSET);
    ret->kind = CARD_CITIZEN;
    if (kind == 'J') {
        ret->kind = CARD_HMT;
        fields = hmt_fields;
    } else if (kind == 'I') {
        ret->kind = CARD_FOREIGNER_2017;
        fields = foreigner_2017_fields;
    } else if (kind == 'Y') {
        ret->kind = CARD_FOREIGNER_2023;
        fields = foreigner_2023_fields;
    }
    int r = fields_parse(fields, text, ret, err);
    if (r == 0 && ret->kind == CARD_FOREIGNER_2023)
        r = english_join(text, ret, err);
    if (r != 0) {
        bytes_wipe(ret, sizeof *ret);
        return r;
    }
    if (ret->kind == CARD_FOREIGNER_2023)
        old_number_fill(text, ret);
    ret->doubts = card_doubts_of(ret);
    if (memcmp(photo, photo_mark, PHOTO_MARK_BYTES) == 0) {
        memcpy(ret->photo, photo, SAM_PHOTO_BYTES);
        ret->has_photo = true;
    }
    return 0;
}

int card_parse_address(const uint8_t data[SAM_ADDRESS_BYTES], char *ret, size_t cap,
                       struct err *err)
{
    int r = text_take(data, SAM_ADDRESS_BYTES, ret, cap);
    if (r == 0 && !text_is_plain(ret, strlen(ret)))
        r = ERR_READER_CARD_DATA;
    if (r == 0)
        return 0;
    bytes_wipe(ret, cap);
    return ERR(err, r, "the added address cannot be understood");
}
