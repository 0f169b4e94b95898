/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing panels with golden pictures. */
#include "golden.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct picture {
    int w, h;
    unsigned char *rgb;
};

/* Mean of SCALE x SCALE panel pixels. */
static struct picture reduced(const struct surface *s)
{
    struct picture p = {.w = s->w / GOLDEN_SCALE, .h = s->h / GOLDEN_SCALE};
    p.rgb = mem_zalloc((size_t)p.w * (size_t)p.h, 3);
    for (int y = 0; y < p.h; y++) {
        for (int x = 0; x < p.w; x++) {
            unsigned sum[3] = {0};
            for (int k = 0; k < GOLDEN_SCALE * GOLDEN_SCALE; k++) {
                size_t row = (size_t)(y * GOLDEN_SCALE + k / GOLDEN_SCALE);
                uint32_t c =
                    s->px[row * (size_t)s->stride + (size_t)(x * GOLDEN_SCALE + k % GOLDEN_SCALE)];
                for (int i = 0; i < 3; i++)
                    sum[i] += c >> (16 - 8 * i) & 0xFF;
            }
            for (int i = 0; i < 3; i++)
                p.rgb[((size_t)y * (size_t)p.w + (size_t)x) * 3 + (size_t)i] =
                    (unsigned char)(sum[i] / (GOLDEN_SCALE * GOLDEN_SCALE));
        }
    }
    return p;
}

static bool save(const struct picture *p, const char *dir, const char *name, const char *kind)
{
    char path[512];
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)p->w,
                       .height = (png_uint_32)p->h,
                       .format = PNG_FORMAT_RGB};
    snprintf(path, sizeof path, "%s/%s%s.png", dir, name, kind);
    return png_image_write_to_file(&image, path, 0, p->rgb, 0, NULL) != 0;
}

static bool load(struct picture *ret, const char *dir, const char *name)
{
    char path[512];
    png_image image = {.version = PNG_IMAGE_VERSION};
    snprintf(path, sizeof path, "%s/%s.png", dir, name);
    if (!png_image_begin_read_from_file(&image, path))
        return false;
    image.format = PNG_FORMAT_RGB;
    *ret = (struct picture){.w = (int)image.width, .h = (int)image.height};
    ret->rgb = mem_zalloc(PNG_IMAGE_SIZE(image), 1);
    return png_image_finish_read(&image, NULL, ret->rgb, 0, NULL) != 0;
}

static bool differs(const unsigned char *a, const unsigned char *b)
{
    for (int i = 0; i < 3; i++)
        if (abs(a[i] - b[i]) > GOLDEN_CHANNEL)
            return true;
    return false;
}

/* @param diff  what differs in red on a pale copy. @return whether it is more than noise */
static bool compare(const struct picture *a, const struct picture *b, struct picture *diff)
{
    int across = a->w / GOLDEN_BLOCK + 1, down = a->h / GOLDEN_BLOCK + 1, worst = 0;
    int *block = mem_zalloc((size_t)across * (size_t)down, sizeof *block);
    size_t n = 0;
    for (int y = 0; y < a->h; y++) {
        for (int x = 0; x < a->w; x++) {
            size_t at = ((size_t)y * (size_t)a->w + (size_t)x) * 3;
            bool is_other = differs(a->rgb + at, b->rgb + at);
            int *in = &block[y / GOLDEN_BLOCK * across + x / GOLDEN_BLOCK];
            n += is_other;
            *in += is_other;
            worst = *in > worst ? *in : worst;
            for (size_t i = 0; i < 3; i++)
                diff->rgb[at + i] =
                    is_other ? (i == 0 ? 230 : 0) : (unsigned char)(200 + b->rgb[at + i] / 5);
        }
    }
    free(block);
    return n * 1000 > (size_t)a->w * (size_t)a->h * GOLDEN_PER_MILLE ||
           worst * 100 > GOLDEN_BLOCK * GOLDEN_BLOCK * GOLDEN_BLOCK_MOST;
}

enum golden_verdict golden_check(const struct surface *panel, const char *dir, const char *name,
                                 const char *out, bool is_update)
{
    struct picture now = reduced(panel), then = {0}, diff = {.w = now.w, .h = now.h};
    enum golden_verdict verdict = GOLDEN_MISSING;
    if (is_update) {
        verdict = save(&now, dir, name, "") ? GOLDEN_WRITTEN : GOLDEN_MISSING;
    } else if (load(&then, dir, name)) {
        diff.rgb = mem_zalloc((size_t)now.w * (size_t)now.h, 3);
        bool is_other = then.w != now.w || then.h != now.h || compare(&then, &now, &diff);
        verdict = is_other ? GOLDEN_DIFFERS : GOLDEN_SAME;
    }
    if (verdict == GOLDEN_DIFFERS || verdict == GOLDEN_MISSING)
        (void)save(&now, out, name, ".actual"); /* for the person who looks; the verdict stands */
    if (verdict == GOLDEN_DIFFERS) {
        (void)save(&then, out, name, ".expected");
        (void)save(&diff, out, name, ".diff");
    }
    free(now.rgb);
    free(then.rgb);
    free(diff.rgb);
    return verdict;
}
