/* SPDX-License-Identifier: Apache-2.0 */
/* How many codes are read, how fast, and what is read that is not there: our cascade beside its
 * engines run plainly, on the same grey pictures, in one run on one thread.
 *
 *     bench_qr [--images INDEX.tsv] [--frames N] [--set NAME] [--missed]
 *
 * INDEX comes from qr_images.py; --frames N draws N kiosk frames of each condition instead (or as
 * well). A picture counts as read when its bytes are the expected ones in some character set; where
 * the text is not known, any answer counts. Times are processor time of the thread. */
#define _GNU_SOURCE
#include <SDL_image.h>
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/scanner/qr_cascade.h"
#include "drivers/scanner/qr_prepare.h"
#include "qr_kiosk_frames.h"

enum { LINE_MAX_BYTES = 20000, SETS_MAX = 64, PICTURES_MAX = 8192, LIVE_FRAMES_MAX = 60 };
enum role { ROLE_TEXT, ROLE_SEEN, ROLE_NEGATIVE, N_ROLES };
enum engine { OURS, OURS_ZBAR, LIVE, PLAIN_ZBAR, PLAIN_ZXING, ZXING_PREPARED, N_ENGINES };

static const char *const engine_names[N_ENGINES] = {
    "ours, still (long cascade)",    "ours, ZBar alone",
    "ours, live (frames to decode)", "ZBar plain",
    "zxing-cpp 1.4 plain",           "zxing-cpp 1.4 with our preparing"};

struct tally {
    int n, read, wrong;
    int frames; /* live: sum of frames until the code was read */
    double ms_sum, *ms;
};

struct bench {
    struct qr_cascade *both, *zbar_only, *live;
    struct qr_zbar *zbar;
    struct qr_prepare prepare;
    struct qr_reads reads;
    struct qr_outcome outcome;
    struct tally tally[N_ENGINES][N_ROLES];
    char set_name[SETS_MAX][40];
    int set_n[SETS_MAX], set_read[SETS_MAX][N_ENGINES], n_sets;
    bool is_telling_missed;
};

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- what counts as read ---- */

static size_t trimmed(const uint8_t *p, size_t n)
{
    while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
        n--;
    return n;
}

/* The same but for carriage returns. */
static bool is_same(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
    size_t i = 0, k = 0;
    n_a = trimmed(a, n_a);
    n_b = trimmed(b, n_b);
    for (;;) {
        while (i < n_a && a[i] == '\r')
            i++;
        while (k < n_b && b[k] == '\r')
            k++;
        if (i == n_a || k == n_b)
            return i == n_a && k == n_b;
        if (a[i++] != b[k++])
            return false;
    }
}

static bool is_expected(const uint8_t *got, size_t n_got, const uint8_t *want, size_t n_want)
{
    static const char *const sets[] = {"GB18030", "CP932", "ISO-8859-1", "BIG5"};
    if (n_got >= 3 && memcmp(got, "\xef\xbb\xbf", 3) == 0)
        got += 3, n_got -= 3;
    if (is_same(got, n_got, want, n_want))
        return true;
    for (size_t i = 0; i < YJ_COUNT(sets); i++) {
        char out[4 * QR_BYTES_MAX], *in = (char *)(uintptr_t)got, *to = out;
        size_t left = n_got, room = sizeof out;
        iconv_t c = iconv_open("UTF-8", sets[i]);
        bool is_done = iconv(c, &in, &left, &to, &room) != (size_t)-1 && left == 0;
        iconv_close(c);
        if (is_done && is_same((const uint8_t *)out, sizeof out - room, want, n_want))
            return true;
    }
    return false;
}

/* ---- engines: result into outcome ---- */

static void outcome_of_reads(struct bench *b)
{
    b->outcome.kind = b->reads.n > 0 && !b->reads.at[0].is_part ? QR_OUTCOME_CODE : QR_OUTCOME_NONE;
    b->outcome.n = b->outcome.kind == QR_OUTCOME_CODE ? b->reads.at[0].n : 0;
    memcpy(b->outcome.bytes, b->reads.at[0].bytes, b->outcome.n);
    qr_reads_wipe(&b->reads);
}

static void run_zxing_prepared(struct bench *b, const struct qr_image *m)
{
    static const enum qr_way ways[] = {QR_WAY_PLAIN,   QR_WAY_INVERTED,   QR_WAY_SHARP,
                                       QR_WAY_BW_WIDE, QR_WAY_SOFT_SHARP, QR_WAY_DOUBLE};
    qr_prepare_begin(&b->prepare, m);
    for (size_t i = 0; i < YJ_COUNT(ways) && b->reads.n == 0; i++) {
        const struct qr_image *p = qr_prepare_get(&b->prepare, ways[i]);
        if (p)
            qr_zxing_read(p, QR_ZXING_HARDER, &b->reads);
    }
    outcome_of_reads(b);
}

/* @return frames it took */
static int run_live(struct bench *b, const struct qr_image *m, double *ret_ms)
{
    int64_t begin = now_us();
    int n = 0;
    qr_cascade_restart(b->live);
    do
        qr_cascade_live(b->live, m, INT64_MAX / 2, &b->outcome);
    while (++n < LIVE_FRAMES_MAX && b->outcome.kind == QR_OUTCOME_NONE);
    *ret_ms = (double)(now_us() - begin) / 1000 / n; /* of one frame */
    return n;
}

static int engine_run(struct bench *b, enum engine e, const struct qr_image *m, double *ret_ms)
{
    int64_t begin = now_us();
    int frames = 1;
    b->outcome.kind = QR_OUTCOME_NONE;
    switch (e) {
    case OURS:
        qr_cascade_still(b->both, m, INT64_MAX / 2, &b->outcome);
        break;
    case OURS_ZBAR:
        qr_cascade_still(b->zbar_only, m, INT64_MAX / 2, &b->outcome);
        break;
    case LIVE:
        return run_live(b, m, ret_ms);
    case PLAIN_ZBAR:
        qr_zbar_read(b->zbar, m, &b->reads);
        outcome_of_reads(b);
        break;
    case PLAIN_ZXING:
        qr_zxing_read(m, QR_ZXING_HARDER, &b->reads);
        outcome_of_reads(b);
        break;
    case ZXING_PREPARED:
        run_zxing_prepared(b, m);
        break;
    case N_ENGINES:
        break;
    }
    *ret_ms = (double)(now_us() - begin) / 1000;
    return frames;
}

/* ---- one picture through all ---- */

static int set_of(struct bench *b, const char *name)
{
    for (int i = 0; i < b->n_sets; i++)
        if (strcmp(b->set_name[i], name) == 0)
            return i;
    if (b->n_sets == SETS_MAX)
        return 0;
    snprintf(b->set_name[b->n_sets], sizeof b->set_name[0], "%s", name);
    return b->n_sets++;
}

static void picture_run(struct bench *b, const struct qr_image *m, const char *name,
                        const char *set, enum role role, const uint8_t *want, size_t n_want)
{
    int at = set_of(b, set);
    b->set_n[at]++;
    for (int e = 0; e < N_ENGINES; e++) {
        double ms = 0;
        struct tally *t = &b->tally[e][role];
        int frames = engine_run(b, (enum engine)e, m, &ms);
        bool is_code = b->outcome.kind == QR_OUTCOME_CODE;
        bool is_right =
            is_code &&
            (role == ROLE_SEEN ||
             (role == ROLE_TEXT && is_expected(b->outcome.bytes, b->outcome.n, want, n_want)));
        is_right |= role == ROLE_SEEN && b->outcome.kind == QR_OUTCOME_SEVERAL;
        if (!t->ms)
            t->ms = mem_zalloc(PICTURES_MAX, sizeof *t->ms);
        if (t->n < PICTURES_MAX)
            t->ms[t->n] = ms;
        t->n++;
        t->ms_sum += ms;
        t->read += is_right;
        t->wrong += is_code && !is_right;
        t->frames += is_right ? frames : 0;
        b->set_read[at][e] += is_right;
        if (b->is_telling_missed && e == OURS && (is_code ? !is_right : role != ROLE_NEGATIVE) &&
            !is_right)
            printf("%s %s by attempt %u (%s)\n", is_code ? "WRONG" : "missed", name,
                   b->outcome.attempt, set);
    }
}

/* ---- sources ---- */

static int picture_load(const char *path, struct qr_image *ret)
{
    SDL_Surface *raw = IMG_Load(path);
    SDL_Surface *s = raw ? SDL_ConvertSurfaceFormat(raw, SDL_PIXELFORMAT_RGBA32, 0) : NULL;
    SDL_FreeSurface(raw);
    if (!s)
        return -1;
    qr_image_resize(ret, s->w, s->h);
    for (int y = 0; y < s->h; y++) {
        const uint8_t *p = (const uint8_t *)s->pixels + (size_t)y * (size_t)s->pitch;
        for (int x = 0; x < s->w; x++, p += 4) {
            int grey = (306 * p[0] + 601 * p[1] + 117 * p[2] + 512) >> 10; /* on white paper */
            ret->px[(size_t)y * (size_t)s->w + (size_t)x] =
                (uint8_t)((grey * p[3] + 255 * (255 - p[3])) / 255);
        }
    }
    SDL_FreeSurface(s);
    return 0;
}

static int run_index(struct bench *b, const char *path, const char *only)
{
    static char line[LINE_MAX_BYTES];
    struct qr_image m = {0};
    FILE *f = fopen(path, "r");
    if (!f)
        return -1;
    while (fgets(line, sizeof line, f)) {
        char *save = NULL, *file = strtok_r(line, "\t\n", &save);
        char *set = strtok_r(NULL, "\t\n", &save), *role = strtok_r(NULL, "\t\n", &save);
        char *hex = strtok_r(NULL, "\t\n", &save);
        static uint8_t want[LINE_MAX_BYTES];
        if (!hex || line[0] == '#' || (only && strncmp(set, only, strlen(only)) != 0))
            continue;
        enum role r = strcmp(role, "text") == 0   ? ROLE_TEXT
                      : strcmp(role, "seen") == 0 ? ROLE_SEEN
                                                  : ROLE_NEGATIVE;
        int n = strcmp(hex, "-") == 0 ? 0 : bytes_unhex(hex, want, sizeof want);
        if (picture_load(file, &m) < 0)
            fprintf(stderr, "%s: %s\n", file, SDL_GetError());
        else
            picture_run(b, &m, file, set, r, want, n > 0 ? (size_t)n : 0);
    }
    fclose(f);
    qr_image_fini(&m);
    return 0;
}

static void run_frames(struct bench *b, int n)
{
    struct qr_image m = {0};
    for (int k = 0; qr_kiosk_condition(k); k++)
        for (int i = 0; i < n; i++) {
            struct camera_scene s;
            int width, height;
            char name[64];
            qr_kiosk_scene(k, (unsigned)i, &s, &width, &height);
            snprintf(name, sizeof name, "%s %d", qr_kiosk_condition(k), i);
            qr_image_resize(&m, width, height);
            if (camera_scene_draw(&s, m.px, width, height) == 0)
                picture_run(b, &m, name, qr_kiosk_condition(k), s.n > 0 ? ROLE_TEXT : ROLE_NEGATIVE,
                            s.bytes, s.n);
        }
    qr_image_fini(&m);
}

/* ---- the table ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* 95 % interval of a share. Source: E. B. Wilson, 1927. */
static void wilson(int k, int n, double *low, double *high)
{
    double z = 1.96, p = (double)k / n, d = 1 + z * z / n;
    double mid = p + z * z / (2 * n), off = z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
    *low = 100 * (mid - off) / d;
    *high = 100 * (mid + off) / d;
}

static void role_print(struct bench *b, enum role role, const char *title)
{
    if (b->tally[OURS][role].n == 0)
        return;
    printf("\n%s (%d pictures)\n%-34s %6s %7s %15s %6s %8s %8s %8s\n", title,
           b->tally[OURS][role].n, "", "read", "%", "95 %", "wrong", "ms mean", "ms p95", "frames");
    for (int e = 0; e < N_ENGINES; e++) {
        struct tally *t = &b->tally[e][role];
        double low, high;
        wilson(t->read, t->n, &low, &high);
        qsort(t->ms, (size_t)t->n, sizeof *t->ms, by_size);
        printf("%-34s %6d %7.1f [%5.1f - %5.1f] %6d %8.2f %8.2f", engine_names[e], t->read,
               100.0 * t->read / t->n, low, high, t->wrong, t->ms_sum / t->n,
               t->ms[(size_t)t->n * 95 / 100]);
        if (e == LIVE && t->read > 0)
            printf(" %8.2f", (double)t->frames / t->read);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    const char *index = NULL, *only = NULL;
    int frames = 0;
    static struct bench b;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--missed") == 0)
            b.is_telling_missed = true;
        else if (strcmp(argv[i], "--images") == 0 && i + 1 < argc)
            index = argv[++i];
        else if (strcmp(argv[i], "--frames") == 0 && i + 1 < argc)
            frames = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--set") == 0 && i + 1 < argc)
            only = argv[++i];
        else
            return fprintf(stderr,
                           "bench_qr [--images TSV] [--frames N] [--set NAME] [--missed]\n"),
                   2;
    }
    struct qr_cascade_cfg both = {now_us, true}, zbar = {now_us, false};
    b.both = qr_cascade_new(&both);
    b.live = qr_cascade_new(&both);
    b.zbar_only = qr_cascade_new(&zbar);
    b.zbar = qr_zbar_new();
    if (index && run_index(&b, index, only) < 0)
        return fprintf(stderr, "%s cannot be read\n", index), 1;
    if (!index || frames > 0)
        run_frames(&b, frames > 0 ? frames : 10);
    role_print(&b, ROLE_TEXT, "Codes whose text is known");
    role_print(&b, ROLE_SEEN, "Codes whose text is not known (any answer counts)");
    role_print(&b, ROLE_NEGATIVE, "No QR code in it (read must be 0; wrong are false reads)");
    printf("\n%-24s %5s %6s %6s %6s %6s %6s %6s\n", "by set", "n", "ours", "zbar+", "live", "zbar",
           "zxing", "zxing+");
    for (int i = 0; i < b.n_sets; i++) {
        printf("%-24s %5d", b.set_name[i], b.set_n[i]);
        for (int e = 0; e < N_ENGINES; e++)
            printf(" %6d", b.set_read[i][e]);
        printf("\n");
    }
    return 0;
}
