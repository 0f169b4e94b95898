/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader learns from an identity card. Personal data: lives in RAM for the visit and is
 * wiped (bytes_wipe) by every holder as soon as it is handed on. */
#ifndef YJ_TYPES_CARD_H
#define YJ_TYPES_CARD_H

#include <stdbool.h>
#include <stdint.h>

enum card_kind {
    CARD_CITIZEN,        /* resident identity card */
    CARD_HMT,            /* 'J' residence permit for Hong Kong, Macao and Taiwan residents */
    CARD_FOREIGNER_2017, /* 'I' foreigner permanent residence */
    CARD_FOREIGNER_2023, /* 'Y' foreigner permanent residence, five-star card */
};

/* UTF-8, trimmed, empty when the card kind has no such field. Dates are YYYYMMDD. */
struct card {
    enum card_kind kind;
    char name[64];
    char english_name[192];
    char sex[2];         /* GB/T 2261.1: "1" male, "2" female */
    char nation[3];      /* GB/T 3304 two digits */
    char nationality[4]; /* GB/T 2659 three letters */
    char birth[9];
    char address[128];
    char number[20];
    char authority[64];
    char valid_from[9];
    char valid_to[17];      /* YYYYMMDD, or empty when long term */
    bool is_long_term;      /* 长期 */
    char permit_number[16]; /* travel permit of 'J' */
    uint8_t photo[1024];    /* WLT block, opaque */
    bool has_photo;
};

#endif
