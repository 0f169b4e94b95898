/* SPDX-License-Identifier: Apache-2.0 */
/* Translations of a set's texts: reader and table. Thread: the caller's; const after reading.
 *
 * A text is its own key: a matter file stays readable, and one text of many matters is translated
 * once. Tables are small and sorted, a search in one takes a dozen comparisons. */
#include "core/catalogue_texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FORM_LANGUAGE "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
/* The language in which matters are written. */
#define LANGUAGE_OF_MATTERS "zh-Hans"

static int compare_pairs(const void *a, const void *b)
{
    const struct texts_pair *x = a, *y = b;
    return strcmp(x->source, y->source);
}

const char *texts_find(const struct texts_language *language, const char *source)
{
    const struct texts_pair wanted = {.source = source};
    const struct texts_pair *pair =
        language->n ? bsearch(&wanted, language->pair, language->n, sizeof wanted, compare_pairs)
                    : NULL;
    return pair ? pair->translation : NULL;
}

const struct texts_language *texts_language(const struct catalogue_texts *t, const char *id)
{
    for (size_t i = 0; t && i < t->n_languages; i++)
        if (!strcmp(t->language[i].id, id))
            return &t->language[i];
    return NULL;
}

const char *catalogue_translate(const struct catalogue *c, const char *language, const char *text)
{
    const struct texts_language *table = texts_language(c->texts, language);
    const char *translation = table && text ? texts_find(table, text) : NULL;
    return translation ? translation : text;
}

/* ---- one file ---- */

/* The next "{name}" at or behind *at. @return its bytes, 0: there is none */
static size_t next_place(const char **at)
{
    while ((*at = strchr(*at, '{')) != NULL) {
        size_t n = strcspn(*at, "}");
        if ((*at)[n])
            return n + 1;
        ++*at;
    }
    return 0;
}

static size_t count_place(const char *text, const char *place, size_t bytes)
{
    size_t n = 0, found;
    while ((found = next_place(&text)) > 0) {
        n += found == bytes && !memcmp(text, place, bytes);
        text += found;
    }
    return n;
}

/* @return true when every place of a ("{n}") stands in b as often */
static bool has_places(const char *a, const char *b)
{
    const char *at = a;
    size_t bytes;
    while ((bytes = next_place(&at)) > 0) {
        if (count_place(a, at, bytes) != count_place(b, at, bytes))
            return false;
        at += bytes;
    }
    return true;
}

static void check_pair(struct reader *r, const struct spot *texts, const struct texts_pair *pair)
{
    size_t chars = 0;
    const char *mistake = matter_text_mistake(pair->source, &chars);
    if (mistake)
        reader_complain(r, texts, pair->source, "the source: %s", mistake);
    else if (chars > TEXTS_MAX_CHARS)
        reader_complain(r, texts, pair->source, "the source is longer than %d characters",
                        TEXTS_MAX_CHARS);
    if (!has_places(pair->source, pair->translation) ||
        !has_places(pair->translation, pair->source))
        reader_complain(r, texts, pair->source,
                        "what stands in braces must stand in both texts alike");
}

/* "texts/en.json", "texts/en.43.json" */
static bool is_named_after(const char *file, const char *language)
{
    const char *base = strrchr(file, '/') + 1;
    size_t n = strlen(language);
    return !strncmp(base, language, n) && base[n] == '.';
}

/* @return the file's language, "" with a complaint */
static const char *read_language(struct reader *r, const struct spot *root)
{
    const char *language = read_formed(r, root, "language", NEEDED, CATALOGUE_LANGUAGE_BYTES - 1,
                                       FORM_LANGUAGE, "language (en, ug, zh-Hant)");
    if (!language)
        return "";
    if (!strcmp(language, LANGUAGE_OF_MATTERS))
        reader_complain(r, root, "language", "the matters are written in this language");
    else if (!is_named_after(r->file, language))
        reader_complain(r, root, "language",
                        "the file must be called LANGUAGE.json or LANGUAGE.NAME.json");
    return language;
}

/* Add a file's pairs to the language's; both are sorted. @param known  of the files before */
static void read_pairs(struct reader *r, const struct spot *texts,
                       const struct texts_language *known, struct texts_language *ret)
{
    const char *source;
    json_t *value;
    json_object_foreach((json_t *)texts->json, source, value)
    {
        struct texts_pair pair = {.source = source};
        pair.translation = read_text(r, texts, source, NEEDED, TEXTS_MAX_CHARS);
        if (!pair.translation)
            continue;
        check_pair(r, texts, &pair);
        if (known && texts_find(known, source))
            reader_complain(r, texts, source, "another file of this language has this text");
        pair.source = reader_keep(r, source);
        ret->pair[ret->n++] = pair;
    }
}

static void merge(struct catalogue_texts *t, const char *id, const struct texts_language *more)
{
    struct texts_language *to = (struct texts_language *)texts_language(t, id);
    if (!to) {
        to = &t->language[t->n_languages++];
        snprintf(to->id, sizeof to->id, "%s", id);
    }
    struct texts_pair *all = mem_zalloc(to->n + more->n, sizeof *all);
    if (to->n)
        memcpy(all, to->pair, to->n * sizeof *all);
    memcpy(all + to->n, more->pair, more->n * sizeof *all);
    free(to->pair);
    to->pair = all;
    to->n += more->n;
    qsort(to->pair, to->n, sizeof *to->pair, compare_pairs);
}

static void read_root(struct reader *r, const json_t *json, struct catalogue_texts *t)
{
    static const char *const known[] = {"$schema", "$comment", "schema", "language", "texts"};
    static const char *const schemas[] = {"texts/1"};
    struct spot root = {.json = json};
    if (!read_object(r, &root, known, YJ_COUNT(known)))
        return;
    (void)read_word(r, &root, "schema", schemas, 1);
    const char *id = read_language(r, &root);
    struct spot texts = {.up = &root, .key = "texts", .json = json_object_get(json, "texts")};
    size_t n = json_object_size(texts.json);
    if (!json_is_object(texts.json) || !n) {
        reader_complain(r, &root, "texts", "an object with at least one text is needed");
        return;
    }
    if (!texts_language(t, id) && t->n_languages == CATALOGUE_MAX_LANGUAGES)
        reader_complain(r, &root, "language", "a set has at most %d languages",
                        CATALOGUE_MAX_LANGUAGES);
    struct texts_language own = {.pair = mem_zalloc(n, sizeof *own.pair)};
    read_pairs(r, &texts, texts_language(t, id), &own);
    if (!r->n_complaints)
        merge(t, id, &own);
    free(own.pair);
}

static void read_file(const struct catalogue_cfg *cfg, const char *file, struct catalogue_texts *t,
                      struct complaint_sink *sink)
{
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(cfg, file, true, sink, &bytes);
    if (!text)
        return;
    struct reader r = {.file = file, .arena = &t->arena};
    r.complaint = sink_room(sink, &r.cap);
    json_t *json = reader_json(&r, text, bytes);
    if (json)
        read_root(&r, json, t);
    json_decref(json);
    sink->n += r.n_complaints;
}

struct catalogue_texts *texts_read(const struct catalogue_cfg *cfg, struct complaint_sink *sink)
{
    struct folder folder = {0};
    if (!folder_has(cfg, "texts"))
        return NULL;
    if (folder_list(cfg, "texts", FOLDER_JSON_FILES, &folder)) {
        sink_put(sink, "texts", "", "the folder cannot be opened");
        return NULL;
    }
    struct catalogue_texts *t = mem_zalloc(1, sizeof *t);
    if (folder.is_cut)
        sink_put(sink, "texts", "", "more files than one catalogue can hold");
    for (size_t i = 0; i < folder.n; i++) {
        char file[FOLDER_PATH_BYTES];
        snprintf(file, sizeof file, "texts/%s", folder.name[i]);
        read_file(cfg, file, t, sink);
    }
    folder_free(&folder);
    return t;
}

void texts_free(struct catalogue_texts *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_languages; i++)
        free(t->language[i].pair);
    matter_arena_free(&t->arena);
    free(t);
}
