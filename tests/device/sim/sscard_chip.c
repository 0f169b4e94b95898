/* SPDX-License-Identifier: Apache-2.0 */
/* What the card answers. Source: ISO/IEC 7816-4: SELECT 7.1.1, READ RECORD 7.3.3, GET RESPONSE
 * 7.6.1, status words 5.6; SIMPLE-TLV records, whose tag is the record identifier. */
#include <iconv.h>
#include <string.h>

#include "sscard_priv.h"

static const uint8_t df_name[] = "sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
static const uint8_t other_name[] = "\xA0\x00\x00\x03\x33\x01\x01"; /* a payment application */

static size_t sw(uint8_t *out, size_t n, unsigned word)
{
    out[n] = (uint8_t)(word >> 8);
    out[n + 1] = (uint8_t)word;
    return n + 2;
}

size_t chip_reset(struct chip *c, uint8_t *ret_atr)
{
    static const uint8_t t0[] = {0x3B, 0x00}, t1[] = {0x3B, 0x80, 0x01, 0x81};
    size_t n = c->is_t1 ? sizeof t1 : sizeof t0;

    c->has_application = false;
    c->file = 0;
    c->n_waiting = 0;
    memcpy(ret_atr, c->is_t1 ? t1 : t0, n);
    return n;
}

static size_t put_text(uint8_t *out, const char *text, size_t width, uint8_t pad)
{
    size_t n = strlen(text);

    memset(out, pad, width);
    memcpy(out, text, n < width ? n : width);
    return n > 0 ? width : 0;
}

static size_t put_digits(uint8_t *out, const char *text)
{
    size_t n = strlen(text) / 2;

    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)((text[2 * i] - '0') << 4 | (text[2 * i + 1] - '0'));
    return n;
}

static size_t put_name(const struct sscard_person *p, uint8_t *out)
{
    char *in = (char *)(uintptr_t)p->name, *to = (char *)out;
    size_t left = strlen(p->name), room = 30;
    iconv_t cd = iconv_open("GB18030", "UTF-8");

    memset(out, p->name_pad, 30);
    if (left == 0 || cd == (iconv_t)-1)
        return 0;
    (void)iconv(cd, &in, &left, &to, &room); /* a name that is too long is cut, as on real cards */
    iconv_close(cd);
    return 30;
}

/* A record of a file. @return its bytes, 0 when there is none */
static size_t record_make(const struct sscard_person *p, int file, unsigned id, uint8_t *out)
{
    size_t n = 0;

    if (file == 5 && id == 0x07)
        n = put_text(out + 2, p->social, 9, 0x20);
    else if (file == 6 && id == 0x08)
        n = put_text(out + 2, p->number, 18, 0x20);
    else if (file == 6 && id == 0x09)
        n = put_name(p, out + 2);
    else if (file == 6 && id == 0x0A)
        n = put_text(out + 2, p->sex, 1, 0x20);
    else if (file == 6 && id == 0x0B)
        n = put_digits(out + 2, p->ethnic);
    else if (file == 6 && id == 0x0C)
        n = put_digits(out + 2, p->birthplace);
    else if (file == 6 && id == 0x0D)
        n = put_digits(out + 2, p->birth);
    if (n == 0)
        return 0;
    out[0] = (uint8_t)id;
    out[1] = (uint8_t)n;
    return n + 2;
}

/* A selection that has control information to offer: T=0 offers it by 61xx, T=1 was not asked. */
static size_t selected(struct chip *c, const uint8_t *name, size_t n, uint8_t *out)
{
    c->waiting[0] = 0x6F;
    c->waiting[1] = (uint8_t)(n + 2);
    c->waiting[2] = 0x84;
    c->waiting[3] = (uint8_t)n;
    memcpy(c->waiting + 4, name, n);
    c->n_waiting = c->is_t1 ? 0 : n + 4;
    return sw(out, 0, c->is_t1 ? 0x9000 : 0x6100 | (unsigned)(n + 4));
}

static size_t on_select(struct chip *c, const uint8_t *a, size_t n, uint8_t *out)
{
    size_t lc = n > 5 ? a[4] : 0;
    bool has_app = !c->person.is_other;
    const uint8_t *name = has_app ? df_name : other_name;
    size_t n_name = has_app ? sizeof df_name - 1 : sizeof other_name - 1;

    if (lc == 0 || (n != 5 + lc && n != 6 + lc))
        return sw(out, 0, 0x6700);
    if (a[2] == 0x04) {
        c->file = 0;
        c->has_application = lc <= n_name && memcmp(a + 5, name, lc) == 0;
        return c->has_application ? selected(c, name, n_name, out) : sw(out, 0, 0x6A82);
    }
    if (a[2] != 0x02 || lc != 2)
        return sw(out, 0, 0x6A86);
    if (!c->has_application || !has_app || a[5] != 0xEF || (a[6] != 5 && a[6] != 6))
        return sw(out, 0, 0x6A82);
    c->file = a[6];
    return sw(out, 0, 0x9000);
}

static size_t on_read(struct chip *c, const uint8_t *a, size_t n, const struct chip_faults *f,
                      uint8_t *out)
{
    uint8_t record[CHIP_RECORD];
    int file = a[3] >> 3 ? a[3] >> 3 : c->file;
    size_t bytes;

    if (n != 5)
        return sw(out, 0, 0x6700);
    if (!c->has_application || file == 0)
        return sw(out, 0, 0x6986);
    if ((a[3] & 7) != 0 && (a[3] & 7) != 4)
        return sw(out, 0, 0x6A86);
    bytes = record_make(&c->person, file, a[2], record);
    if (bytes == 0)
        return sw(out, 0, file == 5 || file == 6 ? 0x6A83 : 0x6A82);
    if (a[3] >> 3)
        c->file = file; /* a short identifier selects as well */
    if (f->is_garbage)
        for (size_t i = 2; i < bytes; i++)
            record[i] = i % 2 ? 0x80 : 0xFF; /* no character in any encoding of a card */
    if (f->is_length || (a[4] != 0 && a[4] != bytes))
        return sw(out, 0, 0x6C00 | (unsigned)bytes);
    if (f->is_chain) {
        memcpy(c->waiting, record, bytes);
        c->n_waiting = bytes;
        return sw(out, 0, 0x6100 | (unsigned)bytes);
    }
    memcpy(out, record, bytes);
    return sw(out, bytes, 0x9000);
}

static size_t on_response(struct chip *c, const uint8_t *a, size_t n, uint8_t *out)
{
    size_t bytes = c->n_waiting;

    if (n != 5 || bytes == 0)
        return sw(out, 0, n != 5 ? 0x6700 : 0x6985);
    if (a[4] != 0 && a[4] != bytes)
        return sw(out, 0, 0x6C00 | (unsigned)bytes);
    memcpy(out, c->waiting, bytes);
    c->n_waiting = 0;
    return sw(out, bytes, 0x9000);
}

size_t chip_command(struct chip *c, const uint8_t *apdu, size_t n, const struct chip_faults *f,
                    uint8_t *ret_answer)
{
    if (n < 4)
        return sw(ret_answer, 0, 0x6700);
    if (apdu[0] != 0x00)
        return sw(ret_answer, 0, 0x6E00);
    if (apdu[1] != 0xC0)
        c->n_waiting = 0;
    switch (apdu[1]) {
    case 0xA4:
        return on_select(c, apdu, n, ret_answer);
    case 0xB2:
        return on_read(c, apdu, n, f, ret_answer);
    case 0xC0:
        return on_response(c, apdu, n, ret_answer);
    default:
        return sw(ret_answer, 0, 0x6D00);
    }
}
