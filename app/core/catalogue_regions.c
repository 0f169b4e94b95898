/* SPDX-License-Identifier: Apache-2.0 */
/* The overlays of a set, one region's folder after the other, on top of the national matters.
 * Thread: the caller's. */
#include "core/catalogue_loader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void loader_forget_layers(struct source *s)
{
    for (size_t i = 0; i < s->n_layers; i++)
        overlay_free(s->layer[i]);
    json_decref(s->merged);
    matter_free(s->merged_m);
    s->n_layers = 0;
    s->merged = NULL;
    s->merged_m = NULL;
    s->is_stopped = false;
}

/* "2026.1" and "2026.1+43-2026.2" */
static bool version_of(const struct source *s, const struct overlay *o, char *ret, size_t cap)
{
    return (size_t)snprintf(ret, cap, "%s+%s-%s", s->n_layers ? s->version : s->m->version,
                            overlay_region(o), overlay_version(o)) < cap;
}

/* The overlay's file stands behind every complaint that the merged matter gives. */
static struct matter *read_merged(struct loader *l, struct source *s, const struct overlay *o,
                                  const json_t *merged, struct complaint_sink *sink)
{
    struct overlay_stack stack = {.file = s->file, .national = s->json, .merged = merged};
    size_t first = sink->n;
    struct matter *m = loader_read_matter(l, merged, overlay_file(o), sink);
    for (size_t i = 0; i < s->n_layers; i++)
        stack.layer[stack.n_layers++] = s->layer[i];
    stack.layer[stack.n_layers++] = o;
    for (size_t i = first; i < sink->n && i < sink->cap; i++)
        overlay_blame(&stack, &sink->list[i]);
    return m;
}

/* @return true when the overlay lies on the matter now; it is the source's then */
static bool put_on_top(struct loader *l, struct source *s, struct overlay *o,
                       struct complaint_sink *sink)
{
    json_t *merged = NULL;
    char version[MATTER_VERSION_BYTES];
    if (s->n_layers && !strcmp(overlay_region(s->layer[s->n_layers - 1]), overlay_region(o))) {
        sink_put(sink, overlay_file(o), "/matter", "%s changes this matter already",
                 overlay_file(s->layer[s->n_layers - 1]));
        return false;
    }
    if (!version_of(s, o, version, sizeof version)) {
        sink_put(sink, overlay_file(o), "/version",
                 "the versions of matter and overlays together are longer than %d characters",
                 MATTER_VERSION_BYTES - 1);
        return false;
    }
    if (overlay_apply(o, s->merged ? s->merged : s->json, sink, &merged))
        return false;
    struct matter *m = read_merged(l, s, o, merged, sink);
    if (!m) {
        json_decref(merged);
        return false;
    }
    json_decref(s->merged);
    matter_free(s->merged_m);
    s->merged = merged;
    s->merged_m = m;
    s->layer[s->n_layers++] = o;
    memcpy(s->version, version, sizeof s->version);
    return true;
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

/* Which matter was meant cannot be read, but the files have the same names as a rule. */
static void stop_namesake(struct loader *l, const char *file)
{
    for (size_t i = 0; i < l->n_sources; i++)
        if (!strcmp(base_name(l->source[i].file), base_name(file)))
            l->source[i].is_stopped = true;
}

static void read_overlay(struct loader *l, const char *file, const char *region,
                         struct complaint_sink *sink)
{
    size_t bytes = 0;
    YJ_CLEANUP(cleanup_free) char *text = folder_read(l->cfg, file, true, sink, &bytes);
    struct overlay *o = NULL;
    l->n_overlays++;
    if (!text || overlay_parse(text, bytes, file, region, sink, &o)) {
        stop_namesake(l, file);
        return;
    }
    struct source *s = loader_find(l, overlay_matter(o));
    bool is_taken = false;
    if (!s)
        sink_put(sink, file, "/matter", "there is no matter \"%.40s\"", overlay_matter(o));
    else if (s->m && s->is_stopped)
        sink_put(sink, file, "", "left out: an overlay below it was refused");
    else if (s->m) /* else its own file has the complaints */
        is_taken = put_on_top(l, s, o, sink);
    if (s && !is_taken)
        s->is_stopped = true;
    if (!is_taken)
        overlay_free(o);
}

static bool was_ever(const struct loader *l, const char *region)
{
    char six[7] = "000000";
    for (size_t i = 0; region[i] && i < sizeof six - 1; i++)
        six[i] = region[i];
    return !l->cfg->codes || region_was_ever(l->cfg->codes, six);
}

/* All overlays of one folder; a region without a folder does nothing differently. */
static void read_region(struct loader *l, const char *region, struct complaint_sink *sink)
{
    struct folder folder = {0};
    char name[32];
    snprintf(name, sizeof name, "regions/%s", region);
    if (folder_list(l->cfg, name, FOLDER_JSON_FILES, &folder))
        return;
    if (!was_ever(l, region))
        sink_put(sink, name, "", "there is no division with this code");
    if (folder.is_cut)
        sink_put(sink, name, "", "more files than one catalogue can hold");
    for (size_t i = 0; i < folder.n; i++) {
        char file[FOLDER_PATH_BYTES];
        snprintf(file, sizeof file, "%s/%s", name, folder.name[i]);
        read_overlay(l, file, region, sink);
    }
    folder_free(&folder);
}

void loader_read_chain(struct loader *l, const char *region, struct complaint_sink *above)
{
    size_t n = strlen(region);
    for (size_t digits = 2; digits <= n; digits += 2) {
        char part[7] = "";
        memcpy(part, region, digits);
        read_region(l, part, digits < n ? above : l->sink);
    }
}

bool loader_is_region(const char *text)
{
    size_t n = 0;
    while (isdigit((unsigned char)text[n]))
        n++;
    return !text[n] && (n == 2 || n == 4 || n == 6);
}

void loader_lint_regions(struct loader *l)
{
    struct folder folder = {0};
    if (folder_list(l->cfg, "regions", FOLDER_FOLDERS, &folder))
        return;
    if (folder.is_cut)
        sink_put(l->sink, "regions", "", "more folders than one catalogue can hold");
    size_t n_overlays = 0;
    for (size_t i = 0; i < folder.n; i++) {
        const char *region = folder.name[i];
        struct complaint_sink quiet = {0};
        char name[FOLDER_PATH_BYTES];
        snprintf(name, sizeof name, "regions/%s", region);
        for (size_t s = 0; s < l->n_sources; s++)
            loader_forget_layers(&l->source[s]);
        if (loader_is_region(region))
            loader_read_chain(l, region, &quiet);
        else
            sink_put(l->sink, name, "", "a region's folder has 2, 4 or 6 digits");
        struct folder files = {0};
        if (!folder_list(l->cfg, name, FOLDER_JSON_FILES, &files))
            n_overlays += files.n;
        folder_free(&files);
    }
    l->n_overlays = n_overlays;
    for (size_t s = 0; s < l->n_sources; s++)
        loader_forget_layers(&l->source[s]);
    folder_free(&folder);
}
