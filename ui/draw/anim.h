/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that move: what to do with hands, for those who cannot hear or read. A moving picture
 * has up to three layers of the same shape (behind, moving, in front), and a path for the middle
 * one. Table: assets/images/motion.json. Pure after loading. Thread: main. Blocks: disk while
 * loading. */
#ifndef YJ_UI_DRAW_ANIM_H
#define YJ_UI_DRAW_ANIM_H

#include "base/err.h"

enum {
    ANIM_STEPS = 32, /* pictures of one round; the first is the one that stands still */
    ANIM_MAX_POINTS = 8,
};

/* One moving picture. Names are those of assets/images; NULL: no such layer. */
struct anim {
    const char *name;
    const char *behind, *moving, *front;
    struct {
        double at;   /* share of a round, 0..1, rising */
        double x, y; /* percent of the picture's width and height */
    } point[ANIM_MAX_POINTS];
    int n_points;
};

struct anim_set;

/**
 * Read assets_dir/images/motion.json.
 * @param ret  owned by the caller
 * @return 0 or ERR_UI_ASSET (file, place and reason)
 */
int anim_set_new(const char *assets_dir, struct anim_set **ret, struct err *err) YJ_CHECK;
void anim_set_free(struct anim_set *set);

/** @param set  NULL: nothing moves. @return the moving picture of that name, NULL: it stands still
 */
const struct anim *anim_of(const struct anim_set *set, const char *name);

/** Where the moving layer stands. @param step  0..ANIM_STEPS-1; ret in percent of the picture */
void anim_offset(const struct anim *anim, int step, double *ret_x, double *ret_y);

#endif
