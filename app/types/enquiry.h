/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the centre during a visit, and its answer: what data sharing knows about a person,
 * and how applications stand. Both hold personal data: wiped by whoever holds them last. */
#ifndef YJ_TYPES_ENQUIRY_H
#define YJ_TYPES_ENQUIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bytes.h"

enum enquiry_kind {
    ENQUIRY_SHARED,   /* matter, name, id_no, key: fields and certificates */
    ENQUIRY_PROGRESS, /* by receipt (token or number), or by card (name, id_no), or both */
};

enum {
    ENQUIRY_MAX_KEYS = 40,
    ENQUIRY_MAX_CASES = 6,
    ENQUIRY_MAX_TASKS = 24,
    ENQUIRY_MAX_FIXES = 16,
    ENQUIRY_KEY_BYTES = 49,
    ENQUIRY_VALUE_BYTES = 320,
};

struct enquiry {
    enum enquiry_kind kind;
    char matter[65];
    char name[128], id_no[20]; /* of the card that lies there; "" without one */
    char receipt[321];         /* scanned token or 24 digits; "" without one */
    char key[ENQUIRY_MAX_KEYS][ENQUIRY_KEY_BYTES];
    size_t n_keys;
};

enum shared_state {
    SHARED_UNAVAILABLE, /* the source did not answer: later, by the centre itself */
    SHARED_FOUND,       /* value, and for certificates issuer and valid_to */
    SHARED_ABSENT,      /* the source knows nothing: must be supplied or typed */
    SHARED_MISMATCH,    /* what it knows contradicts the person */
};

struct shared_item {
    char key[ENQUIRY_KEY_BYTES];
    enum shared_state state;
    char value[ENQUIRY_VALUE_BYTES];
    char issuer[121];
    char valid_to[11]; /* YYYY-MM-DD, "" = long term or unknown */
};

/* The citizen's words of domain.md 3.7; the centre maps its 18 codes onto them. */
enum case_state {
    CASE_SUBMITTED, /* 已提交 */
    CASE_RECEIVED,  /* 已收件 */
    CASE_ACCEPTED,  /* 已受理 */
    CASE_FIX,       /* 需补正 */
    CASE_APPROVED,  /* 审批通过，制证中 */
    CASE_DONE,      /* 已办结 */
    CASE_REFUSED,   /* 不予受理、不予许可 */
    CASE_WITHDRAWN, /* 已撤回、已终止 */
    CASE_N_STATES,
};

struct case_task {
    char id[49], name[128], dept[128], case_no[65];
    enum case_state state; /* CASE_N_STATES: a word of a later centre, "under way" */
    char due[11];          /* YYYY-MM-DD, "" unknown */
};

/* What must be put right: one field, question or material of the matter. */
enum fix_kind { FIX_FIELD, FIX_MATERIAL };

struct case_fix {
    enum fix_kind kind;
    char id[97];     /* as in the matter file; a member of a repeat "heirs.2.name" */
    char reason[33]; /* word: unclear missing inconsistent signature expired unqualified unverified
                      */
    char text[601];  /* what the department wrote; may be "" */
    char
        value[ENQUIRY_VALUE_BYTES]; /* the value handed in, only when the card is the applicant's */
};

struct case_report {
    char number[25];
    char matter[65], matter_name[128], version[33];
    char received[11]; /* YYYY-MM-DD */
    struct case_task task[ENQUIRY_MAX_TASKS];
    size_t n_tasks;
    struct case_fix fix[ENQUIRY_MAX_FIXES];
    size_t n_fixes;
    bool may_fix; /* the card shown is the applicant's */
};

/* Big: on the heap, one owner, bytes_wipe before free. */
struct enquiry_answer {
    enum enquiry_kind kind;
    struct shared_item item[ENQUIRY_MAX_KEYS];
    size_t n_items;
    struct case_report report[ENQUIRY_MAX_CASES];
    size_t n_reports;
    /* The centre could not be asked: this is how it stood when it last told, milliseconds since
     * 1970 UTC; tasks then have their id as name. 0: it has just said so. */
    int64_t as_of_ms;
};

/** Wipe and free. Accepts NULL. */
static inline void enquiry_answer_free(struct enquiry_answer *answer)
{
    if (answer)
        bytes_wipe(answer, sizeof *answer);
    free(answer);
}

#endif
