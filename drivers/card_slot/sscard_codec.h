/* SPDX-License-Identifier: Apache-2.0 */
/* The basic record of a social security card, as a dialogue of APDUs: what to send next, and what
 * an answer means. Pure: bytes in, bytes out, no card, no clock. Thread: any, one at a time for
 * each dialogue. Source: ISO/IEC 7816-4 (commands, status words); files and records: PROTOCOL.md.
 *
 *     sscard_read_begin(&r);
 *     while ((n = sscard_read_next(&r, apdu)) > 0)
 *         if ((rc = sscard_read_take(&r, answer, n_answer, &err)) < 0) ...
 *     r.card is complete */
#ifndef YJ_SSCARD_CODEC_H
#define YJ_SSCARD_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "types/card.h"

enum {
    SSCARD_APDU_BYTES = 32,    /* longest command of the dialogue */
    SSCARD_ANSWER_BYTES = 258, /* longest short answer, with SW1 SW2 */
    SSCARD_MAX_ROUNDS = 4,     /* 61xx and 6Cxx in one step */
};

enum sscard_step {
    SSCARD_SELECT_APPLICATION,
    SSCARD_READ_SOCIAL_NUMBER,
    SSCARD_SELECT_BASIC_FILE,
    SSCARD_READ_NUMBER,
    SSCARD_READ_NAME,
    SSCARD_READ_SEX,
    SSCARD_READ_NATION,
    SSCARD_READ_BIRTHPLACE,
    SSCARD_READ_BIRTH,
    SSCARD_DONE,
};

/* One dialogue. Holds personal data: wiped by whoever owns it. */
struct sscard_read {
    enum sscard_step step;
    unsigned n_rounds;                 /* answers of this step that only said "ask again" */
    uint8_t le;                        /* length asked for; 0 is 256 */
    uint8_t more;                      /* 61xx: bytes that wait, 0 is 256 */
    uint8_t is_more;                   /* the next command fetches them */
    size_t n;                          /* bytes collected in this step */
    uint8_t data[SSCARD_ANSWER_BYTES]; /* without status words */
    struct card card;                  /* what has been understood so far */
};

/** Begin at the selection of the application. */
void sscard_read_begin(struct sscard_read *r);

/**
 * The next command APDU.
 * @param apdu  at least SSCARD_APDU_BYTES
 * @return its length, 0 when the dialogue is over: r->card is complete then
 */
size_t sscard_read_next(const struct sscard_read *r, uint8_t *apdu);

/**
 * Take the answer to the last command.
 * Citizen number and name must be there and have their form; any other item that is missing or
 * not understood is left empty.
 * @param p, n  answer with SW1 SW2
 * @return 0, ERR_SLOT_KIND (no social security application), ERR_SLOT_CARD (refused, cut short,
 *         or nothing that can be understood)
 */
int sscard_read_take(struct sscard_read *r, const uint8_t *p, size_t n, struct err *err) YJ_CHECK;

/**
 * The value of a record: tag, length, value.
 * @param n    bytes of the record; what stands behind the value is padding
 * @param max  longest value allowed
 * @return 0 or -1
 */
int sscard_record_value(const uint8_t *p, size_t n, size_t max, const uint8_t **ret, size_t *ret_n);

/**
 * A name in GB 18030 (GBK is a part of it), padded with 00, 20, FF or wide blanks, to UTF-8.
 * @return 0, or -1: empty, not GB 18030, control or direction characters, too long for cap
 */
int sscard_name(const uint8_t *p, size_t n, char *out, size_t cap);

/**
 * A citizen number: 18 digits or 17 and X with the right check digit (GB 11643), or, for
 * foreigners, 15 to 18 letters and digits with at least one letter among the first 17.
 * @return 0 or -1
 */
int sscard_number(const uint8_t *p, size_t n, char *out, size_t cap);

/** Two digits a byte to text; out needs 2n + 1. @return 0, or -1 when a half byte is no digit. */
int sscard_bcd(const uint8_t *p, size_t n, char *out);

/** @return whether text is a day of the calendar, YYYYMMDD, from 1850 to 2199. */
int sscard_is_date(const char *text);

#endif
