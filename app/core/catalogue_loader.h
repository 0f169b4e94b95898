/* SPDX-License-Identifier: Apache-2.0 */
/* One catalogue set being loaded: shared by catalogue.c (files of the set) and catalogue_regions.c
 * (overlays on top of them). Private to app/core. */
#ifndef YJ_CORE_CATALOGUE_LOADER_H
#define YJ_CORE_CATALOGUE_LOADER_H

#include "core/catalogue.h"
#include "core/catalogue_files.h"
#include "core/overlay.h"

enum { SOURCE_FILE_BYTES = sizeof((struct matter_complaint *)NULL)->file };

/* What catalogue_load hands out; the public part comes first so that catalogue_free finds the rest.
 */
struct catalogue_owned {
    struct catalogue c;
    struct arena arena; /* version, title */
};

/* One national file, and what lies on top of it in the present region. */
struct source {
    char file[SOURCE_FILE_BYTES];
    json_t *json;     /* NULL: could not be read */
    struct matter *m; /* NULL: refused */
    const char *code; /* in json; NULL: none */
    struct overlay *layer[CATALOGUE_REGION_LEVELS];
    size_t n_layers;
    json_t *merged;          /* NULL: no layers */
    struct matter *merged_m; /* likewise */
    char version[MATTER_VERSION_BYTES];
    bool is_stopped; /* an overlay was refused: none of those above it is taken */
};

struct loader {
    const struct catalogue_cfg *cfg;
    struct complaint_sink *sink;
    struct catalogue_owned *owned;
    struct matter_dictionary *dictionary;
    struct matter_context context;
    struct source *source;
    size_t n_sources, n_overlays;
};

/** @return the source of a code, NULL when no file has it. */
struct source *loader_find(struct loader *l, const char *code);

/** Check JSON as a matter. @return owned, NULL with complaints in sink */
struct matter *loader_read_matter(struct loader *l, const json_t *json, const char *file,
                                  struct complaint_sink *sink);

/** @return true for 2, 4 or 6 digits. */
bool loader_is_region(const char *text);

/**
 * Put the overlays of "430102" on the matters: those of 43, of 4301, of 430102.
 * @param above  takes the complaints of all folders but the last, whose go to l->sink
 */
void loader_read_chain(struct loader *l, const char *region, struct complaint_sink *above);

/** Check the overlays of every region; the matters are as before afterwards. */
void loader_lint_regions(struct loader *l);

/** Take the overlays off a matter. */
void loader_forget_layers(struct source *s);

#endif
