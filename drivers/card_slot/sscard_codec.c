/* SPDX-License-Identifier: Apache-2.0 */
/* The dialogue with a social security card. Pure; runs wherever it is called. Personal data:
 * nothing here is logged or kept, and no message says what stood in a record. */
#include "drivers/card_slot/sscard_codec.h"

#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

/* DF name of the application: "sx1.sh." and the four characters for social security in GBK. */
static const uint8_t application[] = {0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9,
                                      0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF};

enum {
    NAME_BYTES = 30,
    NUMBER_BYTES = 18,
    SOCIAL_BYTES = 9,
    BASIC_FILE = 0xEF06,
    SOCIAL_SFI_P2 = 5 << 3 | 4, /* record P1 of the file with short identifier 5 */
    CURRENT_P2 = 0,             /* of the selected file; newer words would be 04 */
    GET_RESPONSE_BYTES = 5,
};

/* What a READ RECORD step asks for. Length: tag, length byte and value. */
struct record {
    uint8_t number, p2, value_bytes;
    bool is_required;
};

static const struct record records[SSCARD_DONE] = {
    [SSCARD_READ_SOCIAL_NUMBER] = {0x07, SOCIAL_SFI_P2, SOCIAL_BYTES, false},
    [SSCARD_READ_NUMBER] = {0x08, CURRENT_P2, NUMBER_BYTES, true},
    [SSCARD_READ_NAME] = {0x09, CURRENT_P2, NAME_BYTES, true},
    [SSCARD_READ_SEX] = {0x0A, CURRENT_P2, 1, false},
    [SSCARD_READ_NATION] = {0x0B, CURRENT_P2, 1, false},
    [SSCARD_READ_BIRTHPLACE] = {0x0C, CURRENT_P2, 3, false},
    [SSCARD_READ_BIRTH] = {0x0D, CURRENT_P2, 4, false},
};

static bool is_record(enum sscard_step step)
{
    return step != SSCARD_SELECT_APPLICATION && step != SSCARD_SELECT_BASIC_FILE &&
           step != SSCARD_DONE;
}

static void step_enter(struct sscard_read *r, enum sscard_step step)
{
    r->step = step;
    r->n_rounds = 0;
    r->is_more = 0;
    r->n = 0;
    bytes_wipe(r->data, sizeof r->data);
    r->le = is_record(step) ? (uint8_t)(records[step].value_bytes + 2) : 0;
}

void sscard_read_begin(struct sscard_read *r)
{
    memset(r, 0, sizeof *r);
    r->card.kind = CARD_SOCIAL_SECURITY;
    step_enter(r, SSCARD_SELECT_APPLICATION);
}

size_t sscard_read_next(const struct sscard_read *r, uint8_t *apdu)
{
    if (r->step == SSCARD_DONE)
        return 0;
    if (r->is_more) { /* GET RESPONSE, ISO/IEC 7816-4 */
        memcpy(apdu, (const uint8_t[]){0x00, 0xC0, 0x00, 0x00, r->more}, GET_RESPONSE_BYTES);
        return GET_RESPONSE_BYTES;
    }
    if (r->step == SSCARD_SELECT_APPLICATION) { /* SELECT by DF name, first occurrence */
        memcpy(apdu, (const uint8_t[]){0x00, 0xA4, 0x04, 0x00, sizeof application}, 5);
        memcpy(apdu + 5, application, sizeof application);
        return 5 + sizeof application;
    }
    if (r->step == SSCARD_SELECT_BASIC_FILE) { /* SELECT an EF under the current DF */
        memcpy(apdu,
               (const uint8_t[]){0x00, 0xA4, 0x02, 0x00, 0x02, BASIC_FILE >> 8, BASIC_FILE & 0xFF},
               7);
        return 7;
    }
    const struct record *rec = &records[r->step]; /* READ RECORD */
    memcpy(apdu, (const uint8_t[]){0x00, 0xB2, rec->number, rec->p2, r->le}, 5);
    return 5;
}

/* ---- values -------------------------------------------------------------------------------- */

int sscard_record_value(const uint8_t *p, size_t n, size_t max, const uint8_t **ret, size_t *ret_n)
{
    if (n < 2 || p[1] == 0 || p[1] > n - 2 || p[1] > max)
        return -1;
    *ret = p + 2;
    *ret_n = p[1];
    return 0;
}

static size_t pad_trim(const uint8_t *p, size_t n)
{
    for (;;) {
        if (n > 0 && (p[n - 1] == 0x00 || p[n - 1] == 0x20 || p[n - 1] == 0xFF))
            n--;
        else if (n > 1 && n % 2 == 0 && p[n - 1] == 0xA1 && p[n - 2] == 0xA1)
            n -= 2; /* wide blank; in a name of two-byte characters only, hence the even length */
        else
            return n;
    }
}

int sscard_name(const uint8_t *p, size_t n, char *out, size_t cap)
{
    char text[NAME_BYTES * 2 + 1]; /* two bytes become three at most */
    out[0] = '\0';
    n = pad_trim(p, n);
    if (n == 0 || n > NAME_BYTES)
        return -1;
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1)
        return -1;
    char *in = (char *)(uintptr_t)p, *to = text; /* iconv does not write through in */
    size_t left = n, room = sizeof text - 1;
    size_t rc = iconv(cd, &in, &left, &to, &room);
    iconv_close(cd);
    size_t used = sizeof text - 1 - room;
    /* rc counts characters that were replaced by something similar: not strict */
    bool is_right = rc == 0 && left == 0 && used > 0 && used < cap && text_is_plain(text, used);
    if (is_right) {
        memcpy(out, text, used);
        out[used] = '\0';
    }
    bytes_wipe(text, sizeof text);
    return is_right ? 0 : -1;
}

static bool check_digit_is_right(const uint8_t *p)
{
    return p[17] == (uint8_t)text_check_11643((const char *)p);
}

/* Digits and capital letters. @return how many letters, -1 anything else */
static int letters_count(const uint8_t *p, size_t n)
{
    int letters = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= 'A' && p[i] <= 'Z')
            letters++;
        else if (p[i] < '0' || p[i] > '9')
            return -1;
    }
    return letters;
}

int sscard_number(const uint8_t *p, size_t n, char *out, size_t cap)
{
    out[0] = '\0';
    n = pad_trim(p, n);
    if (n < 15 || n > NUMBER_BYTES || n >= cap || letters_count(p, n) < 0)
        return -1;
    int letters = letters_count(p, n < 17 ? n : 17);
    if (letters == 0 && (n != NUMBER_BYTES || !check_digit_is_right(p)))
        return -1;
    memcpy(out, p, n);
    out[n] = '\0';
    return 0;
}

int sscard_bcd(const uint8_t *p, size_t n, char *out)
{
    out[0] = '\0';
    for (size_t i = 0; i < n; i++)
        if (p[i] >> 4 > 9 || (p[i] & 15) > 9)
            return -1;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (char)('0' + (p[i] >> 4));
        out[2 * i + 1] = (char)('0' + (p[i] & 15));
    }
    out[2 * n] = '\0';
    return 0;
}

static int number_of(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

int sscard_is_date(const char *text)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 8 || strspn(text, "0123456789") != 8)
        return 0;
    int year = number_of(text, 4), month = number_of(text + 4, 2), day = number_of(text + 6, 2);
    if (year < 1850 || year > 2199 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
        return 0;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month != 2 || day < 29 || is_leap;
}

/* ---- records into the card ----------------------------------------------------------------- */

static int social_number_take(struct card *c, const uint8_t *p, size_t n)
{
    n = pad_trim(p, n);
    if (n == 0 || n >= sizeof c->social_number || letters_count(p, n) < 0)
        return -1;
    memcpy(c->social_number, p, n);
    c->social_number[n] = '\0';
    return 0;
}

/* One sign of GB/T 2261.1, as a character or as its value. */
static int sex_take(struct card *c, uint8_t value)
{
    uint8_t digit = value >= '0' && value <= '9' ? (uint8_t)(value - '0') : value;
    if (digit != 0 && digit != 1 && digit != 2 && digit != 9)
        return -1;
    snprintf(c->sex, sizeof c->sex, "%c", '0' + digit);
    return 0;
}

static int value_take(struct card *c, enum sscard_step step, const uint8_t *p, size_t n)
{
    switch (step) {
    case SSCARD_READ_SOCIAL_NUMBER:
        return social_number_take(c, p, n);
    case SSCARD_READ_NUMBER:
        return sscard_number(p, n, c->number, sizeof c->number);
    case SSCARD_READ_NAME:
        return sscard_name(p, n, c->name, sizeof c->name);
    case SSCARD_READ_SEX:
        return sex_take(c, p[0]);
    case SSCARD_READ_NATION:
        if (sscard_bcd(p, 1, c->nation) != 0 || strcmp(c->nation, "00") == 0)
            bytes_wipe(c->nation, sizeof c->nation);
        return 0;
    case SSCARD_READ_BIRTHPLACE:
        if (n != 3 || sscard_bcd(p, 3, c->birthplace) != 0 || c->birthplace[0] == '0')
            bytes_wipe(c->birthplace, sizeof c->birthplace);
        return 0;
    case SSCARD_READ_BIRTH:
        if (n != 4 || sscard_bcd(p, 4, c->birth) != 0 || !sscard_is_date(c->birth))
            bytes_wipe(c->birth, sizeof c->birth);
        return 0;
    case SSCARD_SELECT_APPLICATION:
    case SSCARD_SELECT_BASIC_FILE:
    case SSCARD_DONE:
        break;
    }
    return -1;
}

static int record_end(struct sscard_read *r, bool is_good, struct err *err)
{
    const uint8_t *value = NULL;
    size_t n = 0;
    enum sscard_step step = r->step;
    const struct record *rec = &records[step];
    int rc = -1;
    if (is_good && sscard_record_value(r->data, r->n, rec->value_bytes, &value, &n) == 0)
        rc = value_take(&r->card, step, value, n);
    step_enter(r, (enum sscard_step)(step + 1));
    if (rc != 0 && rec->is_required)
        return ERR(err, ERR_SLOT_CARD, "record %02X is missing or cannot be understood",
                   rec->number);
    return 0;
}

/* What a refused selection of the application says: another card, or one in trouble. 62 to 65 and
 * 6F are the card's own trouble (file blocked, memory, no diagnosis), the rest says "not here". */
static int selection_refused(uint8_t sw1, uint8_t sw2, struct err *err)
{
    if ((sw1 >= 0x62 && sw1 <= 0x65) || sw1 == 0x6F)
        return ERR(err, ERR_SLOT_CARD, "the application cannot be selected: %02X%02X", sw1, sw2);
    return ERR(err, ERR_SLOT_KIND, "no social security application: %02X%02X", sw1, sw2);
}

static int step_end(struct sscard_read *r, uint8_t sw1, uint8_t sw2, struct err *err)
{
    /* 6282: fewer bytes than asked for; the record's own length tells whether that is enough */
    bool is_good = sw1 == 0x90 || (is_record(r->step) && sw1 == 0x62 && sw2 == 0x82);
    if (is_record(r->step))
        return record_end(r, is_good, err);
    if (is_good || sw1 == 0x61) { /* what 61 offers of a selection is not needed */
        step_enter(r, (enum sscard_step)(r->step + 1));
        return 0;
    }
    if (r->step == SSCARD_SELECT_APPLICATION)
        return selection_refused(sw1, sw2, err);
    return ERR(err, ERR_SLOT_CARD, "the basic file cannot be selected: %02X%02X", sw1, sw2);
}

int sscard_read_take(struct sscard_read *r, const uint8_t *p, size_t n, struct err *err)
{
    if (r->step == SSCARD_DONE || n < 2 || n > SSCARD_ANSWER_BYTES)
        return ERR(err, ERR_SLOT_CARD, "an answer of %zu bytes", n);
    uint8_t sw1 = p[n - 2], sw2 = p[n - 1];
    n -= 2;
    if (n > sizeof r->data - r->n)
        return ERR(err, ERR_SLOT_CARD, "more than %zu bytes in one step", sizeof r->data);
    memcpy(r->data + r->n, p, n);
    r->n += n;
    bool is_again = sw1 == 0x6C || (sw1 == 0x61 && is_record(r->step));
    if (!is_again)
        return step_end(r, sw1, sw2, err);
    if (sw1 == 0x6C)
        r->n -= n; /* it will send everything again */
    if (++r->n_rounds > SSCARD_MAX_ROUNDS)
        return ERR(err, ERR_SLOT_CARD, "the card asks for ever to be asked again");
    if (sw1 == 0x61) {
        r->is_more = 1;
        r->more = sw2;
    } else if (r->is_more) {
        r->more = sw2;
    } else if (is_record(r->step)) {
        r->le = sw2;
    } else { /* our selections ask for no answer, so there is no length to correct */
        return step_end(r, sw1, sw2, err);
    }
    return 0;
}
