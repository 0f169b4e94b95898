/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader learns from an identity card. Personal data: lives in RAM for the visit and is
 * wiped (bytes_wipe) by every holder as soon as it is handed on. */
#ifndef YJ_TYPES_CARD_H
#define YJ_TYPES_CARD_H

#include <stdbool.h>
#include <stdint.h>

enum card_kind {
    CARD_CITIZEN,         /* resident identity card */
    CARD_HMT,             /* 'J' residence permit for Hong Kong, Macao and Taiwan residents */
    CARD_FOREIGNER_2017,  /* 'I' foreigner permanent residence */
    CARD_FOREIGNER_2023,  /* 'Y' foreigner permanent residence, five-star card */
    CARD_SOCIAL_SECURITY, /* social security card, contact interface: basic record only */
};

/* Data of one card that do not agree with each other: a reason to look, never to refuse, as
 * genuine cards with old registry mistakes exist. */
enum card_doubt {
    CARD_DOUBT_CHECK_DIGIT = 1 << 0, /* the number's check character is another */
    CARD_DOUBT_BIRTH = 1 << 1,       /* the number holds another date of birth */
    CARD_DOUBT_SEX = 1 << 2,         /* the number's sequence is of the other sex */
    CARD_DOUBT_REGION = 1 << 3,      /* the number's first characters do not fit the kind of card */
    CARD_DOUBT_DATES = 1 << 4,       /* a date that no calendar has, or an end before its start */
};

/* UTF-8, trimmed, empty when the card kind has no such field. Dates are YYYYMMDD. */
struct card {
    enum card_kind kind;
    unsigned doubts; /* enum card_doubt, or'ed; 0: everything agrees */
    char name[64];
    char english_name[192];
    char sex[2];         /* GB/T 2261.1: "1" male, "2" female */
    char nation[3];      /* GB/T 3304 two digits; unknown codes as they are */
    char nationality[4]; /* GB/T 2659 three letters */
    char birth[9];
    char address[128];
    char number[20];
    char authority[64];
    char valid_from[9];
    char valid_to[9];               /* empty when long term or unknown */
    char valid_to_raw[25];          /* what stands there when it is neither a date nor 长期 */
    bool is_long_term;              /* 长期 */
    char permit_number[16];         /* travel permit of 'J' */
    char n_issued[3];               /* 'J' times issued, 'Y' times renewed, two digits */
    char card_version[3];           /* 'I' */
    char authority_code[5];         /* 'I' accepting authority */
    char old_number[16];            /* 'Y': number of the earlier card, computed; empty: none */
    char added_address[72 * 3 / 2]; /* newest address added to the chip, when asked for */
    char management_number[49];     /* card-body management number, hexadecimal, when asked for */
    char social_number[16];         /* social security card number */
    char birthplace[7];             /* social security card: region code, GB/T 2260 */
    uint8_t photo[1024];            /* WLT block, opaque */
    bool has_photo;
};

/* The portrait of a card, decoded by a licensed program behind drivers/reader/photo_decoder.h. */
enum { PORTRAIT_WIDTH_PX = 102, PORTRAIT_HEIGHT_PX = 126 };
struct portrait {
    uint8_t rgb[PORTRAIT_WIDTH_PX * PORTRAIT_HEIGHT_PX * 3]; /* rows from the top, R G B */
};

#endif
