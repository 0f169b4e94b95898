/* SPDX-License-Identifier: Apache-2.0 */
/* Two plain searches over the texts of a matter set, to compare with. */
#define _POSIX_C_SOURCE 200809L
#include "search/baseline.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { TEXT_BYTES = 64 << 10, QUERY_BYTES = 8192, MAX_CHARS = 256 };

struct baseline {
    const struct matter_set *set;
    sqlite3 *db;
    sqlite3_stmt *match, *like;
    char **text; /* all texts of a matter, one a line */
};

struct writer {
    char *text;
    size_t n;
};

static void put(struct writer *w, const char *text)
{
    int n = text ? snprintf(w->text + w->n, TEXT_BYTES - w->n, "%s\n", text) : 0;
    w->n += n > 0 && w->n + (size_t)n < TEXT_BYTES ? (size_t)n : 0;
}

static void put_heads(struct writer *w, const struct matter *m)
{
    put(w, m->name);
    for (size_t i = 0; i < m->n_aliases; i++)
        put(w, m->alias[i]);
}

static void put_rest(struct writer *w, const struct matter *m)
{
    put(w, m->summary);
    for (size_t i = 0; i < m->n_tasks; i++) {
        put(w, m->task[i].name);
        put(w, m->task[i].result);
    }
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question)
            continue;
        put(w, m->var[i].label);
        for (size_t k = 0; k < m->var[i].n_options; k++)
            put(w, m->var[i].option[k].label);
    }
    for (size_t i = 0; i < m->n_materials; i++)
        put(w, m->material[i].name);
    for (size_t i = 0; i < m->n_notes; i++)
        put(w, m->note[i]);
    for (size_t i = 0; i < m->n_gates; i++)
        put(w, m->gate[i].reason);
    put(w, m->lead_dept);
    put(w, m->co_depts);
}

static void must(struct baseline *b, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE)
        return;
    fprintf(stderr, "SQLite: %s\n", sqlite3_errmsg(b->db));
    exit(EXIT_FAILURE);
}

static void fill(struct baseline *b)
{
    sqlite3_stmt *insert = NULL;
    must(b,
         sqlite3_exec(b->db, "CREATE VIRTUAL TABLE m USING fts5(head, rest, tokenize='trigram');",
                      NULL, NULL, NULL));
    must(b, sqlite3_prepare_v2(b->db, "INSERT INTO m(rowid, head, rest) VALUES(?1, ?2, ?3)", -1,
                               &insert, NULL));
    YJ_CLEANUP(cleanup_free) char *text = mem_zalloc(TEXT_BYTES, 1);
    for (size_t i = 0; i < matter_set_count(b->set); i++) {
        struct writer w = {.text = text};
        text[0] = '\0';
        put_heads(&w, matter_set_at(b->set, i));
        size_t n_head = w.n;
        put_rest(&w, matter_set_at(b->set, i));
        b->text[i] = mem_strdup(text);
        must(b, sqlite3_bind_int64(insert, 1, (sqlite3_int64)i));
        must(b, sqlite3_bind_text(insert, 2, text, (int)n_head, SQLITE_TRANSIENT));
        must(b, sqlite3_bind_text(insert, 3, text + n_head, -1, SQLITE_TRANSIENT));
        must(b, sqlite3_step(insert));
        must(b, sqlite3_reset(insert));
    }
    sqlite3_finalize(insert);
}

struct baseline *baseline_new(const struct matter_set *set)
{
    struct baseline *b = mem_zalloc(1, sizeof *b);
    b->set = set;
    b->text = mem_zalloc(matter_set_count(set) + 1, sizeof *b->text);
    must(b, sqlite3_open(":memory:", &b->db));
    fill(b);
    must(b, sqlite3_prepare_v2(
                b->db, "SELECT rowid FROM m WHERE m MATCH ?1 ORDER BY bm25(m, 10, 1) LIMIT 24", -1,
                &b->match, NULL));
    must(b, sqlite3_prepare_v2(b->db,
                               "SELECT rowid FROM m WHERE head LIKE ?1 OR rest LIKE ?1 "
                               "ORDER BY head NOT LIKE ?1, rowid LIMIT 24",
                               -1, &b->like, NULL));
    return b;
}

void baseline_free(struct baseline *b)
{
    sqlite3_finalize(b->match);
    sqlite3_finalize(b->like);
    sqlite3_close(b->db);
    for (size_t i = 0; i < matter_set_count(b->set); i++)
        free(b->text[i]);
    free(b->text);
    free(b);
}

/* Where each character of the words begins; '"' counts as none. @return number of them */
static size_t find_chars(const char *words, size_t at[MAX_CHARS + 1])
{
    size_t n = 0, len = strlen(words);
    for (size_t i = 0; i < len && n < MAX_CHARS;) {
        uint32_t cp = 0;
        size_t used = bytes_utf8_next(words + i, len - i, &cp);
        at[n++] = i;
        i += used ? used : 1;
        at[n] = i;
    }
    return n;
}

static size_t find_trigrams(void *ctx, const char *words, int ret[PHRASES_MAX_HITS])
{
    struct baseline *b = ctx;
    size_t at[MAX_CHARS + 1], n = find_chars(words, at), used = 0, hits = 0;
    char query[QUERY_BYTES] = "";
    sqlite3_stmt *statement = n < 3 ? b->like : b->match;
    for (size_t i = 0; i + 3 <= n && used + 32 < sizeof query; i++)
        used += (size_t)snprintf(query + used, sizeof query - used, "%s\"%.*s\"", i ? " OR " : "",
                                 (int)(at[i + 3] - at[i]), words + at[i]);
    if (n < 3)
        snprintf(query, sizeof query, "%%%s%%", words);
    must(b, sqlite3_bind_text(statement, 1, query, -1, SQLITE_TRANSIENT));
    while (hits < PHRASES_MAX_HITS && sqlite3_step(statement) == SQLITE_ROW)
        ret[hits++] = sqlite3_column_int(statement, 0);
    must(b, sqlite3_reset(statement));
    return hits;
}

static size_t count_of(const char *text, const char *part, size_t n)
{
    size_t count = 0;
    char word[16];
    snprintf(word, sizeof word, "%.*s", (int)n, part);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
        count++;
    return count;
}

static size_t find_pairs(void *ctx, const char *words, int ret[PHRASES_MAX_HITS])
{
    struct baseline *b = ctx;
    size_t at[MAX_CHARS + 1], n = find_chars(words, at), hits = 0;
    size_t score[PHRASES_MAX_HITS] = {0};
    for (size_t m = 0; m < matter_set_count(b->set); m++) {
        size_t sum = n == 1 ? count_of(b->text[m], words, at[1]) : 0;
        for (size_t i = 0; i + 2 <= n; i++)
            sum += count_of(b->text[m], words + at[i], at[i + 2] - at[i]);
        size_t place = hits;
        while (place > 0 && score[place - 1] < sum)
            place--;
        if (!sum || place == PHRASES_MAX_HITS)
            continue;
        size_t moved = (hits < PHRASES_MAX_HITS ? hits : PHRASES_MAX_HITS - 1) - place;
        memmove(score + place + 1, score + place, moved * sizeof *score);
        memmove(ret + place + 1, ret + place, moved * sizeof *ret);
        score[place] = sum;
        ret[place] = (int)m;
        hits += hits < PHRASES_MAX_HITS;
    }
    return hits;
}

struct engine baseline_trigrams(struct baseline *b)
{
    return (struct engine){.name = "FTS5 trigram", .find = find_trigrams, .ctx = b};
}

struct engine baseline_pairs(struct baseline *b)
{
    return (struct engine){.name = "pairs counted", .find = find_pairs, .ctx = b};
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && !strcmp(entry->d_name + n - 5, ".json");
}

json_t **baseline_read_folder(const char *dir, size_t *ret_n)
{
    struct dirent **entry = NULL;
    int n = scandir(dir, &entry, is_json, alphasort);
    json_t **file = mem_zalloc(n > 0 ? (size_t)n : 1, sizeof(json_t *));
    *ret_n = 0;
    for (int i = 0; i < n; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", dir, entry[i]->d_name);
        json_t *json = json_load_file(path, 0, NULL);
        if (json)
            file[(*ret_n)++] = json;
        free(entry[i]);
    }
    free(entry);
    return file;
}
