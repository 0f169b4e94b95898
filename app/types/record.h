/* SPDX-License-Identifier: Apache-2.0 */
/* What the outbox answers after a commit, and the state of its link to the centre. */
#ifndef YJ_TYPES_RECORD_H
#define YJ_TYPES_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_kind { RECORD_APPLICATION, RECORD_RATING };

enum { RECORD_TOKEN_BYTES = 320, RECORD_NUMBER_BYTES = 25, RECORD_UUID_BYTES = 37 };

/* Identity of one sealed and committed record. */
struct record_ref {
    enum record_kind kind;
    int64_t sequence;             /* per terminal, from 1, without gaps */
    char uuid[RECORD_UUID_BYTES]; /* RFC 9562, lower case */
    char
        number[RECORD_NUMBER_BYTES]; /* kiosk number, 24 digits, domain.md 3.6; empty for ratings */
    int64_t sealed_wall_ms;
    char token[RECORD_TOKEN_BYTES]; /* signed receipt token, ASCII, for the QR; empty for ratings */
};

enum print_journal_state {
    JOURNAL_QUEUED,    /* committed with the record; nothing printed yet */
    JOURNAL_SENDING,   /* written before the first byte leaves */
    JOURNAL_PRINTED,   /* proven */
    JOURNAL_IN_DOUBT,  /* bytes left, no proof */
    JOURNAL_ON_SCREEN, /* could not be printed, the visitor took the QR from the screen */
};

/* A receipt whose printing was not finished when the program stopped. No personal data. */
struct journal_entry {
    struct record_ref ref;
    enum print_journal_state state;
    int copies;           /* how many sheets were begun before */
    char matter_name[64]; /* UTF-8 */
};

struct link_status {
    bool is_online;        /* the last contact with the centre succeeded */
    int cause;             /* enum err_code of the last failure, 0 when online */
    int64_t n_waiting;     /* records not yet confirmed */
    int64_t oldest_age_ms; /* of those, 0 when none */
    int64_t n_quarantined; /* refused for good */
    int64_t n_attachments; /* files of records, not yet confirmed */
};

#endif
