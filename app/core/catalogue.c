/* SPDX-License-Identifier: Apache-2.0 */
/* A catalogue set from a folder. Thread: the caller's.
 *
 *     fields.json ──────────────┐
 *     national/NAME.json ───────┴→ matters ─┐        (each checked on its own)
 *     regions/43, 4301, 430102 ──→ overlays ┴→ set ─→ home, guide, search; calendar
 *     texts/en.json … ──→ what their texts are in other languages
 *
 * Matters are kept as JSON until all overlays are on top of them; each overlay's result is checked
 * as a whole matter, so that a complaint can only come from the newest one. */
#include "core/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/catalogue_loader.h"
#include "core/catalogue_texts.h"

enum { MAX_TITLE = 40 };

/* ---- head and dictionary ---- */

static void read_head(struct loader *l)
{
    static const char *const known[] = {"$schema", "schema", "version", "title", "valid_to"};
    static const char *const schemas[] = {"catalogue/1"};
    static const char file[] = "catalogue.json";
    struct catalogue *c = &l->owned->c;
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(l->cfg, file, true, l->sink, &bytes);
    if (!text)
        return;
    struct reader r = {.file = file, .arena = &l->owned->arena};
    r.complaint = sink_room(l->sink, &r.cap);
    json_t *json = reader_json(&r, text, bytes);
    struct spot root = {.json = json};
    if (json && read_object(&r, &root, known, YJ_COUNT(known))) {
        (void)read_word(&r, &root, "schema", schemas, 1);
        const char *version = read_text(&r, &root, "version", NEEDED, CATALOGUE_VERSION_CHARS);
        const char *title = read_text(&r, &root, "title", NEEDED, MAX_TITLE);
        c->valid_to = read_day(&r, &root, "valid_to", OPTIONAL);
        c->version = version ? version : "";
        c->title = title ? title : "";
    }
    json_decref(json);
    l->sink->n += r.n_complaints;
}

static void read_dictionary(struct loader *l)
{
    size_t bytes = 0, cap = 0, n = 0;
    YJ_CLEANUP(cleanup_free)
    char *text = folder_read(l->cfg, "fields.json", false, l->sink, &bytes);
    if (!text)
        return;
    struct matter_complaint *room = sink_room(l->sink, &cap);
    if (matter_dictionary_parse(&l->context, text, bytes, "fields.json", room, cap, &n,
                                &l->dictionary) == 0)
        l->context.dictionary = l->dictionary;
    l->sink->n += n;
}

/* ---- national matters ---- */

struct source *loader_find(struct loader *l, const char *code)
{
    for (size_t i = 0; i < l->n_sources; i++)
        if (l->source[i].code && !strcmp(l->source[i].code, code))
            return &l->source[i];
    return NULL;
}

struct matter *loader_read_matter(struct loader *l, const json_t *json, const char *file,
                                  struct complaint_sink *sink)
{
    size_t cap = 0, n = 0;
    struct matter *m = NULL;
    struct matter_complaint *room = sink_room(sink, &cap);
    int rc = matter_from_json(&l->context, json, file, room, cap, &n, &m);
    sink->n += n;
    return rc ? NULL : m;
}

static void read_national(struct loader *l, const char *file)
{
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(l->cfg, file, true, l->sink, &bytes);
    struct source *s = &l->source[l->n_sources];
    struct reader r = {.file = file};
    if (!text)
        return;
    r.complaint = sink_room(l->sink, &r.cap);
    snprintf(s->file, sizeof s->file, "%.*s", SOURCE_FILE_BYTES - 1, file);
    s->json = reader_json(&r, text, bytes);
    l->sink->n += r.n_complaints;
    if (!s->json)
        return;
    const char *code = json_string_value(json_object_get(s->json, "code"));
    bool is_twice = code && loader_find(l, code);
    s->m = loader_read_matter(l, s->json, file, l->sink);
    if (s->m && is_twice) {
        sink_put(l->sink, file, "/code", "another file has this code already");
        matter_free(s->m);
        s->m = NULL;
    }
    s->code = is_twice ? NULL : code;
    l->n_sources++;
}

static void read_all_national(struct loader *l, const char *subfolder)
{
    struct folder folder = {0};
    if (folder_list(l->cfg, subfolder, FOLDER_JSON_FILES, &folder))
        sink_put(l->sink, subfolder, "", "the folder cannot be opened");
    if (folder.is_cut)
        sink_put(l->sink, "", "", "more files than one catalogue can hold");
    l->source = mem_zalloc(folder.n, sizeof *l->source);
    for (size_t i = 0; i < folder.n; i++) {
        char file[FOLDER_PATH_BYTES];
        snprintf(file, sizeof file, "%s%s%s", subfolder ? subfolder : "", subfolder ? "/" : "",
                 folder.name[i]);
        read_national(l, file);
    }
    folder_free(&folder);
}

/* ---- the rest ---- */

static void make_set(struct loader *l)
{
    struct matter_set *set = matter_set_new(l->n_sources);
    for (size_t i = 0; i < l->n_sources; i++) {
        struct source *s = &l->source[i];
        if (!s->m)
            continue;
        if (s->merged_m)
            matter_set_add(set, s->merged_m, overlay_region(s->layer[s->n_layers - 1]), s->version);
        else
            matter_set_add(set, s->m, "", NULL);
        if (s->merged_m)
            matter_free(s->m);
        s->m = s->merged_m = NULL;
    }
    l->owned->c.matters = set;
}

static void read_home(struct loader *l)
{
    size_t bytes = 0, n_absent = 0;
    struct catalogue *c = &l->owned->c;
    YJ_CLEANUP(cleanup_free)
    char *text = folder_read(l->cfg, "home.json", false, l->sink, &bytes);
    if (!text)
        return;
    const char **absent = mem_zalloc(l->n_sources, sizeof *absent);
    for (size_t i = 0; i < l->n_sources; i++)
        if (l->source[i].code && matter_set_find(c->matters, l->source[i].code) < 0)
            absent[n_absent++] = l->source[i].code;
    /* without it the home page shows all matters in a row */
    (void)!home_read(text, bytes, "home.json", c->matters, absent, n_absent, l->sink, &c->home);
    free(absent);
}

static void read_guide_and_calendar(struct loader *l)
{
    size_t bytes = 0, cap = 0, n = 0;
    struct catalogue *c = &l->owned->c;
    YJ_CLEANUP(cleanup_free)
    char *guide = folder_read(l->cfg, "guide.json", false, l->sink, &bytes);
    struct matter_complaint *room = sink_room(l->sink, &cap);
    if (guide) /* refused: no guide is offered */
        (void)!guide_parse(guide, bytes, "guide.json", c->matters, room, cap, &n, &c->guide);
    l->sink->n += n;
    n = 0;
    YJ_CLEANUP(cleanup_free)
    char *calendar = folder_read(l->cfg, "calendar.json", false, l->sink, &bytes);
    room = sink_room(l->sink, &cap);
    if (calendar) /* refused: days are said with "about" */
        (void)!calendar_parse(calendar, bytes, "calendar.json", room, cap, &n, &c->calendar);
    l->sink->n += n;
}

static void build_search(struct loader *l, bool is_plain)
{
    size_t bytes = 0, cap = 0, n = 0;
    struct catalogue *c = &l->owned->c;
    YJ_CLEANUP(cleanup_free)
    char *words = is_plain ? NULL : folder_read(l->cfg, "words.json", false, l->sink, &bytes);
    struct matter_complaint *room = sink_room(l->sink, &cap);
    int rc = search_build(c->matters, words, bytes, "words.json", l->cfg->pinyin,
                          l->cfg->pinyin_len, room, cap, &n, &c->search);
    l->sink->n += n;
    if (rc && !c->search) /* without the words then, which cannot be refused */
        (void)!search_build(c->matters, NULL, 0, "words.json", l->cfg->pinyin, l->cfg->pinyin_len,
                            NULL, 0, &n, &c->search);
}

/* @param is_lint  every region's overlays instead of those of cfg->region */
static void load_all(struct loader *l, bool is_lint)
{
    bool is_plain = !folder_has(l->cfg, "catalogue.json") && !folder_has(l->cfg, "national");
    if (!is_plain) {
        read_head(l);
        read_dictionary(l);
    }
    read_all_national(l, is_plain ? NULL : "national");
    if (is_lint && !is_plain)
        loader_lint_regions(l);
    else if (!is_plain && l->cfg->region)
        loader_read_chain(l, l->cfg->region, l->sink);
    make_set(l);
    if (!is_plain) {
        read_home(l);
        read_guide_and_calendar(l);
        l->owned->c.texts = texts_read(l->cfg, l->sink);
    }
    build_search(l, is_plain);
    for (size_t i = 0; i < l->n_sources; i++) {
        loader_forget_layers(&l->source[i]);
        matter_free(l->source[i].m);
        json_decref(l->source[i].json);
    }
    free(l->source);
    matter_dictionary_free(l->dictionary);
}

static int open_folder(const struct catalogue_cfg *cfg, struct err *err)
{
    struct folder folder = {0};
    int rc = folder_list(cfg, NULL, FOLDER_FOLDERS, &folder);
    if (rc)
        return ERR(err, rc, "the folder of matters cannot be opened: %s", err_text(rc));
    folder_free(&folder);
    return 0;
}

static struct catalogue_owned *load(const struct catalogue_cfg *cfg, struct complaint_sink *sink,
                                    bool is_lint, size_t *ret_overlays)
{
    struct loader l = {.cfg = cfg, .sink = sink, .context = {.codes = cfg->codes}};
    l.owned = mem_zalloc(1, sizeof *l.owned);
    l.owned->c = (struct catalogue){.version = "", .title = "", .codes = cfg->codes};
    load_all(&l, is_lint);
    *ret_overlays = l.n_overlays;
    return l.owned;
}

int catalogue_load(const struct catalogue_cfg *cfg, struct matter_complaint *complaints, size_t cap,
                   size_t *ret_n_complaints, struct catalogue **ret, struct err *err)
{
    struct complaint_sink sink = {.list = complaints, .cap = cap};
    size_t n_overlays = 0;
    if (cfg->region && cfg->region[0] &&
        (!loader_is_region(cfg->region) || strlen(cfg->region) != 6))
        return ERR(err, ERR_INVALID, "the terminal's region must be six digits");
    int rc = open_folder(cfg, err);
    if (rc)
        return rc;
    *ret = &load(cfg, &sink, false, &n_overlays)->c;
    *ret_n_complaints = sink.n;
    return 0;
}

int catalogue_lint(const struct catalogue_cfg *cfg, struct matter_complaint *complaints, size_t cap,
                   size_t *ret_n_complaints, struct catalogue_counts *ret, struct err *err)
{
    struct complaint_sink sink = {.list = complaints, .cap = cap};
    size_t n_overlays = 0;
    int rc = open_folder(cfg, err);
    if (rc)
        return rc;
    struct catalogue *c = &load(cfg, &sink, true, &n_overlays)->c;
    *ret_n_complaints = sink.n;
    if (ret)
        *ret = (struct catalogue_counts){.matters = matter_set_count(c->matters),
                                         .overlays = n_overlays};
    catalogue_free(c);
    return 0;
}

/* The number at the front of the text, without zeros before it. @return behind it */
static const char *take_number(const char *text, size_t *ret_digits, const char **ret_first)
{
    while (*text == '0')
        text++;
    *ret_first = text;
    *ret_digits = strspn(text, "0123456789");
    return text + *ret_digits;
}

int catalogue_version_compare(const char *a, const char *b)
{
    while (*a && *b) {
        bool is_number = *a >= '0' && *a <= '9' && *b >= '0' && *b <= '9';
        size_t n = 0, m = 0;
        const char *x = a, *y = b;
        if (is_number) {
            a = take_number(a, &n, &x);
            b = take_number(b, &m, &y);
            int order = n != m ? (n > m) - (n < m) : memcmp(x, y, n);
            if (order)
                return order;
        } else if (*a++ != *b++) {
            return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

int catalogue_version_read(const char *dir, char ret[CATALOGUE_VERSION_BYTES], struct err *err)
{
    const struct catalogue_cfg cfg = {.dir = dir};
    struct complaint_sink sink = {0};
    struct loader l = {.cfg = &cfg, .sink = &sink};
    l.owned = mem_zalloc(1, sizeof *l.owned);
    l.owned->c.version = "";
    read_head(&l);
    snprintf(ret, CATALOGUE_VERSION_BYTES, "%s", l.owned->c.version);
    catalogue_free(&l.owned->c);
    return ret[0] ? 0 : ERR(err, ERR_MATTER_FILE, "catalogue.json of the set has no version");
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    struct catalogue_owned *owned = (struct catalogue_owned *)c;
    search_free(c->search);
    home_free(c->home);
    guide_free(c->guide);
    calendar_free(c->calendar);
    texts_free(c->texts);
    matter_set_free(c->matters);
    matter_arena_free(&owned->arena);
    free(owned);
}
