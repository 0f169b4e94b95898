/* SPDX-License-Identifier: Apache-2.0 */
/* Ways of preparing a picture. Figures are from trying them on public pictures (CAMERA.md). */
#include "drivers/scanner/qr_prepare.h"

#include <math.h>
#include <string.h>

enum {
    DOUBLE_PIXELS_MAX = 1000000, /* larger ones have modules enough */
    PLACE_SIDE_MIN = 20,
    PLACE_SIDE_MAX = 1400,
    PLACE_MODULE = 4,
};

static void mean_scale(struct qr_image *dst, const struct qr_image *src, int longest)
{
    int side = src->width > src->height ? src->width : src->height;
    if (side <= longest) {
        qr_image_cut(dst, src, 0, 0, src->width, src->height);
        return;
    }
    int width = (int)((int64_t)src->width * longest / side);
    int height = (int)((int64_t)src->height * longest / side);
    qr_image_scale(dst, src, width < 1 ? 1 : width, height < 1 ? 1 : height);
}

void qr_prepare_begin(struct qr_prepare *p, const struct qr_image *frame)
{
    memset(p->is_made, 0, sizeof p->is_made);
    p->frame = frame;
    p->has_finders = false;
    memset(p->crowd, 0, sizeof p->crowd);
    struct qr_image *plain = &p->way[QR_WAY_PLAIN];
    mean_scale(plain, frame, QR_PREPARE_SIDE);
    p->is_made[QR_WAY_PLAIN] = p->is_there[QR_WAY_PLAIN] = true;
    p->scale[QR_WAY_PLAIN] = 1;
    p->left[QR_WAY_PLAIN] = p->top[QR_WAY_PLAIN] = 0;
    p->shrink = (float)frame->width / (float)plain->width;
    int least = plain->width < plain->height ? plain->width : plain->height;
    p->radius = least / 32 < 2 ? 2 : least / 32;
}

static const struct qr_image *place_cut(struct qr_prepare *p, size_t i, enum qr_way way)
{
    (void)qr_prepare_finders(p);
    if (i >= p->n_places)
        return NULL;
    const struct qr_place *at = &p->place[i];
    float module = at->module * p->shrink, reach = at->reach * 1.15F * p->shrink + 2 * module;
    float left = at->x * p->shrink - reach, top = at->y * p->shrink - reach;
    float right = left + 2 * reach, bottom = top + 2 * reach;
    left = fmaxf(left, 0);
    top = fmaxf(top, 0);
    right = fminf(right, (float)p->frame->width);
    bottom = fminf(bottom, (float)p->frame->height);
    float zoom =
        fminf(PLACE_MODULE / module, PLACE_SIDE_MAX / fmaxf(fmaxf(right - left, bottom - top), 1));
    int width = (int)((right - left) * zoom), height = (int)((bottom - top) * zoom);
    if (width < PLACE_SIDE_MIN || height < PLACE_SIDE_MIN)
        return NULL;
    qr_image_cut(&p->spare, p->frame, (int)left, (int)top, (int)(right - left),
                 (int)(bottom - top));
    qr_image_scale(&p->way[way], &p->spare, width, height);
    p->scale[way] = 1 / (zoom * p->shrink);
    p->left[way] = left / p->shrink;
    p->top[way] = top / p->shrink;
    return &p->way[way];
}

/* What a way starts from. */
static enum qr_way way_source(enum qr_way way)
{
    static const enum qr_way source[QR_N_WAYS] = {
        [QR_WAY_HALF_INVERTED] = QR_WAY_HALF,  [QR_WAY_HALF_SHARP] = QR_WAY_HALF,
        [QR_WAY_HALF_STRONG] = QR_WAY_HALF,    [QR_WAY_HALF_BW] = QR_WAY_HALF,
        [QR_WAY_QUARTER] = QR_WAY_HALF,        [QR_WAY_QUARTER_BW] = QR_WAY_QUARTER,
        [QR_WAY_BW_INVERTED] = QR_WAY_BW,      [QR_WAY_SHARP_BW] = QR_WAY_SHARP,
        [QR_WAY_DOUBLE_SHARP] = QR_WAY_DOUBLE, [QR_WAY_DOUBLE_BW] = QR_WAY_DOUBLE,
        [QR_WAY_PLACE_SHARP] = QR_WAY_PLACE,   [QR_WAY_PLACE_BW] = QR_WAY_PLACE,
        [QR_WAY_PLACE2_SHARP] = QR_WAY_PLACE2,
    };
    return source[way]; /* all others: PLAIN */
}

static int at_least(int v, int least)
{
    return v < least ? least : v;
}

static void way_make(struct qr_prepare *p, enum qr_way way, struct qr_image *out,
                     const struct qr_image *in)
{
    int r = p->radius;
    switch (way) {
    case QR_WAY_HALF:
    case QR_WAY_QUARTER:
        qr_image_half(out, in);
        p->scale[way] *= 2;
        break;
    case QR_WAY_HALF_INVERTED:
    case QR_WAY_INVERTED:
    case QR_WAY_BW_INVERTED:
        qr_image_invert(out, in);
        break;
    case QR_WAY_HALF_STRONG:
        qr_image_unsharp(out, in, at_least(r / 2, 3), 6);
        break;
    case QR_WAY_HALF_SHARP:
    case QR_WAY_SHARP:
        qr_image_unsharp(out, in, 3, 3);
        break;
    case QR_WAY_PLACE_SHARP:
    case QR_WAY_PLACE2_SHARP:
        qr_image_unsharp(out, in, 4, 3);
        break;
    case QR_WAY_SOFT_SHARP:
        qr_image_gauss(&p->spare, in);
        qr_image_unsharp(out, &p->spare, 6, 4);
        break;
    case QR_WAY_CALM_BW:
        qr_image_gauss(&p->spare, in);
        qr_image_threshold(out, &p->spare, r, 5, false);
        break;
    case QR_WAY_SOFT_BW:
        qr_image_gauss(out, in);
        qr_image_gauss(&p->spare, out);
        qr_image_threshold(out, &p->spare, 2 * r, 3, false);
        break;
    case QR_WAY_HALF_BW:
        qr_image_threshold(out, in, at_least(r / 2, 2), 5, false);
        break;
    case QR_WAY_QUARTER_BW:
        qr_image_threshold(out, in, at_least(r / 4, 2), 5, false);
        break;
    case QR_WAY_BW_WIDE:
        qr_image_threshold(out, in, 2 * r, 0, false);
        break;
    case QR_WAY_BW_WIDER:
        qr_image_threshold(out, in, 4 * r, 0, false);
        break;
    case QR_WAY_DOUBLE:
        qr_image_scale(out, in, 2 * in->width, 2 * in->height);
        p->scale[way] /= 2;
        break;
    case QR_WAY_DOUBLE_SHARP:
        qr_image_unsharp(out, in, 6, 3);
        break;
    case QR_WAY_DOUBLE_BW:
        qr_image_threshold(out, in, 2 * r, 5, false);
        break;
    case QR_WAY_PLACE_BW:
        qr_image_threshold(out, in, 5 * PLACE_MODULE, 5, false);
        break;
    case QR_WAY_BW:
    case QR_WAY_SHARP_BW:
        qr_image_threshold(out, in, r, 5, false);
        break;
    case QR_WAY_PLAIN:
    case QR_WAY_PLACE:
    case QR_WAY_PLACE2:
    case QR_WAY_FULL:
    case QR_N_WAYS:
        break;
    }
}

const struct qr_image *qr_prepare_get(struct qr_prepare *p, enum qr_way way)
{
    if (p->is_made[way] && way != QR_WAY_FULL)
        return p->is_there[way] ? &p->way[way] : NULL;
    p->is_made[way] = true;
    p->is_there[way] = false;
    if (way == QR_WAY_PLACE || way == QR_WAY_PLACE2) {
        p->is_there[way] = place_cut(p, way == QR_WAY_PLACE2, way) != NULL;
        return p->is_there[way] ? &p->way[way] : NULL;
    }
    if (way == QR_WAY_FULL) {
        p->scale[way] = 1 / p->shrink;
        p->left[way] = p->top[way] = 0;
        return p->shrink > 1 ? p->frame : NULL;
    }
    enum qr_way source = way_source(way);
    const struct qr_image *in = qr_prepare_get(p, source);
    if (!in || (way == QR_WAY_DOUBLE && in->width * in->height > DOUBLE_PIXELS_MAX))
        return NULL;
    p->scale[way] = p->scale[source];
    p->left[way] = p->left[source];
    p->top[way] = p->top[source];
    way_make(p, way, &p->way[way], in);
    p->is_there[way] = true;
    return &p->way[way];
}

const struct qr_finders *qr_prepare_finders(struct qr_prepare *p)
{
    if (!p->has_finders) {
        p->has_finders = true;
        qr_finders_scan(qr_prepare_get(p, QR_WAY_CALM_BW), &p->finders);
        p->n_places = qr_finders_places(&p->finders, p->place, QR_PREPARE_PLACES);
    }
    return &p->finders;
}

static size_t finders_count(struct qr_prepare *p, const struct qr_image *bw)
{
    qr_finders_scan(bw, &p->looked_at);
    /* the scan ends where the list is full, and few of those listed have grown by then */
    return p->looked_at.is_full ? QR_FINDERS_MAX : p->looked_at.n;
}

/* Does a way come from the picture of half size? */
static bool way_is_half(enum qr_way way)
{
    for (; way != QR_WAY_PLAIN; way = way_source(way))
        if (way == QR_WAY_HALF)
            return true;
    return false;
}

size_t qr_prepare_crowd(struct qr_prepare *p, enum qr_way way)
{
    bool is_half = way_is_half(way);
    int i = is_half ? QR_CROWD_HALF : QR_CROWD_PLAIN;
    if (!p->crowd[i].is_counted) {
        /* no smoothing here: it hides patterns of two pixels a module, which engines see */
        const struct qr_image *bw = qr_prepare_get(p, is_half ? QR_WAY_HALF_BW : QR_WAY_BW);
        size_t n_dark = finders_count(p, bw);
        qr_image_invert(&p->spare, bw);
        size_t n_light = finders_count(p, &p->spare);
        p->crowd[i].n = n_dark > n_light ? n_dark : n_light;
        p->crowd[i].is_counted = true;
    }
    return p->crowd[i].n;
}

bool qr_prepare_has_sign(struct qr_prepare *p)
{
    return qr_prepare_finders(p)->n > 0 || qr_prepare_crowd(p, QR_WAY_PLAIN) > 0 ||
           finders_count(p, qr_prepare_get(p, QR_WAY_QUARTER_BW)) > 0;
}

void qr_prepare_fini(struct qr_prepare *p)
{
    for (int i = 0; i < QR_N_WAYS; i++)
        qr_image_fini(&p->way[i]);
    qr_image_fini(&p->spare);
}
