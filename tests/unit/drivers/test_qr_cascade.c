/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures and what is done to them, finder patterns, the cascade on drawn scenes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "camera_scene.h"
#include "cunit_main.h"
#include "drivers/scanner/code_text.h"
#include "drivers/scanner/qr_cascade.h"
#include "drivers/scanner/qr_finder.h"
#include "drivers/scanner/qr_prepare.h"
#include "drivers/scanner/qr_wire.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1, N_DECODES = 300 };
#else
enum { IS_SANITIZED = 0, N_DECODES = 3000 };
#endif

static int64_t clock_us; /* stands still unless a test moves it */

static int64_t now_us(void)
{
    return clock_us;
}

static int64_t running_us(void)
{
    return clock_us += 1000;
}

/* ---- pictures ---- */

static void fill(struct qr_image *m, int width, int height, uint8_t v)
{
    qr_image_resize(m, width, height);
    memset(m->px, v, (size_t)width * (size_t)height);
}

/* The mean of a window, counted out. */
static int mean_at(const struct qr_image *m, int x, int y, int r)
{
    int sum = 0, n = 0;
    for (int v = y - r; v <= y + r; v++)
        for (int u = x - r; u <= x + r; u++)
            if (u >= 0 && v >= 0 && u < m->width && v < m->height) {
                sum += m->px[v * m->width + u];
                n++;
            }
    return (sum + n / 2) / n;
}

static void windows_are_counted_right(void)
{
    static const int sides[][2] = {{1, 1}, {3, 40}, {40, 3}, {37, 29}};
    struct qr_image m = {0}, sharp = {0}, bw = {0};
    unsigned seed = 7;
    for (size_t k = 0; k < YJ_COUNT(sides); k++)
        for (int r = 1; r < 60; r = r * 3 + 1) {
            qr_image_resize(&m, sides[k][0], sides[k][1]);
            for (int i = 0; i < m.width * m.height; i++)
                m.px[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
            qr_image_unsharp(&sharp, &m, r, 1);
            qr_image_threshold(&bw, &m, r, 5, false);
            int n_off = 0;
            for (int y = 0; y < m.height; y++)
                for (int x = 0; x < m.width; x++) {
                    int v = m.px[y * m.width + x], mean = mean_at(&m, x, y, r), s = 2 * v - mean;
                    s = s < 0 ? 0 : s > 255 ? 255 : s;
                    /* rounding at a half may go either way */
                    n_off += abs(s - sharp.px[y * m.width + x]) > 1;
                    n_off +=
                        abs(v + 5 - mean) > 1 && (v + 5 > mean) != (bw.px[y * m.width + x] == 255);
                }
            CU_ASSERT_EQUAL(n_off, 0);
        }
    qr_image_fini(&m);
    qr_image_fini(&sharp);
    qr_image_fini(&bw);
}

static void sizes_and_cuts(void)
{
    struct qr_image m = {0}, out = {0};
    qr_image_resize(&m, 40, 20);
    for (int i = 0; i < 800; i++)
        m.px[i] = (uint8_t)(i % 40 * 6);
    qr_image_half(&out, &m);
    CU_ASSERT_TRUE(out.width == 20 && out.height == 10);
    CU_ASSERT_EQUAL(out.px[5], 63); /* between 10 and 11 sixths */
    qr_image_scale(&out, &m, 80, 40);
    CU_ASSERT_TRUE(out.width == 80 && out.height == 40);
    int n_down = 0; /* a slope stays a slope */
    for (int x = 1; x < 80; x++)
        n_down += out.px[x] < out.px[x - 1];
    CU_ASSERT_EQUAL(n_down, 0);
    qr_image_scale(&out, &m, 7, 3);
    CU_ASSERT_TRUE(out.px[0] < out.px[6]);
    qr_image_cut(&out, &m, 30, 10, 100, 100);
    CU_ASSERT_TRUE(out.width == 10 && out.height == 10);
    CU_ASSERT_EQUAL(out.px[0], 180);
    qr_image_cut(&out, &m, -5, 500, 0, -3);
    CU_ASSERT_TRUE(out.width == 1 && out.height == 1);
    fill(&m, 9, 9, 100);
    m.px[40] = 180;
    qr_image_gauss(&out, &m);
    CU_ASSERT_EQUAL(out.px[40], 120);
    CU_ASSERT_EQUAL(out.px[39], 110);
    CU_ASSERT_EQUAL(out.px[0], 100);
    qr_image_invert(&m, &m);
    CU_ASSERT_EQUAL(m.px[40], 75);
    qr_image_fini(&m);
    qr_image_fini(&out);
}

static void looks_tell_changes(void)
{
    struct qr_image m = {0};
    struct qr_signature a, b;
    fill(&m, 640, 480, 90);
    qr_image_signature(&m, &a);
    m.px[1000] = 255; /* a speck is no change */
    qr_image_signature(&m, &b);
    CU_ASSERT_TRUE(qr_signature_distance(&a, &b) <= 1);
    for (int y = 100; y < 140; y++)
        memset(m.px + y * 640 + 100, 200, 40);
    qr_image_signature(&m, &b);
    CU_ASSERT_TRUE(qr_signature_distance(&a, &b) > 50);
    qr_image_fini(&m);
}

/* ---- finder patterns ---- */

static void scene_draw(const struct camera_scene *s, struct qr_image *m, int width, int height)
{
    qr_image_resize(m, width, height);
    CU_ASSERT_EQUAL_FATAL(camera_scene_draw(s, m->px, width, height), 0);
}

/* What holds zxing-cpp up must be seen in the pictures that it is given, dark or light. */
static void traps_are_seen(struct qr_prepare *p, struct qr_image *m)
{
    static const int traps[][4] = {{640, 480, 2, 20},  {1280, 720, 2, 30}, {1280, 720, 2, 20},
                                   {1280, 720, 3, 24}, {1280, 720, 4, 40}, {1280, 720, 1, 10}};
    for (size_t i = 0; i < 2 * YJ_COUNT(traps); i++) {
        const int *t = traps[i / 2];
        qr_image_resize(m, t[0], t[1]);
        camera_scene_trap(m->px, t[0], t[1], t[2], t[3]);
        if (i % 2)
            qr_image_invert(m, m);
        qr_prepare_begin(p, m);
        CU_ASSERT_TRUE(qr_prepare_crowd(p, QR_WAY_PLAIN) > 60);
        CU_ASSERT_TRUE(t[2] == 1 || qr_prepare_crowd(p, QR_WAY_HALF_SHARP) > 60);
    }
}

static void finders_are_where_the_code_is(void)
{
    struct camera_scene s;
    struct qr_image m = {0};
    struct qr_prepare p = {0};
    camera_scene_init(&s, "FINDERS", 7);
    for (int angle = 0; angle < 90; angle += 15) {
        s.rotate = angle;
        scene_draw(&s, &m, 640, 480);
        qr_prepare_begin(&p, &m);
        CU_ASSERT_TRUE(qr_prepare_finders(&p)->n >= 3);
        CU_ASSERT_TRUE_FATAL(p.n_places >= 1);
        CU_ASSERT_TRUE(fabsf(p.place[0].x - 320) < 12 && fabsf(p.place[0].y - 240) < 12);
        CU_ASSERT_TRUE(fabsf(p.place[0].module - 6) < 3);
    }
    camera_scene_trap(m.px, 640, 480, 2, 18);
    qr_prepare_begin(&p, &m);
    CU_ASSERT_TRUE(qr_prepare_finders(&p)->is_full);
    traps_are_seen(&p, &m);
    qr_prepare_fini(&p);
    qr_image_fini(&m);
}

/* ---- cascade ---- */

static struct qr_cascade *cascade_new(bool has_zxing)
{
    return qr_cascade_new(&(struct qr_cascade_cfg){.now_us = now_us, .has_zxing = has_zxing});
}

static bool is_text(const struct qr_outcome *o, const char *text)
{
    return o->kind == QR_OUTCOME_CODE && o->n == strlen(text) && memcmp(o->bytes, text, o->n) == 0;
}

static void reads_what_a_kiosk_sees(void)
{
    static const struct {
        const char *words[4];
        bool is_for_both; /* ZBar alone need not */
    } scenes[] = {
        {{"rotate=33"}, false},     {{"module=2.5"}, false},
        {{"blur=3"}, true},         {{"dark=0.85", "noise=2"}, false},
        {{"contrast=0.12"}, false}, {{"invert=1"}, false},
        {{"shadow=0.9"}, false},    {{"glare=0.6"}, false},
        {{"tilt=0.7"}, true},       {{"noise=30"}, true},
        {{"moire=0.6"}, false},     {{"quiet=0.5"}, false},
        {{"curve=0.5"}, false},     {{"module=14"}, false},
        {{"motion=6"}, true},
    };
    struct qr_cascade *both = cascade_new(true), *alone = cascade_new(false);
    static struct qr_outcome o;
    struct qr_image m = {0};
    char error[160];
    for (size_t i = 0; i < YJ_COUNT(scenes); i++) {
        struct camera_scene s;
        camera_scene_init(&s, "YJ-2026-000123", 14);
        for (int k = 0; k < 4 && scenes[i].words[k]; k++)
            CU_ASSERT_EQUAL(camera_scene_set(&s, scenes[i].words[k], error), 0);
        scene_draw(&s, &m, 640, 480);
        if (qr_zxing_is_there() || !scenes[i].is_for_both) {
            qr_cascade_still(both, &m, 1, &o);
            CU_ASSERT_TRUE(is_text(&o, "YJ-2026-000123"));
            if (o.kind != QR_OUTCOME_CODE)
                fprintf(stderr, "not read: %s\n", scenes[i].words[0]);
        }
        if (!scenes[i].is_for_both) {
            qr_cascade_still(alone, &m, 1, &o);
            CU_ASSERT_TRUE(is_text(&o, "YJ-2026-000123"));
            if (o.kind != QR_OUTCOME_CODE)
                fprintf(stderr, "not read by ZBar alone: %s\n", scenes[i].words[0]);
        }
    }
    qr_image_fini(&m);
    qr_cascade_free(both);
    qr_cascade_free(alone);
}

static void every_byte_comes_out(void)
{
    static const char payload[] = "AB\0CD\xff\x80";
    struct qr_cascade *both = cascade_new(true), *alone = cascade_new(false);
    static struct qr_outcome o;
    struct camera_scene s;
    struct qr_image m = {0};
    camera_scene_init(&s, payload, sizeof payload - 1);
    scene_draw(&s, &m, 640, 480);
    qr_cascade_still(both, &m, 1, &o);
    CU_ASSERT_TRUE(o.n == sizeof payload - 1 && memcmp(o.bytes, payload, o.n) == 0);
    qr_cascade_still(alone, &m, 1, &o);
    CU_ASSERT_TRUE(o.n == sizeof payload - 1 && memcmp(o.bytes, payload, o.n) == 0);
    qr_image_fini(&m);
    qr_cascade_free(both);
    qr_cascade_free(alone);
}

static void structured_append_is_a_part(void)
{
    struct qr_cascade *both = cascade_new(true), *alone = cascade_new(false);
    static struct qr_outcome o;
    struct camera_scene s;
    struct qr_image m = {0};
    camera_scene_init(&s, "PART ONE", 8);
    s.parts = 2;
    scene_draw(&s, &m, 640, 480);
    qr_cascade_still(both, &m, 1, &o);
    CU_ASSERT_EQUAL(o.kind, QR_OUTCOME_PART);
    qr_cascade_still(alone, &m, 1, &o);
    CU_ASSERT_EQUAL(o.kind, QR_OUTCOME_PART);
    qr_image_fini(&m);
    qr_cascade_free(both);
    qr_cascade_free(alone);
}

/* Version 1-L in Hanzi mode (GB/T 18284 mode 1101), "一件事办好": no encoder of ours writes it. */
static void hanzi_mode_is_read(void)
{
    static const uint32_t rows[21] = {0x1fcb7f, 0x104e41, 0x175b5d, 0x174a5d, 0x17455d, 0x104141,
                                      0x1fd57f, 0x001b00, 0x1dfec4, 0x0c3056, 0x1ad5df, 0x19309a,
                                      0x14e1c0, 0x001aa8, 0x1fda53, 0x1057a2, 0x175279, 0x174c70,
                                      0x17591d, 0x10586c, 0x1fd57a};
    enum { MODULE = 8, SIDE = 29 * MODULE };
    char text[CODE_TEXT_MAX_BYTES + 1];
    struct qr_cascade *both = cascade_new(true);
    static struct qr_outcome o;
    struct qr_image m = {0};
    fill(&m, SIDE, SIDE, 255);
    for (int y = 0; y < 21 * MODULE; y++)
        for (int x = 0; x < 21 * MODULE; x++)
            if (rows[y / MODULE] >> (20 - x / MODULE) & 1)
                m.px[(y + 4 * MODULE) * SIDE + x + 4 * MODULE] = 0;
    qr_cascade_still(both, &m, 1, &o);
    if (qr_zxing_is_there()) {
        CU_ASSERT_EQUAL_FATAL(o.kind, QR_OUTCOME_CODE);
        CU_ASSERT_EQUAL(code_text_decode(o.bytes, o.n, text, NULL), 0);
        CU_ASSERT_STRING_EQUAL(text, "一件事办好");
    } else {
        CU_ASSERT_EQUAL(o.kind, QR_OUTCOME_NONE);
    }
    qr_image_fini(&m);
    qr_cascade_free(both);
}

static void live_pictures_in_turn(void)
{
    struct qr_cascade *c = cascade_new(true);
    static struct qr_outcome o;
    struct camera_scene s;
    struct qr_image m = {0};
    int n = 0;
    camera_scene_init(&s, NULL, 0);
    scene_draw(&s, &m, 640, 480);
    do /* nothing there: everything is tried once, then it rests */
        qr_cascade_live(c, &m, 1, &o);
    while (++n < 100 && o.kind == QR_OUTCOME_NONE);
    CU_ASSERT_EQUAL(o.kind, QR_OUTCOME_SAME);
    CU_ASSERT_EQUAL(o.n_attempts, 0);
    CU_ASSERT_TRUE(n < 40);
    camera_scene_init(&s, "LIVE", 4); /* a change wakes it */
    scene_draw(&s, &m, 640, 480);
    qr_cascade_live(c, &m, 1, &o);
    CU_ASSERT_TRUE(is_text(&o, "LIVE"));
    for (int i = 0; i < 50; i++) { /* and a code that stays is read every time */
        qr_cascade_live(c, &m, 1, &o);
        CU_ASSERT_TRUE(is_text(&o, "LIVE"));
    }
    s.is_inverted = true; /* not among the first attempts: some pictures later */
    scene_draw(&s, &m, 640, 480);
    for (n = 0; n < 40 && o.kind != QR_OUTCOME_CODE; n++)
        qr_cascade_live(c, &m, 1, &o);
    CU_ASSERT_TRUE(is_text(&o, "LIVE"));
    qr_image_fini(&m);
    qr_cascade_free(c);
}

/* Only the means of the fields that are compared are left, as by a lens far out of focus. */
static void fields_flatten(const struct qr_image *m, struct qr_image *out)
{
    int w = m->width / QR_SIGNATURE_COLUMNS, h = m->height / QR_SIGNATURE_ROWS;
    qr_image_resize(out, m->width, m->height);
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            int sum = 0;
            for (int i = 0; i < w * h; i++)
                sum += m->px[(y / h * h + i / w) * m->width + x / w * w + i % w];
            out->px[y * m->width + x] = (uint8_t)(sum / (w * h));
        }
}

/* The lens finds its focus: no field's mean changes, and yet there is a code now. */
static void a_code_that_gets_sharp_is_read(void)
{
    struct qr_cascade *c = cascade_new(true);
    static struct qr_outcome o;
    struct camera_scene s;
    struct qr_image m = {0}, flat = {0};
    int n;
    camera_scene_init(&s, "FOCUS", 5);
    s.module = 3;
    scene_draw(&s, &m, 640, 480);
    fields_flatten(&m, &flat);
    for (n = 0; n < 100 && o.kind != QR_OUTCOME_SAME; n++)
        qr_cascade_live(c, &flat, 1, &o);
    CU_ASSERT_EQUAL_FATAL(o.kind, QR_OUTCOME_SAME);
    for (n = 0; n < 20 && o.kind != QR_OUTCOME_CODE; n++)
        qr_cascade_live(c, &m, 1, &o);
    CU_ASSERT_TRUE(is_text(&o, "FOCUS"));
    CU_ASSERT_TRUE(n > 1); /* else the change was seen, and this proves nothing */
    qr_image_fini(&m);
    qr_image_fini(&flat);
    qr_cascade_free(c);
}

static void the_budget_ends_the_attempts(void)
{
    struct qr_cascade *c =
        qr_cascade_new(&(struct qr_cascade_cfg){.now_us = running_us, .has_zxing = true});
    static struct qr_outcome o;
    struct qr_image m = {0};
    fill(&m, 320, 240, 128);
    qr_cascade_still(c, &m, 3500, &o); /* the clock goes one a look */
    CU_ASSERT_EQUAL(o.n_attempts, 3);
    qr_image_fini(&m);
    qr_cascade_free(c);
}

/* ZBar 0.23.92 loses 220 bytes with each code until its scanner is renewed. */
static long resident_kb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = -1;
    if (f)
        fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void memory_stays_flat(void)
{
    struct qr_zbar *z = qr_zbar_new();
    static struct qr_reads reads;
    struct camera_scene s;
    struct qr_image m = {0};
    long before = 0;
    camera_scene_init(&s, "FLAT", 4);
    s.module = 3;
    scene_draw(&s, &m, 110, 110);
    for (int i = 0; i < N_DECODES; i++) {
        reads.n = 0;
        qr_zbar_read(z, &m, &reads);
        if (reads.n != 1)
            CU_FAIL("not read");
        if (i == N_DECODES / 3)
            before = resident_kb();
    }
    CU_ASSERT_TRUE(IS_SANITIZED || resident_kb() - before < 300); /* 2000 codes would be 430 */
    qr_image_fini(&m);
    qr_zbar_free(z);
}

static void wire_messages(void)
{
    struct qr_wire_request r, got;
    qr_wire_request_init(&r, 7);
    r.format = QR_WIRE_YUYV;
    r.width = 64;
    r.height = 10;
    r.stride = 128;
    r.n_bytes = 1280;
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), 0);
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r - 1, &got, NULL), ERR_INVALID);
    r.n_bytes = 1279; /* the last row would end outside */
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), ERR_INVALID);
    r.n_bytes = QR_WIRE_MEMORY_BYTES + 1;
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), ERR_INVALID);
    r.n_bytes = 1280;
    r.stride = 127;
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), ERR_INVALID);
    r.stride = UINT32_MAX; /* products must not run over */
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), ERR_INVALID);
    r.stride = 128;
    r.width = 0;
    CU_ASSERT_EQUAL(qr_wire_request_parse(&r, sizeof r, &got, NULL), ERR_INVALID);
}

static CU_TestInfo cases[] = {
    {"windows are counted right", windows_are_counted_right},
    {"sizes and cuts", sizes_and_cuts},
    {"looks tell changes", looks_tell_changes},
    {"finders are where the code is", finders_are_where_the_code_is},
    {"reads what a kiosk sees", reads_what_a_kiosk_sees},
    {"every byte comes out", every_byte_comes_out},
    {"structured append is a part", structured_append_is_a_part},
    {"hanzi mode is read", hanzi_mode_is_read},
    {"live pictures in turn", live_pictures_in_turn},
    {"a code that gets sharp is read", a_code_that_gets_sharp_is_read},
    {"the budget ends the attempts", the_budget_ends_the_attempts},
    {"memory stays flat", memory_stays_flat},
    {"wire messages", wire_messages},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("drivers.qr_cascade", cases)
