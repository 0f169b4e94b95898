/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes for a camera: from each pixel back to the module it shows, then light, lens and sensor.
 * Thread: any. */
#define _GNU_SOURCE
#include "camera_scene.h"

#include <math.h>
#include <qrencode.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* SplitMix64: small, and the same everywhere. */
static uint64_t dice(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static double dice_unit(uint64_t *state)
{
    return (double)(dice(state) >> 11) / 9007199254740992.0;
}

/* Near enough to a normal distribution for noise. */
static double dice_normal(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 6; i++)
        sum += dice_unit(state);
    return (sum - 3) * M_SQRT2;
}

static double between(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* ---- scenes ---- */

void camera_scene_init(struct camera_scene *s, const void *bytes, size_t n)
{
    *s = (struct camera_scene){.module = 6,
                               .ecc = 1,
                               .x = 0.5,
                               .y = 0.5,
                               .contrast = 1,
                               .quiet = 4,
                               .clutter = 0.3,
                               .seed = 1};
    s->n = n < sizeof s->bytes ? n : sizeof s->bytes;
    if (s->n > 0)
        memcpy(s->bytes, bytes, s->n);
}

static const struct {
    const char *name;
    size_t at;
    double low, high;
} figures[] = {
    {"module", offsetof(struct camera_scene, module), 1, 40},
    {"x", offsetof(struct camera_scene, x), 0, 1},
    {"y", offsetof(struct camera_scene, y), 0, 1},
    {"rotate", offsetof(struct camera_scene, rotate), -360, 360},
    {"tilt", offsetof(struct camera_scene, tilt), 0, 1},
    {"curve", offsetof(struct camera_scene, curve), 0, 1},
    {"blur", offsetof(struct camera_scene, blur), 0, 20},
    {"motion", offsetof(struct camera_scene, motion), 0, 60},
    {"dark", offsetof(struct camera_scene, dark), 0, 0.95},
    {"contrast", offsetof(struct camera_scene, contrast), 0.05, 1},
    {"noise", offsetof(struct camera_scene, noise), 0, 80},
    {"glare", offsetof(struct camera_scene, glare), 0, 1},
    {"shadow", offsetof(struct camera_scene, shadow), 0, 1},
    {"moire", offsetof(struct camera_scene, moire), 0, 1},
    {"damage", offsetof(struct camera_scene, damage), 0, 0.5},
    {"quiet", offsetof(struct camera_scene, quiet), 0, 8},
    {"clutter", offsetof(struct camera_scene, clutter), 0, 1},
};

static int text_set(struct camera_scene *s, const char *text, char ret_error[160])
{
    s->n = 0;
    for (; *text; text++) {
        unsigned byte = (unsigned char)*text;
        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1 && text[1] && text[2])
            text += 2;
        if (s->n == sizeof s->bytes) {
            snprintf(ret_error, 160, "text is longer than %d bytes", CAMERA_SCENE_BYTES);
            return -1;
        }
        s->bytes[s->n++] = (uint8_t)byte;
    }
    return 0;
}

int camera_scene_set(struct camera_scene *s, const char *word, char ret_error[160])
{
    const char *value = strchr(word, '=');
    size_t n = value ? (size_t)(value - word) : 0;
    char *end = NULL;
    if (!value) {
        snprintf(ret_error, 160, "%.80s: key=value is wanted", word);
        return -1;
    }
    value++;
    if (n == 4 && strncmp(word, "text", n) == 0)
        return text_set(s, value, ret_error);
    double v = strtod(value, &end);
    if (end == value || *end) {
        snprintf(ret_error, 160, "%.80s: a number is wanted", word);
        return -1;
    }
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (strlen(figures[i].name) == n && strncmp(word, figures[i].name, n) == 0) {
            v = between(v, figures[i].low, figures[i].high);
            memcpy((char *)s + figures[i].at, &v, sizeof v);
            return 0;
        }
    if (n == 4 && strncmp(word, "seed", n) == 0)
        s->seed = (uint64_t)v;
    else if (n == 6 && strncmp(word, "invert", n) == 0)
        s->is_inverted = v != 0;
    else if (n == 3 && strncmp(word, "ecc", n) == 0)
        s->ecc = (int)between(v, 0, 3);
    else if (n == 5 && strncmp(word, "parts", n) == 0)
        s->parts = (int)between(v, 0, 16);
    else if (n == 3 && strncmp(word, "eci", n) == 0)
        s->eci = (int)between(v, 0, 999999);
    else {
        snprintf(ret_error, 160, "%.80s: no such key", word);
        return -1;
    }
    return 0;
}

/* ---- codes ---- */

static QRcode *code_make(const struct camera_scene *s)
{
    QRecLevel level = (QRecLevel)s->ecc;
    if (s->parts > 1) {
        QRinput *input = QRinput_new2(0, level);
        if (!input || QRinput_append(input, QR_MODE_8, (int)s->n, s->bytes) < 0) {
            QRinput_free(input);
            return NULL;
        }
        QRinput_Struct *set = QRinput_Struct_new();
        QRcode *code = NULL;
        /* one symbol that says it is the first of several: the others are never shown */
        if (set && QRinput_Struct_appendInput(set, input) > 0) {
            QRinput *second = QRinput_new2(0, level);
            if (second && QRinput_append(second, QR_MODE_8, (int)s->n, s->bytes) == 0 &&
                QRinput_Struct_appendInput(set, second) > 0 &&
                QRinput_Struct_insertStructuredAppendHeaders(set) == 0)
                code = QRcode_encodeInput(input);
        }
        QRinput_Struct_free(set);
        return code;
    }
    if (s->eci > 0) {
        QRinput *input = QRinput_new2(0, level);
        bool is_made = input && QRinput_appendECIheader(input, (unsigned)s->eci) == 0 &&
                       QRinput_append(input, QR_MODE_8, (int)s->n, s->bytes) == 0;
        QRcode *code = is_made ? QRcode_encodeInput(input) : NULL;
        QRinput_free(input);
        return code;
    }
    return QRcode_encodeData((int)s->n, s->bytes, 0, level);
}

/* ---- drawing ---- */

struct view {
    const struct camera_scene *s;
    const QRcode *code;
    double h[9]; /* pixel → module, homogeneous */
    double curve;
};

/* Homography by its effect: move to the middle, turn, tilt, scale. */
static void view_init(struct view *v, const struct camera_scene *s, const QRcode *code, int width,
                      int height)
{
    double a = s->rotate * M_PI / 180, c = cos(a), d = sin(a), k = 1 / s->module;
    double cx = s->x * width, cy = s->y * height, side = code->width;
    double t = s->tilt * 0.5 / (side * s->module);
    v->s = s;
    v->code = code;
    v->curve = s->curve;
    /* rows of R * translate, then scaled; the last row makes far parts smaller */
    double m[9] = {c * k, d * k,   -(c * cx + d * cy) * k,   -d * k, c * k, (d * cx - c * cy) * k,
                   t,     t * 0.6, 1 - t * cx - t * 0.6 * cy};
    memcpy(v->h, m, sizeof m);
}

/* Reflectance at a pixel's point, or -1 outside of the paper. */
static double view_at(const struct view *v, double x, double y)
{
    const double *h = v->h;
    double w = h[6] * x + h[7] * y + h[8], side = v->code->width, half = side / 2;
    if (w <= 0.05)
        return -1;
    double u = (h[0] * x + h[1] * y + h[2]) / w, r = (h[3] * x + h[4] * y + h[5]) / w;
    if (v->curve > 0) {
        double bend = between(u / (side * 1.2) * v->curve * 1.6, -0.99, 0.99);
        u = asin(bend) * side * 1.2 / (v->curve * 1.6);
    }
    u += half;
    r += half;
    double q = v->s->quiet;
    if (u < -q || r < -q || u >= side + q || r >= side + q)
        return -1;
    if (u < 0 || r < 0 || u >= side || r >= side)
        return 1;
    return v->code->data[(int)r * v->code->width + (int)u] & 1 ? 0 : 1;
}

static double ground(const struct camera_scene *s, double x, double y, int width)
{
    double v = 0.45 + 0.12 * sin(x / width * 5 + (double)(s->seed % 7)) + 0.08 * cos(y / 90.0);
    if (s->clutter <= 0)
        return v;
    uint64_t h =
        (uint64_t)((int)x / 23) * 73856093u ^ (uint64_t)((int)y / 31) * 19349663u ^ s->seed;
    return v + s->clutter * 0.5 * (dice_unit(&h) - 0.5);
}

static void paint(const struct view *v, double *light, int width, int height)
{
    const struct camera_scene *s = v->s;
    uint64_t seed = s->seed * 2 + 1;
    double lost_u = dice_unit(&seed), lost_v = dice_unit(&seed), side = v->code->width;
    double lost = sqrt(s->damage) * side * s->module;
    double lx = s->x * width + (lost_u - 0.2) * 0.3 * side * s->module;
    double ly = s->y * height + (lost_v - 0.2) * 0.3 * side * s->module;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                double px = x + 0.25 + 0.5 * (k & 1), py = y + 0.25 + 0.5 * (k >> 1);
                double r = view_at(v, px, py);
                bool is_lost =
                    s->damage > 0 && px >= lx && px < lx + lost && py >= ly && py < ly + lost;
                if (r >= 0 && s->is_inverted)
                    r = 1 - r;
                sum += r < 0     ? ground(s, px, py, width)
                       : is_lost ? 0.5
                                 : 0.5 + (r - 0.5) * s->contrast * 0.9;
            }
            light[(size_t)y * (size_t)width + (size_t)x] = sum / 4;
        }
}

static void lamp(const struct camera_scene *s, double *light, int width, int height)
{
    uint64_t seed = s->seed * 3 + 2;
    double gx = s->x * width + (dice_unit(&seed) - 0.5) * 120;
    double gy = s->y * height + (dice_unit(&seed) - 0.5) * 120;
    double edge = dice_unit(&seed) * 2 * M_PI, spread = 40 + 60 * s->glare;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double *v = &light[(size_t)y * (size_t)width + (size_t)x];
            double along = (x - s->x * width) * cos(edge) + (y - s->y * height) * sin(edge);
            if (s->shadow > 0)
                *v *= 1 - 0.85 * s->shadow / (1 + exp(-along / 6));
            if (s->moire > 0)
                *v *= 1 + 0.35 * s->moire * sin(0.9 * x + 0.25 * y) +
                      0.2 * s->moire * sin(0.11 * x - 0.07 * y);
            if (s->glare > 0)
                *v += s->glare * 0.9 *
                      exp(-((x - gx) * (x - gx) + (y - gy) * (y - gy)) / (2 * spread * spread));
        }
}

/* One pass of a box along a line; three of them are near a Gaussian. */
static void box_line(double *line, double *copy, int n, int step, int radius)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        copy[i] = line[(size_t)i * (size_t)step];
    for (int i = -radius; i <= radius; i++)
        sum += copy[i < 0 ? 0 : i >= n ? n - 1 : i];
    for (int i = 0; i < n; i++) {
        line[(size_t)i * (size_t)step] = sum / (2 * radius + 1);
        int in = i + radius + 1, out = i - radius;
        sum += copy[in >= n ? n - 1 : in] - copy[out < 0 ? 0 : out];
    }
}

static void lens(const struct camera_scene *s, double *light, int width, int height)
{
    int longest = width > height ? width : height, radius = (int)(s->blur * 0.7 + 0.5);
    double *copy = mem_zalloc((size_t)longest, sizeof *copy);
    for (int pass = 0; pass < (s->blur > 0 ? 3 : 0); pass++) {
        for (int y = 0; y < height && radius > 0; y++)
            box_line(light + (size_t)y * (size_t)width, copy, width, 1, radius);
        for (int x = 0; x < width && radius > 0; x++)
            box_line(light + x, copy, height, width, radius);
    }
    for (int y = 0; y < height && s->motion >= 2; y++)
        box_line(light + (size_t)y * (size_t)width, copy, width, 1, (int)(s->motion / 2));
    free(copy);
}

static void sensor(const struct camera_scene *s, const double *light, uint8_t *px, size_t n)
{
    uint64_t seed = s->seed * 5 + 3;
    for (size_t i = 0; i < n; i++) {
        double v = light[i] * (1 - s->dark) * 235 + 10;
        if (s->noise > 0)
            v += s->noise * dice_normal(&seed);
        px[i] = (uint8_t)between(v + 0.5, 0, 255);
    }
}

int camera_scene_draw(const struct camera_scene *s, uint8_t *px, int width, int height)
{
    QRcode blank = {.width = 1}, *code = s->n > 0 ? code_make(s) : NULL;
    if (s->n > 0 && !code)
        return -1;
    size_t n = (size_t)width * (size_t)height;
    double *light = mem_zalloc(n, sizeof *light);
    struct view v;
    struct camera_scene empty = *s;
    if (!code) { /* the paper is moved out of the picture */
        empty.x = empty.y = -100;
        empty.tilt = empty.curve = 0;
    }
    view_init(&v, code ? s : &empty, code ? code : &blank, width, height);
    paint(&v, light, width, height);
    lamp(s, light, width, height);
    lens(s, light, width, height);
    sensor(s, light, px, n);
    free(light);
    QRcode_free(code);
    return 0;
}

void camera_scene_trap(uint8_t *px, int width, int height, int module, int distance)
{
    memset(px, 255, (size_t)width * (size_t)height);
    for (int top = 2; top + 7 * module < height; top += distance)
        for (int left = 2; left + 7 * module < width; left += distance)
            for (int y = 0; y < 7 * module; y++)
                for (int x = 0; x < 7 * module; x++) {
                    int u = x / module, v = y / module;
                    bool is_ring = u == 0 || v == 0 || u == 6 || v == 6;
                    bool is_core = u > 1 && u < 5 && v > 1 && v < 5;
                    if (is_ring || is_core)
                        px[(size_t)(top + y) * (size_t)width + (size_t)(left + x)] = 0;
                }
}
