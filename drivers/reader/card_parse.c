/* SPDX-License-Identifier: Apache-2.0 */
/* The 256-byte text block of a card, by kind, as a table of fields.
 * Pure; runs wherever it is called. Personal data: nothing here is logged or kept. */
#include <string.h>

#include "base/bytes.h"
#include "drivers/reader/reader_codec.h"

/* How a field is checked on the way in. */
enum field_form {
    FORM_TEXT,   /* characters, no control codes */
    FORM_DIGITS, /* digits over its whole length, or blank */
    FORM_DATE,   /* eight digits */
    FORM_EXPIRY, /* eight digits or the words for "long term" */
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
    FIELD(0, 30, FORM_TEXT, true, name),         FIELD(30, 2, FORM_DIGITS, true, sex),
    FIELD(32, 4, FORM_DIGITS, false, nation),    FIELD(36, 16, FORM_DATE, true, birth),
    FIELD(52, 70, FORM_TEXT, false, address),    FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(158, 30, FORM_TEXT, false, authority), FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to), FIELD_END,
};

static const struct field hmt_fields[] = {
    FIELD(0, 30, FORM_TEXT, true, name),
    FIELD(30, 2, FORM_DIGITS, true, sex),
    FIELD(36, 16, FORM_DATE, true, birth),
    FIELD(52, 70, FORM_TEXT, false, address),
    FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(158, 30, FORM_TEXT, false, authority),
    FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(220, 18, FORM_TEXT, false, permit_number),
    FIELD_END,
};

static const struct field foreigner_2017_fields[] = {
    FIELD(0, 120, FORM_TEXT, true, english_name),
    FIELD(120, 2, FORM_DIGITS, true, sex),
    FIELD(122, 30, FORM_NUMBER, true, number),
    FIELD(152, 6, FORM_NUMBER, true, nationality),
    FIELD(158, 30, FORM_TEXT, false, name),
    FIELD(188, 16, FORM_DATE, true, valid_from),
    FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(220, 16, FORM_DATE, true, birth),
    FIELD_END,
};

static const struct field foreigner_2023_fields[] = {
    FIELD(0, 30, FORM_TEXT, false, name),          FIELD(30, 2, FORM_DIGITS, true, sex),
    FIELD(36, 16, FORM_DATE, true, birth),         FIELD(122, 36, FORM_NUMBER, true, number),
    FIELD(188, 16, FORM_DATE, true, valid_from),   FIELD(204, 16, FORM_EXPIRY, true, valid_to),
    FIELD(242, 6, FORM_NUMBER, true, nationality), FIELD_END,
};

enum {
    KIND_OFFSET = 248,
    ENGLISH_1_OFFSET = 52,
    ENGLISH_1_BYTES = 70,
    ENGLISH_2_OFFSET = 220,
    ENGLISH_2_BYTES = 22,
    PHOTO_MARK_BYTES = 6,
};

/* "WL", width 102, height 126: every photo block known begins so; anything else is no photo. */
static const uint8_t photo_mark[PHOTO_MARK_BYTES] = {0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00};

static const char long_term[] = "\xE9\x95\xBF\xE6\x9C\x9F"; /* 长期 */

/* Control characters, and marks that could turn the reading direction on a screen. */
static bool text_is_plain(const char *s)
{
    size_t n = strlen(s);
    while (n > 0) {
        uint32_t cp = 0;
        size_t used = bytes_utf8_next(s, n, &cp);
        if (used == 0 || cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x200B && cp <= 0x200F) ||
            (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF ||
            cp == 0xFFFD)
            return false;
        s += used;
        n -= used;
    }
    return true;
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
        return !f->is_required;
    switch ((enum field_form)f->form) {
    case FORM_TEXT:
        return text_is_plain(s);
    case FORM_DIGITS:
    case FORM_DATE:
        return all_of(s, chars, false);
    case FORM_EXPIRY:
        return strcmp(s, long_term) == 0 || all_of(s, chars, false);
    case FORM_NUMBER:
        return all_of(s, chars, true);
    }
    return false;
}

static int fields_parse(const struct field *f, const uint8_t *text, struct card *c, struct err *err)
{
    char value[200];
    int r = 0;
    for (; f->bytes > 0 && r == 0; f++) {
        if (bytes_utf16le_to_utf8(text + f->offset, f->bytes, value, sizeof value) != 0 ||
            !form_is_right(f, value) || strlen(value) >= 200)
            r = ERR(err, ERR_READER_CARD_DATA, "the field at %u cannot be understood", f->offset);
        else if (f->form == FORM_EXPIRY && strcmp(value, long_term) == 0)
            c->is_long_term = true;
        else if (strlen(value) < f->cap)
            memcpy((char *)c + f->at, value, strlen(value) + 1);
        else
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
    int r = bytes_utf16le_to_utf8(joined, sizeof joined, c->english_name, sizeof c->english_name);
    bytes_wipe(joined, sizeof joined);
    if (r != 0 || !text_is_plain(c->english_name))
        return ERR(err, ERR_READER_CARD_DATA, "the field at %u cannot be understood",
                   ENGLISH_1_OFFSET);
    return 0;
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
    if (memcmp(photo, photo_mark, PHOTO_MARK_BYTES) == 0) {
        memcpy(ret->photo, photo, SAM_PHOTO_BYTES);
        ret->has_photo = true;
    }
    return 0;
}
