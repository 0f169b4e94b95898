/* SPDX-License-Identifier: Apache-2.0 */
/* The screens as a whole on the memory display: touches in, intents and pixels out. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "cunit_main.h"
#include "find_widget.h"
#include "open_ui.h"
#include "ui/ui_priv.h"
#include "views.h"

static struct view view;

static void show(struct ui *ui, const char *name)
{
    const struct sample *s = sample_of(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    sample_make(s, false, &view);
    ui_show(ui, &view);
    (void)ui_draw(ui);
}

static struct widget *find(struct ui *ui, const char *id, int index)
{
    struct widget *w = find_widget(ui, id, index);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static void touch(struct ui *ui, enum display_event_kind kind, int x, int y, int64_t now_ms)
{
    ui_handle(ui, &(struct display_event){.kind = kind, .x = x, .y = y}, now_ms);
}

static void tap(struct ui *ui, const char *id, int index, int64_t now_ms)
{
    struct rect r = find(ui, id, index)->rect;
    touch(ui, DISPLAY_DOWN, r.x + r.w / 2, r.y + r.h / 2, now_ms);
    touch(ui, DISPLAY_UP, r.x + r.w / 2, r.y + r.h / 2, now_ms);
    (void)ui_draw(ui);
}

/* The next intent that is not mere activity. */
static struct intent next(struct ui *ui)
{
    struct intent i = {0};
    while (ui_next_intent(ui, &i))
        if (i.kind != INTENT_ACTIVITY)
            return i;
    return (struct intent){.kind = INTENT_NONE};
}

static void tap_becomes_intent(void)
{
    struct ui *ui = open_ui();
    show(ui, "questions");
    tap(ui, "q_hukou_with", 0, 1000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_CHOOSE);
    CU_ASSERT_EQUAL(i.item, 1);
    CU_ASSERT_EQUAL(i.option, 0);
    tap(ui, "next", -1, 2000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NEXT);
    show(ui, "home");
    tap(ui, "matter.NB.BIRTH", -1, 3000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_OPEN);
    tap(ui, "call", -1, 4000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_CALL_STAFF);
    tap(ui, "elder", -1, 5000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_TOGGLE_ELDER);
    ui_free(ui);
}

static void release_outside_does_nothing(void)
{
    struct ui *ui = open_ui();
    show(ui, "questions");
    struct rect r = find(ui, "next", -1)->rect;
    touch(ui, DISPLAY_DOWN, r.x + 5, r.y + 5, 1000);
    CU_ASSERT(find(ui, "next", -1)->is_pressed);
    touch(ui, DISPLAY_MOVE, r.x + 5, r.y - 200, 1010);
    CU_ASSERT(!find(ui, "next", -1)->is_pressed);
    touch(ui, DISPLAY_UP, r.x + 5, r.y - 200, 1020);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    ui_free(ui);
}

static void second_tap_within_300_ms_is_ignored(void)
{
    struct ui *ui = open_ui();
    show(ui, "questions");
    tap(ui, "next", -1, 1000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NEXT);
    tap(ui, "next", -1, 1299);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    tap(ui, "next", -1, 1300);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NEXT);
    ui_free(ui);
}

static void disabled_button_does_nothing(void)
{
    struct ui *ui = open_ui();
    show(ui, "materials");
    tap(ui, "next", -1, 1000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    ui_free(ui);
}

static void question_covers_the_page(void)
{
    struct ui *ui = open_ui();
    show(ui, "form");
    struct rect next_button = find(ui, "next", -1)->rect, phone = find(ui, "settings", -1)->rect;
    show(ui, "asking");
    touch(ui, DISPLAY_DOWN, phone.x + 9, 300, 1000);
    touch(ui, DISPLAY_UP, phone.x + 9, 300, 1000);
    CU_ASSERT_PTR_NULL(ui->pressed);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    tap(ui, "ask.yes", -1, 2000);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_STAY);
    CU_ASSERT(next_button.w > 0);
    ui_free(ui);
}

static void nothing_changes_nothing_is_drawn(void)
{
    struct ui *ui = open_ui();
    show(ui, "form");
    uint64_t frames = ui->n_frames, shown = display_presented(ui->display);
    uint64_t drawn = display_surface(ui->display)->n_pixels;
    for (int i = 0; i < 20; i++) {
        ui_show(ui, &view);
        CU_ASSERT(ui_wait(ui, 1));
    }
    view.revision++; /* a new revision with the same content */
    ui_show(ui, &view);
    CU_ASSERT(ui_wait(ui, 1));
    CU_ASSERT_EQUAL(ui->n_frames, frames);
    CU_ASSERT_EQUAL(display_presented(ui->display), shown);
    CU_ASSERT_EQUAL(display_surface(ui->display)->n_pixels, drawn);
    ui_free(ui);
}

static void small_change_draws_little(void)
{
    struct ui *ui = open_ui();
    show(ui, "asking");
    uint64_t shown = display_presented(ui->display);
    view.revision++;
    view.ask_countdown_s--;
    ui_show(ui, &view);
    (void)ui_draw(ui);
    uint64_t part = display_presented(ui->display) - shown;
    CU_ASSERT(part > 0);
    CU_ASSERT(part < 1080 * 1920 / 20);
    ui_free(ui);
}

/* What the rectangles leave must look as if everything had been drawn anew. */
static void partial_drawing_equals_full_drawing(void)
{
    struct ui *ui = open_ui();
    struct surface *s = display_surface(ui->display);
    size_t bytes = (size_t)s->w * (size_t)s->h * 4;
    uint32_t *kept = malloc(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
    for (int i = 0; i < 2 * n_samples; i++) {
        sample_make(&samples[i % n_samples], i % 3 == 0, &view);
        ui_show(ui, &view);
        (void)ui_draw(ui);
        memcpy(kept, s->px, bytes);
        ui_mark_dirty(ui, rect_of(0, 0, s->w, s->h));
        (void)ui_draw(ui);
        CU_ASSERT(memcmp(kept, s->px, bytes) == 0);
        if (memcmp(kept, s->px, bytes) != 0)
            fprintf(stderr, "differs after %s\n", samples[i % n_samples].name);
    }
    free(kept);
    ui_free(ui);
}

static void press_shows_within_a_frame(void)
{
    struct ui *ui = open_ui();
    show(ui, "form");
    struct rect r = find(ui, "next", -1)->rect;
    const struct surface *s = display_surface(ui->display);
    size_t at = (size_t)(r.y + 8) * (size_t)s->stride + (size_t)(r.x + r.w / 2);
    uint32_t before = s->px[at];
    int64_t start = clock_mono_ms();
    touch(ui, DISPLAY_DOWN, r.x + 9, r.y + 9, start);
    (void)ui_draw(ui);
    CU_ASSERT(clock_mono_ms() - start < 33);
    CU_ASSERT_NOT_EQUAL(s->px[at], before);
    ui_free(ui);
}

static void pages_turn(void)
{
    struct ui *ui = open_ui();
    show(ui, "matter");
    CU_ASSERT_FATAL(ui->now.body->n_pages > 1);
    CU_ASSERT_EQUAL(ui->state.page, 0);
    tap(ui, "page.down", -1, 1000);
    CU_ASSERT_EQUAL(ui->state.page, 1);
    CU_ASSERT_EQUAL(next(ui).kind, INTENT_NONE);
    tap(ui, "page.up", -1, 2000);
    CU_ASSERT_EQUAL(ui->state.page, 0);
    show(ui, "form");
    CU_ASSERT_EQUAL(ui->state.page, 0);
    ui_free(ui);
}

static void sheet_chooses(void)
{
    struct ui *ui = open_ui();
    show(ui, "form");
    ui->state.page = ui->now.body->n_pages - 1;
    ui->must_build = true;
    (void)ui_draw(ui);
    tap(ui, "field.nation", -1, 1000);
    CU_ASSERT_EQUAL(ui->state.sheet_item, 5);
    tap(ui, "field.nation", 2, 2000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_CHOOSE);
    CU_ASSERT_EQUAL(i.item, 5);
    CU_ASSERT_EQUAL(i.option, 2);
    CU_ASSERT_EQUAL(ui->state.sheet_item, -1);
    ui_free(ui);
}

struct key_seek {
    const char *id;
    struct rect rect;
};

static void key_seek(void *arg, const struct keyboard_item *item)
{
    struct key_seek *k = arg;
    if (strcmp(item->id, k->id) == 0)
        k->rect = item->rect;
}

static void tap_key(struct ui *ui, const char *id, int64_t now_ms)
{
    struct key_seek k = {.id = id};
    keyboard_each_item(ui->keyboard, key_seek, &k);
    CU_ASSERT_FATAL(k.rect.w > 0);
    touch(ui, DISPLAY_DOWN, k.rect.x + k.rect.w / 2, k.rect.y + k.rect.h / 2, now_ms);
    touch(ui, DISPLAY_UP, k.rect.x + k.rect.w / 2, k.rect.y + k.rect.h / 2, now_ms);
    (void)ui_draw(ui);
}

static void keyboard_hands_over_text(void)
{
    struct ui *ui = open_ui();
    show(ui, "form");
    tap(ui, "field.mother.phone", -1, 1000);
    CU_ASSERT_FATAL(ui_keyboard_shown(ui));
    for (int i = 0; i < 11; i++)
        CU_ASSERT(keyboard_press(ui->keyboard, "Backspace") || i > 0);
    static const char digits[] = "13800000000";
    for (int i = 0; i < 11; i++) {
        char id[] = "key.0";
        id[4] = digits[i];
        tap_key(ui, id, 2000 + i);
    }
    tap_key(ui, "key.ok", 9000);
    CU_ASSERT(!ui_keyboard_shown(ui));
    struct intent i = next(ui);
    CU_ASSERT_EQUAL(i.kind, INTENT_SET_TEXT);
    CU_ASSERT_EQUAL(i.item, 3);
    CU_ASSERT_STRING_EQUAL(i.text, "13800000000");
    ui_free(ui);
}

static void signature_is_in_tenths_of_a_millimetre(void)
{
    struct ui *ui = open_ui();
    show(ui, "sign");
    struct rect r = ui->now.pad->w.rect;
    touch(ui, DISPLAY_DOWN, r.x + 314, r.y + 157, 1000);
    for (int i = 1; i <= 20; i++)
        touch(ui, DISPLAY_MOVE, r.x + 314 + i * 10, r.y + 157, 1000 + i * 10);
    touch(ui, DISPLAY_UP, r.x + 514, r.y + 157, 1210);
    touch(ui, DISPLAY_DOWN, r.x + 400, r.y + 100, 2000);
    touch(ui, DISPLAY_UP, r.x + 400, r.y + 200, 2100);
    (void)ui_draw(ui);
    tap(ui, "next", -1, 3000);
    struct intent i = next(ui);
    CU_ASSERT_EQUAL_FATAL(i.kind, INTENT_SIGN);
    CU_ASSERT_PTR_NOT_NULL_FATAL(i.strokes);
    CU_ASSERT_EQUAL(i.strokes->n_points, 23);
    CU_ASSERT(abs(i.strokes->point[0].x - 1000) <= 3);
    CU_ASSERT(abs(i.strokes->point[0].y - 500) <= 3);
    CU_ASSERT_EQUAL(i.strokes->point[20].t_ms, 200);
    CU_ASSERT_EQUAL(i.strokes->point[20].stroke, 0);
    CU_ASSERT_EQUAL(i.strokes->point[22].stroke, 1);
    CU_ASSERT(abs(i.strokes->width - (int)(r.w / 3.1395 * 10)) <= 5);
    tap(ui, "sign.clear", -1, 4000);
    CU_ASSERT_EQUAL(ui->state.ink.n_points, 0);
    ui_free(ui);
}

static void activity_is_throttled(void)
{
    struct ui *ui = open_ui();
    int n = 0;
    struct intent i;
    show(ui, "home");
    for (int t = 0; t < 3000; t += 100)
        touch(ui, DISPLAY_DOWN, 2, 2, 10000 + t);
    while (ui_next_intent(ui, &i))
        n += i.kind == INTENT_ACTIVITY;
    CU_ASSERT_EQUAL(n, 3);
    ui_free(ui);
}

static void views_are_copied(void)
{
    struct ui *ui = open_ui();
    sample_make(&samples[0], false, &view);
    memcpy(view.arena, "张小宝", sizeof "张小宝");
    view.title = (struct view_text){.lit = view.arena};
    ui_show(ui, &view);
    memset(&view, 0xA5, sizeof view);
    (void)ui_draw(ui);
    CU_ASSERT_STRING_EQUAL(find(ui, "title", -1)->text, "张小宝");
    ui_free(ui);
}

static void *wake_later(void *arg)
{
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    ui_wake(arg);
    return NULL;
}

static void wake_ends_the_sleep(void)
{
    struct ui *ui = open_ui();
    pthread_t t;
    show(ui, "home");
    int64_t start = clock_mono_ms();
    CU_ASSERT_FATAL(pthread_create(&t, NULL, wake_later, ui) == 0);
    CU_ASSERT(ui_wait(ui, 5000));
    CU_ASSERT(clock_mono_ms() - start < 2000);
    pthread_join(t, NULL);
    ui_free(ui);
}

static void idle_takes_no_cpu(void)
{
    struct ui *ui = open_ui();
    struct timespec a, b;
    show(ui, "home");
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    CU_ASSERT(ui_wait(ui, 400));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    CU_ASSERT(ms < 10);
    ui_free(ui);
}

/* ---- wiping ---- */

enum { SECRET_BYTES = 18, SECRET_KEY = 0x5A };

/* "张小宝张小宝", kept scrambled so that the search does not find itself. */
static void secret_scrambled(unsigned char *out)
{
    static const unsigned char one[] = {0xE5 ^ 0x5A, 0xBC ^ 0x5A, 0xA0 ^ 0x5A,
                                        0xE5 ^ 0x5A, 0xB0 ^ 0x5A, 0x8F ^ 0x5A,
                                        0xE5 ^ 0x5A, 0xAE ^ 0x5A, 0x9D ^ 0x5A};
    memcpy(out, one, sizeof one);
    memcpy(out + sizeof one, one, sizeof one);
}

#ifndef __SANITIZE_ADDRESS__ /* its copies of freed memory would be searched, too */
/* Times the secret stands in this process's writable memory. */
static int secret_copies(void)
{
    unsigned char want[SECRET_BYTES];
    char line[512];
    int n = 0;
    secret_scrambled(want);
    FILE *maps = fopen("/proc/self/maps", "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char mode[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || mode[0] != 'r' ||
            mode[1] != 'w' || strstr(line, "[stack]"))
            continue;
        const unsigned char *p = (const unsigned char *)from;
        for (size_t i = 0; i + SECRET_BYTES <= to - from; i++) {
            size_t k = 0;
            while (k < SECRET_BYTES && (p[i + k] ^ SECRET_KEY) == want[k])
                k++;
            n += k == SECRET_BYTES;
        }
    }
    fclose(maps);
    return n;
}
#endif

static void wipe_leaves_no_typed_text(void)
{
    struct ui *ui = open_ui();
    sample_make(&samples[8], false, &view);
    CU_ASSERT_STRING_EQUAL_FATAL(samples[8].name, "form-one");
    secret_scrambled((unsigned char *)view.arena);
    for (int i = 0; i < SECRET_BYTES; i++)
        view.arena[i] = (char)(view.arena[i] ^ SECRET_KEY);
    view.item[0].value = (struct view_text){.lit = view.arena};
    view.item[0].edit = view.arena;
    ui_show(ui, &view);
    bytes_wipe(&view, sizeof view);
    (void)ui_draw(ui);
    tap(ui, "field.baby.name", -1, 1000); /* the keyboard shows it too */
    CU_ASSERT(ui_keyboard_shown(ui));
    CU_ASSERT(font_set_cached_bytes(ui->fonts) > 0);
#ifndef __SANITIZE_ADDRESS__
    CU_ASSERT(secret_copies() > 0);
    ui_wipe(ui);
    CU_ASSERT_EQUAL(secret_copies(), 0);
#else
    ui_wipe(ui);
#endif
    CU_ASSERT_EQUAL(font_set_cached_bytes(ui->fonts), 0);
    CU_ASSERT(!keyboard_is_open(ui->keyboard));
    (void)ui_draw(ui);
    const struct surface *s = display_surface(ui->display);
    int differing = 0;
    for (int i = 0; i < s->w * s->h; i++)
        differing += s->px[i] != ui->ctx.tok.ground;
    CU_ASSERT_EQUAL(differing, 0);
    ui_free(ui);
}

static void wrong_settings_are_refused(void)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "tape",
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344};
    CU_ASSERT_EQUAL(ui_new(&cfg, &ui, &err), ERR_UI_DISPLAY);
    cfg.display = "memory";
    cfg.width_mm = 0;
    CU_ASSERT_EQUAL(ui_new(&cfg, &ui, &err), ERR_UI_DISPLAY);
    cfg.width_mm = 344;
    cfg.languages[0] = "xx";
    cfg.n_languages = 1;
    CU_ASSERT_EQUAL(ui_new(&cfg, &ui, &err), ERR_UI_ASSET);
    cfg.n_languages = 0;
    cfg.assets_dir = "/no/such/folder";
    CU_ASSERT_EQUAL(ui_new(&cfg, &ui, &err), ERR_UI_ASSET);
}

static CU_TestInfo cases[] = {
    {"tap becomes intent", tap_becomes_intent},
    {"release outside does nothing", release_outside_does_nothing},
    {"second tap within 300 ms is ignored", second_tap_within_300_ms_is_ignored},
    {"disabled button does nothing", disabled_button_does_nothing},
    {"question covers the page", question_covers_the_page},
    {"nothing changes, nothing is drawn", nothing_changes_nothing_is_drawn},
    {"small change draws little", small_change_draws_little},
    {"partial drawing equals full drawing", partial_drawing_equals_full_drawing},
    {"press shows within a frame", press_shows_within_a_frame},
    {"pages turn", pages_turn},
    {"sheet chooses", sheet_chooses},
    {"keyboard hands over text", keyboard_hands_over_text},
    {"signature is in tenths of a millimetre", signature_is_in_tenths_of_a_millimetre},
    {"activity is throttled", activity_is_throttled},
    {"views are copied", views_are_copied},
    {"wake ends the sleep", wake_ends_the_sleep},
    {"idle takes no CPU", idle_takes_no_cpu},
    {"wipe leaves no typed text", wipe_leaves_no_typed_text},
    {"wrong settings are refused", wrong_settings_are_refused},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("ui.ui", cases)
