/* SPDX-License-Identifier: Apache-2.0 */
/* Overlays: what a region does differently from the national matter (docs/matters.md, "Regions"),
 * merged as JSON before the matter is read. No I/O; any thread; an overlay is const after reading.
 * Private to app/core. */
#ifndef YJ_CORE_OVERLAY_H
#define YJ_CORE_OVERLAY_H

#include "core/catalogue_priv.h"

struct overlay;

/**
 * Read one overlay file.
 * @param region  what the folder is called: the file must say the same
 * @param ret     owned by the caller, overlay_free
 * @return 0 or ERR_MATTER_FILE with complaints in sink
 */
int overlay_parse(const char *text, size_t len, const char *file, const char *region,
                  struct complaint_sink *sink, struct overlay **ret) YJ_CHECK;
void overlay_free(struct overlay *o);

/** Code of the matter it changes, its region ("4301") and its version. Borrowed. */
const char *overlay_matter(const struct overlay *o);
const char *overlay_region(const struct overlay *o);
const char *overlay_version(const struct overlay *o);
const char *overlay_file(const struct overlay *o);

/**
 * Put an overlay on top of a matter.
 * @param base        the matter so far; not changed
 * @param ret_merged  owned by the caller; still to be checked as a matter
 * @return 0 or ERR_MATTER_FILE: a part that is not there, a key that cannot be changed
 */
int overlay_apply(const struct overlay *o, const json_t *base, struct complaint_sink *sink,
                  json_t **ret_merged) YJ_CHECK;

/* How a merged matter came about. */
struct overlay_stack {
    const char *file; /* of the national matter */
    const json_t *national, *merged;
    const struct overlay *layer[CATALOGUE_REGION_LEVELS]; /* lowest first; the last is the newest */
    size_t n_layers;                                      /* at least 1 */
};

/**
 * Turn a complaint about the merged matter into one about the file and place that caused it: the
 * newest overlay when it touched the part, else whoever wrote it. Only the newest layer can be the
 * cause: everything below it was checked before.
 */
void overlay_blame(const struct overlay_stack *stack, struct matter_complaint *c);

#endif
