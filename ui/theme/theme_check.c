/* SPDX-License-Identifier: Apache-2.0 */
/* What a theme must keep whoever made it: contrasts of everything that is read or must be seen,
 * and sizes that grow. Main thread. */
#include <stdio.h>

#include "ui/theme/theme_priv.h"

static const struct {
    struct theme_pair pair;
    size_t front, ground;
} pairs[] = {
#define WORDS(ink, ground)                                                                         \
    {{#ink, #ground, 7, 20}, offsetof(struct theme, ink), offsetof(struct theme, ground)},
#define SHAPE(front, ground)                                                                       \
    {{#front, #ground, 3, 20}, offsetof(struct theme, front), offsetof(struct theme, ground)},
#include "ui/theme/theme.def"
};

/* Text sizes from the least to the most important one. */
static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"text_small", offsetof(struct theme, text_small)},
    {"text_body", offsetof(struct theme, text_body)},
    {"text_strong", offsetof(struct theme, text_strong)},
    {"text_title", offsetof(struct theme, text_title)},
};

static double ratio_of(const struct theme *theme, size_t i, int contrast)
{
    struct theme *t = (struct theme *)theme; /* theme_colour_at serves the reader too */
    return theme_contrast(theme_colour_at(t, pairs[i].front)->at[contrast],
                          theme_colour_at(t, pairs[i].ground)->at[contrast]);
}

bool theme_pair_at(const struct theme *theme, int i, struct theme_pair *ret,
                   double ret_ratio[PREFS_N_CONTRAST])
{
    if (i < 0 || (size_t)i >= YJ_COUNT(pairs))
        return false;
    *ret = pairs[i].pair;
    for (int c = 0; c < PREFS_N_CONTRAST; c++)
        ret_ratio[c] = ratio_of(theme, (size_t)i, c);
    return true;
}

static void check_pair(struct reading *r, size_t i, int contrast)
{
    char place[80];
    const struct theme_pair *p = &pairs[i].pair;
    double ratio = ratio_of(r->theme, i, contrast);
    double least = contrast == CONTRAST_DEFAULT ? p->least : p->least_bare;
    if (ratio >= least)
        return;
    snprintf(place, sizeof place, "/colours/%s/%s", theme_contrast_names[contrast], p->front);
    theme_say(r, place, "on %s %.2f : 1, at least %g : 1 is needed", p->ground, ratio, least);
}

static const struct length_mm *length_at(const struct theme *t, size_t at)
{
    return (const struct length_mm *)(const void *)((const char *)t + at);
}

/* A larger text must be larger, and a title no smaller than what stands below it. */
static void check_growth(struct reading *r, size_t i, int room)
{
    static const char *const rooms[] = {"lengths_mm", "compact_mm"};
    char place[80];
    const struct length_mm *mm = length_at(r->theme, texts[i].at);
    snprintf(place, sizeof place, "/%s/%s", rooms[room], texts[i].name);
    for (int size = 0; size < PREFS_N_TEXT; size++) {
        if (size > 0 && mm->at[room][size] < mm->at[room][size - 1])
            theme_say(r, place, "shrinks from %g to %g mm where text is made larger",
                      mm->at[room][size - 1], mm->at[room][size]);
        if (i > 0 && mm->at[room][size] < length_at(r->theme, texts[i - 1].at)->at[room][size])
            theme_say(r, place, "%g mm is smaller than %s", mm->at[room][size], texts[i - 1].name);
    }
}

void theme_check(struct reading *r)
{
    enum { LOOP_LEAST_MS = 1000 }; /* WCAG 2.2, 2.3.1: nothing may flash */
    for (int contrast = 0; contrast < PREFS_N_CONTRAST; contrast++)
        for (size_t i = 0; i < YJ_COUNT(pairs); i++)
            check_pair(r, i, contrast);
    for (int room = 0; room < 2; room++)
        for (size_t i = 0; i < YJ_COUNT(texts); i++)
            check_growth(r, i, room);
    if (r->theme->loop > 0 && r->theme->loop < LOOP_LEAST_MS)
        theme_say(r, "/motion_ms/loop", "0 or at least %d ms: nothing may flash", LOOP_LEAST_MS);
}
