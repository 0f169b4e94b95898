/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and moving pictures that move. Main thread. */
#include "ui/draw/anim.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ANIM_MAX_BYTES = 64 << 10, ANIM_MAX = 32 };

struct anim_set {
    json_t *root; /* the names point into it */
    struct anim anim[ANIM_MAX];
    int n;
};

static bool number_in(json_t *j, double least, double most, double *ret)
{
    *ret = json_number_value(j);
    return json_is_number(j) && *ret >= least && *ret <= most;
}

static int path_read(struct anim *a, json_t *path, const char *file, struct err *err)
{
    size_t n = json_array_size(path);
    if (n < 2 || n > ANIM_MAX_POINTS)
        return ERR(err, ERR_UI_ASSET, "%s: /pictures/%s/path: 2 to %d points", file, a->name,
                   ANIM_MAX_POINTS);
    for (size_t i = 0; i < n; i++) {
        json_t *p = json_array_get(path, i);
        double least = i ? a->point[i - 1].at : 0, most = i ? 1 : 0;
        if (json_array_size(p) != 3 ||
            !number_in(json_array_get(p, 0), least, most, &a->point[i].at) ||
            !number_in(json_array_get(p, 1), -60, 60, &a->point[i].x) ||
            !number_in(json_array_get(p, 2), -60, 60, &a->point[i].y))
            return ERR(
                err, ERR_UI_ASSET,
                "%s: /pictures/%s/path/%zu: [share, x, y] with rising shares from 0 to 1 and "
                "offsets from -60 to 60 percent",
                file, a->name, i);
        a->n_points++;
    }
    if (a->point[n - 1].at < 1)
        return ERR(err, ERR_UI_ASSET, "%s: /pictures/%s/path: must end at 1", file, a->name);
    return 0;
}

static int anim_read(struct anim_set *set, const char *name, json_t *j, const char *file,
                     struct err *err)
{
    if (set->n == ANIM_MAX)
        return ERR(err, ERR_UI_ASSET, "%s: /pictures: at most %d", file, ANIM_MAX);
    struct anim *a = &set->anim[set->n++];
    *a = (struct anim){.name = name,
                       .behind = json_string_value(json_object_get(j, "behind")),
                       .moving = json_string_value(json_object_get(j, "moving")),
                       .front = json_string_value(json_object_get(j, "front"))};
    size_t n_known = !!a->behind + !!a->moving + !!a->front + 1U;
    if (!a->moving || json_object_size(j) != n_known)
        return ERR(err, ERR_UI_ASSET, "%s: /pictures/%s: moving, path, and behind or front", file,
                   name);
    return path_read(a, json_object_get(j, "path"), file, err);
}

int anim_set_new(const char *assets_dir, struct anim_set **ret, struct err *err)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s/images/motion.json", assets_dir) >= (int)sizeof path)
        return ERR(err, ERR_UI_ASSET, "the assets folder's name is too long");
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    if (mem_read_file(path, ANIM_MAX_BYTES, &data, &n, &why) < 0)
        return ERR(err, ERR_UI_ASSET, "%s", why.msg);
    json_error_t je;
    struct anim_set *set = mem_zalloc(1, sizeof *set);
    set->root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
    json_t *pictures = json_object_get(set->root, "pictures");
    int r = 0;
    if (!set->root)
        r = ERR(err, ERR_UI_ASSET, "%s:%d: %s", path, je.line, je.text);
    else if (!json_is_object(pictures))
        r = ERR(err, ERR_UI_ASSET, "%s: /pictures: an object expected", path);
    const char *name;
    json_t *value;
    json_object_foreach(pictures, name, value)
    {
        r = r ? r : anim_read(set, name, value, path, err);
    }
    if (r < 0) {
        anim_set_free(set);
        return r;
    }
    *ret = set;
    return 0;
}

void anim_set_free(struct anim_set *set)
{
    if (!set)
        return;
    json_decref(set->root);
    free(set);
}

const struct anim *anim_of(const struct anim_set *set, const char *name)
{
    for (int i = 0; set && name && i < set->n; i++)
        if (strcmp(set->anim[i].name, name) == 0)
            return &set->anim[i];
    return NULL;
}

void anim_offset(const struct anim *a, int step, double *ret_x, double *ret_y)
{
    double t = (double)step / ANIM_STEPS;
    int i = 1;
    while (i < a->n_points - 1 && a->point[i].at < t)
        i++;
    double span = a->point[i].at - a->point[i - 1].at;
    double part = span > 0 ? (t - a->point[i - 1].at) / span : 1;
    part = part * part * (3 - 2 * part); /* begins and ends gently, as a hand does */
    *ret_x = a->point[i - 1].x + (a->point[i].x - a->point[i - 1].x) * part;
    *ret_y = a->point[i - 1].y + (a->point[i].y - a->point[i - 1].y) * part;
}
