/* SPDX-License-Identifier: Apache-2.0 */
/* The order of attempts, found by measuring what each adds for its time on the public sets
 * (CAMERA.md, measurements). zxing-cpp comes first because it is ten times cheaper than ZBar; it
 * is left out where the picture looks as if it were made to keep it busy. */
#include "drivers/scanner/qr_cascade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/scanner/qr_prepare.h"

enum engine { ZBAR, ZXING, ZXING_HARDER };

struct attempt {
    const char *name;
    enum engine engine;
    enum qr_way way;
    bool is_dear; /* adds nothing on large pictures, where it takes longest */
};

static const struct attempt with_both[] = {
    {"zxing half", ZXING_HARDER, QR_WAY_HALF, false},
    {"zxing plain", ZXING, QR_WAY_PLAIN, false},
    {"zxing place", ZXING_HARDER, QR_WAY_PLACE, false},
    {"zbar place", ZBAR, QR_WAY_PLACE, false},
    /* up to here: every picture of a stream */
    {"zxing half inverted", ZXING, QR_WAY_HALF_INVERTED, false},
    {"zxing half sharp", ZXING_HARDER, QR_WAY_HALF_SHARP, false},
    {"zxing place sharp", ZXING_HARDER, QR_WAY_PLACE_SHARP, false},
    {"zxing quarter", ZXING_HARDER, QR_WAY_QUARTER, false},
    {"zxing bw wide", ZXING, QR_WAY_BW_WIDE, false},
    {"zxing full", ZXING_HARDER, QR_WAY_FULL, false},
    {"zxing inverted", ZXING_HARDER, QR_WAY_INVERTED, false},
    {"zxing soft sharp", ZXING, QR_WAY_SOFT_SHARP, false},
    {"zbar quarter bw", ZBAR, QR_WAY_QUARTER_BW, false},
    {"zbar place sharp", ZBAR, QR_WAY_PLACE_SHARP, false},
    {"zxing sharp bw", ZXING, QR_WAY_SHARP_BW, false},
    /* from here on: only where there is any sign of a code */
    {"zbar half strong", ZBAR, QR_WAY_HALF_STRONG, false},
    {"zxing place2 sharp", ZXING_HARDER, QR_WAY_PLACE2_SHARP, false},
    {"zbar bw", ZBAR, QR_WAY_BW, false},
    {"zbar plain", ZBAR, QR_WAY_PLAIN, true},
    {"zbar soft sharp", ZBAR, QR_WAY_SOFT_SHARP, true},
    {"zxing double", ZXING_HARDER, QR_WAY_DOUBLE, false},
    {"zxing double sharp", ZXING_HARDER, QR_WAY_DOUBLE_SHARP, false},
    {"zbar bw wider", ZBAR, QR_WAY_BW_WIDER, false},
    {"zbar sharp", ZBAR, QR_WAY_SHARP, true},
    {"zbar double bw", ZBAR, QR_WAY_DOUBLE_BW, false},
};

static const struct attempt with_zbar[] = {
    {"zbar half", ZBAR, QR_WAY_HALF, false},
    {"zbar place", ZBAR, QR_WAY_PLACE, false},
    {"zbar plain", ZBAR, QR_WAY_PLAIN, false},
    /* up to here: every picture of a stream */
    {"zbar bw", ZBAR, QR_WAY_BW, false},
    {"zbar place sharp", ZBAR, QR_WAY_PLACE_SHARP, false},
    {"zbar bw inverted", ZBAR, QR_WAY_BW_INVERTED, false},
    {"zbar half strong", ZBAR, QR_WAY_HALF_STRONG, false},
    {"zbar quarter bw", ZBAR, QR_WAY_QUARTER_BW, false},
    {"zbar quarter", ZBAR, QR_WAY_QUARTER, false},
    /* from here on: only where there is any sign of a code */
    {"zbar soft sharp", ZBAR, QR_WAY_SOFT_SHARP, false},
    {"zbar soft bw", ZBAR, QR_WAY_SOFT_BW, false},
    {"zbar bw wider", ZBAR, QR_WAY_BW_WIDER, false},
    {"zbar sharp", ZBAR, QR_WAY_SHARP, false},
    {"zbar place bw", ZBAR, QR_WAY_PLACE_BW, false},
    {"zbar double sharp", ZBAR, QR_WAY_DOUBLE_SHARP, false},
    {"zbar double bw", ZBAR, QR_WAY_DOUBLE_BW, false},
};

enum {
    N_LIVE_BOTH = 4,
    N_LIVE_ZBAR = 3,
    N_SURE_BOTH = 15,
    N_SURE_ZBAR = 9,
    REST = 8,              /* of pictures without a change one in so many is looked at */
    CHANGE = 5,            /* grey values of a field: more is a change */
    MANY_FINDERS = 60,     /* more than codes have: zxing's time grows with the cube of it */
    SMALL_PIXELS = 100000, /* everything is cheap here */
    LARGE_PIXELS = 1000000,
    SECOND_LOOK = 5, /* finder patterns that one code cannot have */
};

struct qr_cascade {
    struct qr_cascade_cfg cfg;
    struct qr_zbar *zbar;
    struct qr_prepare prepare;
    struct qr_reads reads;
    const struct attempt *list;
    unsigned n_list, n_live, n_sure;
    unsigned next;  /* live: attempt whose turn is next */
    unsigned lucky; /* live: attempt that succeeded last, or 0 */
    struct qr_signature seen;
    bool has_seen;
    unsigned n_same; /* pictures without a change and without a code */
};

void qr_cascade_use_zxing(struct qr_cascade *c, bool has_zxing)
{
    bool is_both = has_zxing && qr_zxing_is_there();
    const struct attempt *list = is_both ? with_both : with_zbar;
    if (list == c->list)
        return;
    c->list = list;
    c->n_list = is_both ? YJ_COUNT(with_both) : YJ_COUNT(with_zbar);
    c->n_live = is_both ? N_LIVE_BOTH : N_LIVE_ZBAR;
    c->n_sure = is_both ? N_SURE_BOTH : N_SURE_ZBAR;
    qr_cascade_restart(c);
}

struct qr_cascade *qr_cascade_new(const struct qr_cascade_cfg *cfg)
{
    struct qr_cascade *c = mem_zalloc(1, sizeof *c);
    c->cfg = *cfg;
    c->zbar = qr_zbar_new();
    qr_cascade_use_zxing(c, cfg->has_zxing);
    return c;
}

void qr_cascade_free(struct qr_cascade *c)
{
    if (!c)
        return;
    qr_zbar_free(c->zbar);
    qr_prepare_fini(&c->prepare);
    bytes_free_wiped(c);
}

void qr_cascade_restart(struct qr_cascade *c)
{
    c->next = c->n_live;
    c->lucky = c->n_same = 0;
    c->has_seen = false;
}

const char *qr_cascade_attempt_name(const struct qr_cascade *c, unsigned attempt)
{
    return attempt >= 1 && attempt <= c->n_list ? c->list[attempt - 1].name : NULL;
}

/* ---- one attempt ---- */

/* Run an engine; what it finds gets places in PLAIN's pixels. */
static void engine_run(struct qr_cascade *c, enum engine engine, enum qr_way way)
{
    struct qr_prepare *p = &c->prepare;
    const struct qr_image *m = qr_prepare_get(p, way);
    size_t before = c->reads.n;
    if (!m)
        return;
    if (engine == ZBAR)
        qr_zbar_read(c->zbar, m, &c->reads);
    else
        qr_zxing_read(m, engine == ZXING ? QR_ZXING_PLAIN : QR_ZXING_HARDER, &c->reads);
    for (size_t i = before; i < c->reads.n; i++) {
        c->reads.at[i].x = c->reads.at[i].x * p->scale[way] + p->left[way];
        c->reads.at[i].y = c->reads.at[i].y * p->scale[way] + p->top[way];
    }
}

static bool attempt_is_wise(struct qr_cascade *c, unsigned attempt)
{
    const struct attempt *a = &c->list[attempt - 1];
    const struct qr_image *plain = &c->prepare.way[QR_WAY_PLAIN];
    int pixels = plain->width * plain->height;
    if (a->engine != ZBAR && qr_prepare_crowd(&c->prepare, a->way) > MANY_FINDERS)
        return false;
    if (a->is_dear && pixels > LARGE_PIXELS)
        return false;
    return attempt <= c->n_sure || pixels <= SMALL_PIXELS || qr_prepare_has_sign(&c->prepare);
}

/* ---- several codes ---- */

/* Two engines may give the same code in different bytes; where it lies tells. */
static void reads_join(struct qr_reads *list, float near)
{
    for (size_t i = 1; i < list->n; i++)
        for (size_t k = 0; k < i; k++)
            if (hypotf(list->at[i].x - list->at[k].x, list->at[i].y - list->at[k].y) < near) {
                list->at[i] = list->at[--list->n];
                bytes_wipe(list->at[list->n].bytes, list->at[list->n].n);
                i--;
                break;
            }
}

/* The code nearest to the middle, when it is clearly so. @return index, or -1 */
static int reads_choose(const struct qr_reads *list, float x, float y)
{
    float best = INFINITY, second = INFINITY;
    int at = -1;
    for (size_t i = 0; i < list->n; i++) {
        float d = hypotf(list->at[i].x - x, list->at[i].y - y);
        if (d < best) {
            second = best;
            best = d;
            at = (int)i;
        } else if (d < second) {
            second = d;
        }
    }
    return list->n > 1 && best > 0.6F * second ? -1 : at;
}

static void outcome_make(struct qr_cascade *c, unsigned attempt, struct qr_outcome *ret)
{
    const struct qr_image *plain = &c->prepare.way[QR_WAY_PLAIN];
    float width = (float)plain->width, height = (float)plain->height;
    if (qr_prepare_finders(&c->prepare)->n >= SECOND_LOOK) {
        engine_run(c, ZBAR, QR_WAY_PLAIN);
        engine_run(c, ZBAR, QR_WAY_BW);
    }
    reads_join(&c->reads, fminf(width, height) / 16);
    int i = reads_choose(&c->reads, width / 2, height / 2);
    ret->attempt = attempt;
    ret->kind = i < 0                    ? QR_OUTCOME_SEVERAL
                : c->reads.at[i].is_part ? QR_OUTCOME_PART
                                         : QR_OUTCOME_CODE;
    if (ret->kind == QR_OUTCOME_CODE) {
        ret->n = c->reads.at[i].n;
        memcpy(ret->bytes, c->reads.at[i].bytes, ret->n);
    }
    qr_reads_wipe(&c->reads);
}

/* @param attempt counts from 1. @return whether a code was found */
static bool attempt_make(struct qr_cascade *c, unsigned attempt, struct qr_outcome *ret)
{
    const struct attempt *a = &c->list[attempt - 1];
    if (!attempt_is_wise(c, attempt))
        return false;
    ret->n_attempts++;
    engine_run(c, a->engine, a->way);
    if (c->reads.n == 0)
        return false;
    outcome_make(c, attempt, ret);
    return true;
}

static void outcome_init(struct qr_outcome *ret)
{
    ret->kind = QR_OUTCOME_NONE;
    ret->attempt = ret->n_attempts = 0;
    ret->n = 0;
}

/* ---- public ---- */

void qr_cascade_still(struct qr_cascade *c, const struct qr_image *m, int64_t budget_us,
                      struct qr_outcome *ret)
{
    int64_t until = c->cfg.now_us() + budget_us;
    outcome_init(ret);
    qr_prepare_begin(&c->prepare, m);
    for (unsigned i = 1; i <= c->n_list && c->cfg.now_us() <= until; i++)
        if (attempt_make(c, i, ret))
            return;
}

/* Is there nothing new? A slow drift adds up against the picture kept. */
static bool picture_is_same(struct qr_cascade *c, const struct qr_image *m)
{
    struct qr_signature now;
    qr_image_signature(m, &now);
    if (c->has_seen && qr_signature_distance(&now, &c->seen) <= CHANGE)
        return true;
    c->seen = now;
    c->has_seen = true;
    return false;
}

void qr_cascade_live(struct qr_cascade *c, const struct qr_image *m, int64_t budget_us,
                     struct qr_outcome *ret)
{
    int64_t until = c->cfg.now_us() + budget_us;
    outcome_init(ret);
    c->n_same = picture_is_same(c, m) ? c->n_same + 1 : 0;
    /* not never: a lens that finds its focus changes no field's mean */
    if (c->n_same > c->n_list - c->n_live && c->n_same % REST != 0) {
        ret->kind = QR_OUTCOME_SAME;
        return;
    }
    qr_prepare_begin(&c->prepare, m);
    bool is_found = c->lucky > 0 && attempt_make(c, c->lucky, ret);
    for (unsigned i = 1; i <= c->n_live && !is_found && c->cfg.now_us() <= until; i++)
        is_found = i != c->lucky && attempt_make(c, i, ret);
    if (!is_found && c->cfg.now_us() <= until) {
        c->next = c->next >= c->n_list ? c->n_live + 1 : c->next + 1;
        is_found = attempt_make(c, c->next, ret);
    }
    c->lucky = is_found ? ret->attempt : 0;
    if (is_found)
        c->n_same = 0;
}
