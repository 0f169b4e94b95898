/* SPDX-License-Identifier: Apache-2.0 */
/* How much of a set is translated. The files are read as they stand, so that a note can say where a
 * text is. Thread: the caller's; blocks: disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_loader.h"
#include "core/catalogue_texts.h"

enum { MAX_QUOTED_BYTES = 100 };

/* Members of the files that are shown. */
static const char *const shown[] = {
    "add",       "addr",    "advice",       "after", "before", "certificate", "co_depts",
    "dept",      "fee",     "help",         "hint",  "hours",  "item",        "label",
    "lead_dept", "name",    "note",         "notes", "reason", "promise",     "question",
    "result",    "summary", "summer_hours", "text",  "title",  "unit",
};

/* Code tables that variables take their options from; divisions may stay as they are. */
static const char *const tables[] = {
    "bank",     "disability", "disability_grade", "education", "id_type",
    "industry", "marital",    "nation",           "relation",  "sex",
};

struct place {
    const char *text, *file, *pointer;
    bool is_shown; /* else it is only searched for */
};

struct survey {
    const struct catalogue_cfg *cfg;
    struct complaint_sink *sink;
    struct arena arena;
    struct place *place; /* owned; after gathering in the order of the texts, each once */
    size_t n, cap;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    if (!order)
        order = y->is_shown - x->is_shown; /* of equals the first is kept */
    return order ? order : (x->file > y->file) - (x->file < y->file);
}

static const char *keep(struct survey *s, const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(matter_arena_alloc(&s->arena, n, 1), text, n);
}

/* Only what holds a character that is not ASCII is written in a language. */
static bool is_written(const char *text)
{
    while (*text && !((unsigned char)*text & 0x80))
        text++;
    return *text;
}

static void put(struct survey *s, const char *text, bool is_shown, const char *file,
                const char *pointer)
{
    if (!is_written(text))
        return;
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        struct place *more = mem_zalloc(cap, sizeof *more);
        if (s->n)
            memcpy(more, s->place, s->n * sizeof *more);
        free(s->place);
        s->place = more;
        s->cap = cap;
    }
    s->place[s->n++] = (struct place){keep(s, text), file, keep(s, pointer), is_shown};
}

/* ---- gathering ---- */

/* @param key  member that json is, or is in as one of several */
static void walk(struct survey *s, const char *file, const json_t *json, const char *key,
                 const char *pointer)
{
    char at[sizeof((struct matter_complaint *)NULL)->pointer];
    const char *name;
    json_t *value;
    size_t i;
    if (json_is_string(json)) {
        bool is_shown = key && word_is_known(shown, YJ_COUNT(shown), key);
        if (is_shown || (key && !strcmp(key, "aliases")))
            put(s, json_string_value(json), is_shown, file, pointer);
    } else if (json_is_array(json)) {
        json_array_foreach(json, i, value)
        {
            snprintf(at, sizeof at, "%s/%zu", pointer, i);
            walk(s, file, value, key, at);
        }
    } else if (json_is_object(json)) {
        json_object_foreach((json_t *)json, name, value)
        {
            snprintf(at, sizeof at, "%s/%s", pointer, name);
            walk(s, file, value, name, at);
        }
    }
}

static void walk_file(struct survey *s, const char *file)
{
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(s->cfg, file, false, s->sink, &bytes);
    struct reader r = {.file = file};
    json_t *json = text ? reader_json(&r, text, bytes) : NULL;
    if (json) /* else the lint has complained about it */
        walk(s, keep(s, file), json, NULL, "");
    json_decref(json);
}

static void walk_folder(struct survey *s, const char *name)
{
    struct folder folder = {0};
    if (folder_list(s->cfg, name, FOLDER_JSON_FILES, &folder))
        return;
    for (size_t i = 0; i < folder.n; i++) {
        char file[FOLDER_PATH_BYTES];
        if (snprintf(file, sizeof file, "%s/%s", name, folder.name[i]) < (int)sizeof file)
            walk_file(s, file);
    }
    folder_free(&folder);
}

static void walk_regions(struct survey *s)
{
    struct folder folder = {0};
    if (folder_list(s->cfg, "regions", FOLDER_FOLDERS, &folder))
        return;
    for (size_t i = 0; i < folder.n; i++) {
        char name[FOLDER_PATH_BYTES];
        snprintf(name, sizeof name, "regions/%s", folder.name[i]);
        walk_folder(s, name);
    }
    folder_free(&folder);
}

static void walk_tables(struct survey *s)
{
    for (size_t i = 0; s->cfg->codes && i < YJ_COUNT(tables); i++) {
        size_t n = 0;
        char file[64], pointer[32];
        const struct codes_entry *entry = code_table(s->cfg->codes, tables[i], &n);
        snprintf(file, sizeof file, "codes/%s.tsv", tables[i]);
        const char *kept = keep(s, file);
        for (size_t k = 0; k < n; k++) {
            snprintf(pointer, sizeof pointer, "/%.24s", entry[k].code);
            put(s, entry[k].name, true, kept, pointer);
        }
    }
}

static void gather(struct survey *s)
{
    static const char *const files[] = {"fields.json", "guide.json", "home.json"};
    size_t n = 0;
    for (size_t i = 0; i < YJ_COUNT(files); i++)
        walk_file(s, files[i]);
    walk_folder(s, "national");
    walk_regions(s);
    walk_tables(s);
    qsort(s->place, s->n, sizeof *s->place, compare_places);
    for (size_t i = 0; i < s->n; i++)
        if (!n || strcmp(s->place[n - 1].text, s->place[i].text) != 0)
            s->place[n++] = s->place[i];
    s->n = n;
}

/* ---- comparing ---- */

/* Bytes of a text that are quoted: whole characters. */
static int quoted(const char *text)
{
    size_t n = strlen(text);
    if (n > MAX_QUOTED_BYTES)
        for (n = MAX_QUOTED_BYTES; ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    return (int)n;
}

/* What the program itself puts between texts, and divisions: they need not be in any file. */
static bool is_of_program(const struct survey *s, const char *text)
{
    size_t n = 0, n_cities = 0;
    if (!strcmp(text, "、"))
        return true;
    const struct codes_entry *province =
        s->cfg->codes ? region_children(s->cfg->codes, "", &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        const struct codes_entry *city =
            region_children(s->cfg->codes, province[i].code, &n_cities);
        if (!strcmp(province[i].name, text))
            return true;
        for (size_t k = 0; k < n_cities; k++)
            if (!strcmp(city[k].name, text))
                return true;
    }
    return false;
}

static void compare(const struct survey *s, const struct texts_language *l,
                    struct catalogue_language *ret)
{
    snprintf(ret->language, sizeof ret->language, "%s", l->id);
    for (size_t i = 0; i < s->n; i++) {
        const struct place *p = &s->place[i];
        if (!p->is_shown)
            continue;
        ret->n_texts++;
        if (texts_find(l, p->text))
            ret->n_translated++;
        else
            sink_put(s->sink, p->file, p->pointer, "not in %s: \"%.*s\"", l->id, quoted(p->text),
                     p->text);
    }
    for (size_t i = 0; i < l->n; i++) {
        const char *source = l->pair[i].source;
        const struct place wanted = {.text = source};
        size_t low = 0, high = s->n;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (strcmp(s->place[middle].text, wanted.text) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        bool is_used = low < s->n && !strcmp(s->place[low].text, source);
        if (!is_used && !is_of_program(s, source))
            sink_put(s->sink, "texts", "", "%s: no file of the set has \"%.*s\"", l->id,
                     quoted(source), source);
    }
}

int catalogue_coverage(const struct catalogue_cfg *cfg, struct matter_complaint *notes, size_t cap,
                       size_t *ret_n_notes, struct catalogue_coverage *ret, struct err *err)
{
    struct folder folder = {0};
    struct complaint_sink sink = {.list = notes, .cap = cap}, quiet = {0};
    struct survey s = {.cfg = cfg, .sink = &sink};
    int rc = folder_list(cfg, NULL, FOLDER_FOLDERS, &folder);
    *ret = (struct catalogue_coverage){0};
    *ret_n_notes = 0;
    if (rc)
        return ERR(err, rc, "the folder of matters cannot be opened: %s", err_text(rc));
    folder_free(&folder);
    struct catalogue_texts *texts = texts_read(cfg, &quiet); /* the lint complains */
    if (texts)
        gather(&s);
    for (size_t i = 0; texts && i < texts->n_languages; i++)
        compare(&s, &texts->language[i], &ret->language[ret->n_languages++]);
    texts_free(texts);
    free(s.place);
    matter_arena_free(&s.arena);
    *ret_n_notes = sink.n;
    return 0;
}
