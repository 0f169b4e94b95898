/* SPDX-License-Identifier: Apache-2.0 */
/* Kiosk frames. Every condition draws its figures from a range that goes from easy to beyond what
 * can be read. Thread: any. */
#include "qr_kiosk_frames.h"

#include <stdio.h>
#include <string.h>

static const char *const conditions[] = {
    "easy",     "blur",     "motion", "dim",   "bright", "glare",   "shadow",
    "inverted", "small",    "tilt",   "curve", "noise",  "moire",   "quiet",
    "damaged",  "contrast", "big",    "dense", "mixed",  "nothing", NULL,
};

const char *qr_kiosk_condition(int condition)
{
    return conditions[condition];
}

static double roll(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(*state >> 11) / 9007199254740992.0;
}

static bool is_named(int condition, const char *name)
{
    return strcmp(conditions[condition], name) == 0;
}

static void text_make(struct camera_scene *s, uint64_t *state, int n)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789-_./";
    s->n = 0;
    for (int i = 0; i < n; i++)
        s->bytes[s->n++] = (uint8_t)letters[(int)roll(state, 0, sizeof letters - 1.001)];
}

static void trouble(int condition, struct camera_scene *s, uint64_t *r)
{
    if (is_named(condition, "blur"))
        s->blur = roll(r, 0.35, 0.75) * s->module;
    else if (is_named(condition, "motion"))
        s->motion = roll(r, 0.5, 2.2) * s->module;
    else if (is_named(condition, "dim"))
        s->dark = roll(r, 0.8, 0.93), s->noise = roll(r, 1, 4);
    else if (is_named(condition, "bright"))
        s->glare = 0.55, s->contrast = roll(r, 0.3, 0.8);
    else if (is_named(condition, "glare"))
        s->glare = roll(r, 0.6, 1);
    else if (is_named(condition, "shadow"))
        s->shadow = roll(r, 0.6, 1);
    else if (is_named(condition, "inverted"))
        s->is_inverted = true, s->blur = roll(r, 0, 0.3) * s->module;
    else if (is_named(condition, "small"))
        s->module = roll(r, 1.5, 2.4);
    else if (is_named(condition, "tilt"))
        s->tilt = roll(r, 0.5, 1);
    else if (is_named(condition, "curve"))
        s->curve = roll(r, 0.3, 0.9);
    else if (is_named(condition, "noise"))
        s->noise = roll(r, 15, 60);
    else if (is_named(condition, "moire"))
        s->moire = roll(r, 0.4, 1);
    else if (is_named(condition, "quiet"))
        s->quiet = roll(r, 0, 1), s->clutter = 1;
    else if (is_named(condition, "damaged"))
        s->damage = roll(r, 0.02, 0.12), s->ecc = 2;
    else if (is_named(condition, "contrast"))
        s->contrast = roll(r, 0.05, 0.2), s->noise = roll(r, 0, 3);
    else if (is_named(condition, "big"))
        s->module = roll(r, 1.4, 1.6) * s->module, s->blur = roll(r, 0, 0.3) * s->module;
}

void qr_kiosk_scene(int condition, unsigned seed, struct camera_scene *ret, int *ret_width,
                    int *ret_height)
{
    uint64_t state = (uint64_t)seed * 1000003u + (uint64_t)condition * 7919u + 17, *r = &state;
    bool is_large = roll(r, 0, 1) > 0.5;
    for (int i = 0; i < 4; i++)
        (void)roll(r, 0, 1);
    *ret_width = is_large ? 1280 : 640;
    *ret_height = is_large ? 720 : 480;
    camera_scene_init(ret, NULL, 0);
    ret->seed = seed + 1;
    if (is_named(condition, "nothing")) {
        ret->clutter = 1;
        ret->noise = roll(r, 0, 10);
        return;
    }
    text_make(ret, r, is_named(condition, "dense") ? (int)roll(r, 200, 500) : (int)roll(r, 12, 90));
    double most = *ret_height / (is_named(condition, "dense") ? 95.0 : 50.0);
    ret->module = is_named(condition, "big") ? most : roll(r, 2.6, most < 8 ? most : 8);
    ret->x = roll(r, 0.42, 0.58);
    ret->y = roll(r, 0.45, 0.55);
    ret->rotate = roll(r, -25, 25);
    ret->tilt = roll(r, 0, 0.25);
    ret->blur = roll(r, 0, 0.2) * ret->module;
    ret->noise = roll(r, 0, 6);
    if (!is_named(condition, "mixed")) {
        trouble(condition, ret, r);
        return;
    }
    for (int k = 0; k < 2; k++) /* two troubles at once */
        trouble(1 + (int)roll(r, 0, 15.99), ret, r);
}
