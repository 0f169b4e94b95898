/* SPDX-License-Identifier: Apache-2.0 */
/* Orders about applications. Main thread; the ledger locks. */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "application.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "case_code.h"
#include "changes.h"

enum { MAX_WORDS = 6, ID_MAX_BYTES = 96, REMARK_MAX_BYTES = 600 };

static void decref_json(json_t **p)
{
    json_decref(*p);
}

bool desk_is_order(const char *line)
{
    return strncmp(line, "advance ", 8) == 0 || strncmp(line, "correct ", 8) == 0 ||
           strncmp(line, "cases ", 6) == 0 || strncmp(line, "order ", 6) == 0;
}

/* Words between single blanks; the last takes the rest. @return how many */
static int split(char *line, char *word[], int most)
{
    int n = 0;
    for (char *at = line; at && n < most; n++) {
        word[n] = at;
        at = n + 1 < most ? strchr(at, ' ') : NULL;
        if (at)
            *at++ = '\0';
    }
    return n;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

static bool is_id(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n <= ID_MAX_BYTES &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static int find(struct ledger *l, const char *number, char ret_uuid[LEDGER_UUID_BYTES],
                struct err *err)
{
    char named[LEDGER_UUID_BYTES];
    int r = ledger_uuid_of_number(l, number, named, err);
    if (r == 0 && !named[0])
        return ERR(err, ERR_NOT_FOUND, "no application has this number");
    return r < 0 ? r : ledger_original_of(l, named, ret_uuid, err);
}

static int advance(struct ledger *l, const char *uuid, char *const word[], const char *now,
                   struct err *err)
{
    char *end;
    long code = strtol(word[3], &end, 10);
    if (*end || end == word[3] || code < 0 || code > 99 || !case_code_word((int)code))
        return ERR(err, ERR_INVALID, "none of the eighteen codes");
    return ledger_set_task(l, uuid, word[2], (int)code, now, err);
}

static int correct(struct ledger *l, const char *uuid, char *const word[], int n, const char *now,
                   struct err *err)
{
    static const char *const kinds[] = {"field", "material", NULL};
    static const char *const reasons[] = {"unclear", "missing",     "inconsistent", "signature",
                                          "expired", "unqualified", "unverified",   NULL};
    const struct ledger_correction c = {
        .kind = word[2], .item = word[3], .reason = word[4], .remark = n > 5 ? word[5] : ""};
    if (!is_one_of(c.kind, kinds) || !is_one_of(c.reason, reasons) || !is_id(c.item))
        return ERR(err, ERR_INVALID, "correct NUMBER field|material ID REASON [TEXT]");
    if (strlen(c.remark) > REMARK_MAX_BYTES || !text_is_plain(c.remark, strlen(c.remark)))
        return ERR(err, ERR_INVALID, "the text is too long or holds hidden characters");
    return ledger_open_correction(l, uuid, &c, now, err);
}

static int tell(struct ledger *l, const char *uuid, const char *number, char **ret, struct err *err)
{
    json_t *cases = ledger_cases(l, uuid, err);
    json_t *corrections = cases ? ledger_corrections(l, uuid, false, err) : NULL;
    json_t *correcting = corrections ? ledger_correcting(l, uuid, err) : NULL;
    YJ_CLEANUP(decref_json)
    json_t *doc = json_pack("{ss ss so* so* so*}", "uuid", uuid, "number", number, "cases", cases,
                            "corrections", corrections, "correcting", correcting);
    if (!correcting)
        return ERR_IO;
    char *text = json_dumps(doc, JSON_COMPACT);
    size_t n = text ? strlen(text) : 0;
    *ret = mem_zalloc(n + 2, 1);
    snprintf(*ret, n + 2, "%s\n", text ? text : "");
    bytes_free_wiped(text);
    return 0;
}

static int obey(struct ledger *l, char *const word[], int n, char **ret_text, struct err *err)
{
    char uuid[LEDGER_UUID_BYTES], now[24];
    int r = find(l, word[1], uuid, err);
    if (r < 0)
        return r;
    clock_rfc3339(clock_wall_ms(), now, sizeof now);
    if (strcmp(word[0], "cases") == 0)
        return tell(l, uuid, word[1], ret_text, err);
    if (strcmp(word[0], "advance") == 0 && n == 4)
        r = advance(l, uuid, word, now, err);
    else if (strcmp(word[0], "correct") == 0 && n >= 5)
        r = correct(l, uuid, word, n, now, err);
    else
        r = ERR(err, ERR_INVALID, "a word is missing or too many");
    if (r == 0)
        *ret_text = mem_strdup("ok\n");
    return r;
}

/* order TERMINAL … */
static int give_order(struct ledger *l, char *const word[], int n, char **ret_text, struct err *err)
{
    int r = n < 3 ? ERR(err, ERR_INVALID, "a word is missing")
                  : changes_order(l, word[1], (const char *const *)word + 2, n - 2, err);
    if (r == 0)
        *ret_text = mem_strdup("ok\n");
    return r;
}

int desk_order(struct ledger *l, char *line, char **ret_text, struct err *err)
{
    char *word[MAX_WORDS] = {NULL};
    int n = split(line, word, MAX_WORDS);
    if (strcmp(word[0], "order") == 0)
        return give_order(l, word, n, ret_text, err);
    int r = ledger_begin(l, err);
    if (r < 0)
        return r;
    r = obey(l, word, n, ret_text, err);
    if (r < 0) {
        ledger_rollback(l);
        return r;
    }
    return ledger_commit(l, err);
}

/* ---- index of applicants ---- */

struct index_row {
    const struct keyring *keys;
    char person[KEYRING_SHA256_HEX_BYTES];
};

static int index_visit(void *arg, const struct ledger_record *record, struct err *err)
{
    struct index_row *row = arg;
    struct err ignored;
    YJ_CLEANUP(keyring_blob_free) struct keyring_blob plain = {0};
    if (keyring_unseal(row->keys, record->sealed, record->sealed_bytes, &plain, &ignored) < 0)
        return 0;
    YJ_CLEANUP(decref_json) json_t *content = application_load(plain.data, plain.bytes);
    const char *id_no = application_id_no(content);
    return id_no[0] ? keyring_person(row->keys, id_no, row->person, err) : 0;
}

static int index_one(struct ledger *l, const struct keyring *keys, const char *uuid,
                     struct err *err)
{
    struct index_row row = {.keys = keys};
    int r = ledger_walk(l, LEDGER_BY_UUID, uuid, index_visit, &row, err);
    if (r == 0)
        r = ledger_begin(l, err);
    if (r < 0)
        return r;
    r = ledger_set_applicant(l, uuid, row.person, err);
    if (r < 0) {
        ledger_rollback(l);
        return r;
    }
    return ledger_commit(l, err);
}

int desk_index(struct ledger *l, const struct keyring *keys, struct err *err)
{
    for (;;) {
        YJ_CLEANUP(decref_json) json_t *missing = ledger_unindexed(l, err);
        if (!missing)
            return ERR_IO;
        if (json_array_size(missing) == 0)
            return 0;
        for (size_t i = 0; i < json_array_size(missing); i++) {
            int r = index_one(l, keys, json_string_value(json_array_get(missing, i)), err);
            if (r < 0)
                return r;
        }
    }
}
