/* SPDX-License-Identifier: Apache-2.0 */
/* Grey pictures. A window's sum is kept while it moves: a sum per column that takes one row in and
 * lets one go, and along the row a sum of those columns. At the rim the window is cut, and the
 * mean is that of what is left of it. */
#include "drivers/scanner/qr_image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

void qr_image_resize(struct qr_image *m, int width, int height)
{
    assert(width >= 1 && height >= 1 && width <= QR_SIDE_MAX && height <= QR_SIDE_MAX);
    size_t need = (size_t)width * (size_t)height;
    if (need > m->cap) {
        qr_image_fini(m);
        m->px = mem_zalloc(need, 1);
        m->cap = need;
    }
    m->width = width;
    m->height = height;
}

void qr_image_fini(struct qr_image *m)
{
    if (m->px)
        bytes_wipe(m->px, m->cap);
    free(m->px);
    *m = (struct qr_image){0};
}

/* ---- windows ---- */

struct window {
    const struct qr_image *src;
    int radius;
    uint32_t *column; /* sums over the rows of the window */
    int n_rows;
};

static void window_init(struct window *w, const struct qr_image *src, int radius)
{
    w->src = src;
    w->radius = radius < 1 ? 1 : radius;
    w->column = mem_zalloc((size_t)src->width, sizeof *w->column);
    w->n_rows = 0;
}

static void window_row(struct window *w, int y, int sign)
{
    const uint8_t *row = w->src->px + (size_t)y * (size_t)w->src->width;
    uint32_t *column = w->column;
    if (sign > 0)
        for (int x = 0; x < w->src->width; x++)
            column[x] += row[x];
    else
        for (int x = 0; x < w->src->width; x++)
            column[x] -= row[x];
    w->n_rows += sign;
}

/* Move to row y; rows come in order from 0. */
static void window_move(struct window *w, int y)
{
    if (y == 0)
        for (int i = 0; i < w->radius && i < w->src->height; i++)
            window_row(w, i, 1);
    if (y + w->radius < w->src->height)
        window_row(w, y + w->radius, 1);
    if (y - w->radius - 1 >= 0)
        window_row(w, y - w->radius - 1, -1);
}

/* The means of one row into mean[]. */
static void window_means(const struct window *w, uint8_t *mean)
{
    int width = w->src->width, r = w->radius, n = 0;
    uint32_t sum = 0;
    for (int x = 0; x < r && x < width; x++, n++)
        sum += w->column[x];
    uint64_t inverse = 0;
    int inverse_of = 0;
    for (int x = 0; x < width; x++) {
        if (x + r < width) {
            sum += w->column[x + r];
            n++;
        }
        if (x - r - 1 >= 0) {
            sum -= w->column[x - r - 1];
            n--;
        }
        assert(n > 0 && w->n_rows > 0); /* the pixel itself is always inside */
        if (n != inverse_of) {
            inverse_of = n;
            inverse = (UINT64_C(1) << 32) / ((uint32_t)n * (uint32_t)w->n_rows);
        }
        mean[x] = (uint8_t)((sum * inverse + (UINT64_C(1) << 31)) >> 32);
    }
}

void qr_image_threshold(struct qr_image *dst, const struct qr_image *src, int radius, int bias,
                        bool is_inverted)
{
    assert(dst != src);
    struct window w;
    window_init(&w, src, radius);
    qr_image_resize(dst, src->width, src->height);
    uint8_t *mean = mem_zalloc((size_t)src->width, 1);
    uint8_t flip = is_inverted ? 0xff : 0;
    for (int y = 0; y < src->height; y++) {
        const uint8_t *in = src->px + (size_t)y * (size_t)src->width;
        uint8_t *out = dst->px + (size_t)y * (size_t)src->width;
        window_move(&w, y);
        window_means(&w, mean);
        for (int x = 0; x < src->width; x++)
            out[x] = (uint8_t)((in[x] + bias > mean[x] ? 0xff : 0) ^ flip);
    }
    free(mean);
    free(w.column);
}

void qr_image_unsharp(struct qr_image *dst, const struct qr_image *src, int radius, int gain)
{
    assert(dst != src);
    struct window w;
    window_init(&w, src, radius);
    qr_image_resize(dst, src->width, src->height);
    uint8_t *mean = mem_zalloc((size_t)src->width, 1);
    for (int y = 0; y < src->height; y++) {
        const uint8_t *in = src->px + (size_t)y * (size_t)src->width;
        uint8_t *out = dst->px + (size_t)y * (size_t)src->width;
        window_move(&w, y);
        window_means(&w, mean);
        for (int x = 0; x < src->width; x++) {
            int v = in[x] + gain * (in[x] - mean[x]);
            out[x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
    free(mean);
    free(w.column);
}

/* ---- smoothing and turning round ---- */

static int inside(int v, int n)
{
    return v < 0 ? 0 : v >= n ? n - 1 : v;
}

void qr_image_gauss(struct qr_image *dst, const struct qr_image *src)
{
    assert(dst != src);
    int width = src->width, height = src->height;
    qr_image_resize(dst, width, height);
    uint16_t *line = mem_zalloc((size_t)width, sizeof *line);
    for (int y = 0; y < height; y++) {
        const uint8_t *up = src->px + (size_t)inside(y - 1, height) * (size_t)width;
        const uint8_t *at = src->px + (size_t)y * (size_t)width;
        const uint8_t *down = src->px + (size_t)inside(y + 1, height) * (size_t)width;
        uint8_t *out = dst->px + (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++)
            line[x] = (uint16_t)(up[x] + 2 * at[x] + down[x]);
        for (int x = 0; x < width; x++)
            out[x] = (uint8_t)((line[inside(x - 1, width)] + 2 * line[x] +
                                line[inside(x + 1, width)] + 8) /
                               16);
    }
    free(line);
}

void qr_image_invert(struct qr_image *dst, const struct qr_image *src)
{
    if (dst != src)
        qr_image_resize(dst, src->width, src->height);
    size_t n = (size_t)src->width * (size_t)src->height;
    for (size_t i = 0; i < n; i++)
        dst->px[i] = (uint8_t)~src->px[i];
}

/* ---- sizes ---- */

void qr_image_half(struct qr_image *dst, const struct qr_image *src)
{
    assert(dst != src);
    if (src->width < 2 || src->height < 2) {
        qr_image_cut(dst, src, 0, 0, src->width, src->height);
        return;
    }
    qr_image_resize(dst, src->width / 2, src->height / 2);
    for (int y = 0; y < dst->height; y++) {
        const uint8_t *a = src->px + (size_t)(2 * y) * (size_t)src->width, *b = a + src->width;
        uint8_t *out = dst->px + (size_t)y * (size_t)dst->width;
        for (int x = 0; x < dst->width; x++)
            out[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
    }
}

/* Where each destination pixel takes its value from: 16.16 fixed point, by its middle. */
static int64_t scale_from(int at, int n_dst, int n_src)
{
    return (((int64_t)(2 * at + 1) * n_src) << 15) / n_dst - 32768;
}

static void scale_up(struct qr_image *dst, const struct qr_image *src)
{
    int *left = mem_zalloc((size_t)dst->width * 2, sizeof *left), *part = left + dst->width;
    for (int x = 0; x < dst->width; x++) {
        int64_t p = scale_from(x, dst->width, src->width);
        left[x] = p < 0 ? 0 : (int)(p >> 16);
        part[x] = p < 0 ? 0 : (int)(p >> 8 & 0xff);
    }
    for (int y = 0; y < dst->height; y++) {
        int64_t p = scale_from(y, dst->height, src->height);
        int top = p < 0 ? 0 : (int)(p >> 16), fy = p < 0 ? 0 : (int)(p >> 8 & 0xff);
        const uint8_t *a = src->px + (size_t)inside(top, src->height) * (size_t)src->width;
        const uint8_t *b = src->px + (size_t)inside(top + 1, src->height) * (size_t)src->width;
        uint8_t *out = dst->px + (size_t)y * (size_t)dst->width;
        for (int x = 0; x < dst->width; x++) {
            int l = inside(left[x], src->width), r = inside(left[x] + 1, src->width), f = part[x];
            int over = a[l] * (256 - f) + a[r] * f, under = b[l] * (256 - f) + b[r] * f;
            out[x] = (uint8_t)((over * (256 - fy) + under * fy + 32768) >> 16);
        }
    }
    free(left);
}

/* Each destination pixel is the mean of the source pixels whose middle it covers. */
static void scale_down(struct qr_image *dst, const struct qr_image *src)
{
    uint32_t *sum = mem_zalloc((size_t)src->width, sizeof *sum);
    for (int y = 0; y < dst->height; y++) {
        int top = (int)((int64_t)y * src->height / dst->height);
        int end = (int)((int64_t)(y + 1) * src->height / dst->height);
        end = end > top ? end : top + 1;
        memset(sum, 0, (size_t)src->width * sizeof *sum);
        for (int sy = top; sy < end; sy++) {
            const uint8_t *in = src->px + (size_t)sy * (size_t)src->width;
            for (int x = 0; x < src->width; x++)
                sum[x] += in[x];
        }
        uint8_t *out = dst->px + (size_t)y * (size_t)dst->width;
        for (int x = 0; x < dst->width; x++) {
            int left = (int)((int64_t)x * src->width / dst->width);
            int right = (int)((int64_t)(x + 1) * src->width / dst->width);
            right = right > left ? right : left + 1;
            uint32_t total = 0, n = (uint32_t)(end - top) * (uint32_t)(right - left);
            for (int sx = left; sx < right; sx++)
                total += sum[sx];
            out[x] = (uint8_t)((total + n / 2) / n);
        }
    }
    free(sum);
}

void qr_image_scale(struct qr_image *dst, const struct qr_image *src, int width, int height)
{
    assert(dst != src);
    qr_image_resize(dst, width, height);
    if (width > src->width || height > src->height)
        scale_up(dst, src);
    else
        scale_down(dst, src);
}

void qr_image_cut(struct qr_image *dst, const struct qr_image *src, int left, int top, int width,
                  int height)
{
    assert(dst != src);
    left = inside(left, src->width);
    top = inside(top, src->height);
    width = width < 1 ? 1 : width > src->width - left ? src->width - left : width;
    height = height < 1 ? 1 : height > src->height - top ? src->height - top : height;
    qr_image_resize(dst, width, height);
    for (int y = 0; y < height; y++)
        memcpy(dst->px + (size_t)y * (size_t)width,
               src->px + (size_t)(top + y) * (size_t)src->width + left, (size_t)width);
}

/* ---- looks ---- */

void qr_image_signature(const struct qr_image *m, struct qr_signature *ret)
{
    struct qr_image small = {QR_SIGNATURE_COLUMNS, QR_SIGNATURE_ROWS, &ret->mean[0][0],
                             sizeof ret->mean};
    /* the look's own memory serves as the picture; it never has to grow */
    scale_down(&small, m);
}

int qr_signature_distance(const struct qr_signature *a, const struct qr_signature *b)
{
    int worst = 0;
    for (int y = 0; y < QR_SIGNATURE_ROWS; y++)
        for (int x = 0; x < QR_SIGNATURE_COLUMNS; x++) {
            int d = abs(a->mean[y][x] - b->mean[y][x]);
            worst = d > worst ? d : worst;
        }
    return worst;
}
