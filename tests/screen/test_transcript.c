/* SPDX-License-Identifier: Apache-2.0 */
/* A visit without looking: every sample screen is walked by keys alone with everything spoken, and
 * what was said is compared with the golden texts in transcript/. Whatever can be pressed must have
 * been said, nothing twice in a row, nothing empty, no number of a person.
 *     test_screen_transcript            compare; what differs is written beside the program
 *     test_screen_transcript --update   write the golden texts anew, to be read before a commit */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cunit_main.h"
#include "ui/ui_priv.h"
#include "views.h"

#define GOLDEN YJ_SOURCE_DIR "/tests/screen/transcript"

enum {
    MAX_BYTES = 1 << 20,
    MAX_STEPS = 900,
    MAX_TOUCHED = 512,
    GUARD_MS = 1000, /* between two presses */
    ID_DIGITS = 17,
};

struct walk {
    struct ui *ui;
    const char *sample;
    char *text; /* the transcript */
    size_t n;
    uint64_t n_seen; /* utterances written */
    char before[SPEECH_TEXT_BYTES];
    uint64_t touched[MAX_TOUCHED];
    size_t n_touched;
    unsigned inputs; /* bit by enum view_input: its keys were walked */
    int n_findings;
};

static bool must_update;
static struct view view;

static void finding(struct walk *w, const char *what, const char *words)
{
    w->n_findings++;
    fprintf(stderr, "%s: %s: %.200s\n", w->sample, what, words);
}

static void put(struct walk *w, const char *words)
{
    size_t n = strlen(words);
    CU_ASSERT_FATAL(w->n + n + 1 < MAX_BYTES);
    memcpy(w->text + w->n, words, n + 1);
    w->n += n;
}

static bool has_whole_id(const char *words)
{
    size_t digits = 0;
    for (const char *p = words; *p; p++) {
        bool is_gap = *p == ' ' || *p == ',' || (unsigned char)*p >= 0x80;
        if (!isdigit((unsigned char)*p) && !is_gap &&
            (digits == ID_DIGITS || digits == ID_DIGITS + 1))
            return true;
        digits = isdigit((unsigned char)*p) ? digits + 1 : is_gap ? digits : 0;
    }
    return digits == ID_DIGITS || digits == ID_DIGITS + 1;
}

/* What was said since the last call. @return how many utterances */
static int listen(struct walk *w)
{
    static const char *const ranks[] = {"focus", "page", "prompt", "question"};
    int n = 0;
    for (; w->n_seen < w->ui->say->n_logged; w->n_seen++, n++) {
        const struct say_line *line = ui_say_line(w->ui, w->n_seen);
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        if (!line->text[strspn(line->text, " \n")])
            finding(w, "nothing said", ranks[line->rank]);
        if (strcmp(line->text, w->before) == 0)
            finding(w, "said twice", line->text);
        if (has_whole_id(line->text))
            finding(w, "a whole number of a person", line->text);
        snprintf(w->before, sizeof w->before, "%s", line->text);
        put(w, ranks[line->rank]);
        for (const char *p = line->text; *p;) {
            size_t part = strcspn(p, "\n");
            char piece[SPEECH_TEXT_BYTES + 8];
            snprintf(piece, sizeof piece, " | %.*s", (int)part, p);
            put(w, piece);
            p += part + (p[part] == '\n');
        }
        put(w, "\n");
    }
    return n;
}

/* ---- what can be pressed ---- */

static uint64_t name_of(const struct widget *v)
{
    int what[] = {v->index, (int)v->action.act, (int)v->action.intent, v->action.item,
                  v->action.option};
    return hash_bytes(hash_text(1469598103934665603ULL, v->id), what, sizeof what);
}

static void note_touched(struct walk *w, const struct widget *v)
{
    if (w->n_touched < MAX_TOUCHED)
        w->touched[w->n_touched++] = name_of(v);
}

static bool was_touched(const struct walk *w, const struct widget *v)
{
    for (size_t i = 0; i < w->n_touched; i++)
        if (w->touched[i] == name_of(v))
            return true;
    return false;
}

static void check_touched(void *arg, struct widget *v, int depth, bool is_visible)
{
    struct walk *w = arg;
    (void)depth;
    bool is_turning = v->action.act == ACT_PAGE_UP || v->action.act == ACT_PAGE_DOWN;
    if (is_visible && widget_can_tap(v) && !is_turning && !was_touched(w, v))
        finding(w, "never reached", v->id ? v->id : v->text);
}

/* ---- walking ---- */

static void press(struct walk *w, enum nav_key key)
{
    struct intent intent;
    w->ui->clock_offset_ms += GUARD_MS;
    ui_key(w->ui, key);
    (void)ui_draw(w->ui);
    while (ui_next_intent(w->ui, &intent))
        ; /* nobody answers: the page stays */
}

static void say_where(struct walk *w, const char *what, const char *id)
{
    char line[256];
    snprintf(line, sizeof line, "-- %s %s\n", what, id);
    put(w, line);
    w->before[0] = '\0';
}

static void note_here(struct walk *w)
{
    const struct focus_stop *s = ui_focus_stop(w->ui);
    if (s && s->w)
        note_touched(w, s->w);
}

/* Once around what is open: every step says something. */
static void walk_around(struct walk *w)
{
    struct ui_focus *f = w->ui->focus;
    if (listen(w) == 0)
        finding(w, "opened silently", "");
    note_here(w);
    int first = f->here, steps = 0;
    while (steps++ < MAX_STEPS) {
        press(w, NAV_NEXT);
        note_here(w);
        if (f->here == first)
            break;
        if (listen(w) != 1)
            finding(w, "a step without one utterance", f->stop[f->here].key_id);
    }
    w->n_seen = w->ui->say->n_logged; /* the first again */
    if (steps >= MAX_STEPS)
        finding(w, "no way around", "");
}

static void check_pages(struct walk *w)
{
    struct list *body = w->ui->now.body;
    for (int page = 0; page < body->n_pages; page++) {
        w->ui->state.page = page;
        w->ui->must_build = true;
        (void)ui_draw(w->ui);
        widget_visit(w->ui->now.root, check_touched, w);
    }
    w->n_seen = w->ui->say->n_logged;
}

/* Stand on the widget that does this. */
static bool go_to(struct walk *w, enum widget_act act, int item)
{
    for (int steps = 0; steps < MAX_STEPS; steps++) {
        const struct focus_stop *s = ui_focus_stop(w->ui);
        if (s && s->w && s->w->action.act == act && s->w->action.item == item)
            return true;
        press(w, NAV_NEXT);
    }
    return false;
}

static void walk_inside(struct walk *w, int item, enum widget_act act)
{
    const struct view_item *v = &w->ui->view.item[item];
    if (!go_to(w, act, item))
        return; /* not on this page's screen: nothing opens it */
    w->n_seen = w->ui->say->n_logged;
    say_where(w, act == ACT_SHEET ? "sheet" : "keys", v->id);
    press(w, NAV_SELECT);
    walk_around(w);
    if (act == ACT_SHEET) {
        press(w, NAV_BACK);
    } else {
        keyboard_close(w->ui->keyboard);
        w->ui->edit_item = -1;
        w->ui->must_build = true;
        (void)ui_draw(w->ui);
    }
    w->n_seen = w->ui->say->n_logged;
}

static void walk_items(struct walk *w)
{
    for (size_t i = 0; i < w->ui->view.n_items; i++) {
        const struct view_item *v = &w->ui->view.item[i];
        bool is_keys = v->kind == VIEW_FIELD && v->is_enabled && !v->n_options;
        if (v->n_options && !row_has_chips(v))
            walk_inside(w, (int)i, ACT_SHEET);
        else if (is_keys && v->input != INPUT_NONE && !(w->inputs >> v->input & 1)) {
            w->inputs |= 1U << v->input;
            walk_inside(w, (int)i, ACT_EDIT);
        }
    }
}

static void walk_sample(struct walk *w, const struct sample *s, uint8_t language)
{
    struct prefs prefs = PREFS_DEFAULT;
    prefs.speech = SPEECH_ALL;
    prefs.language = language;
    w->sample = s->name;
    w->n_touched = 0;
    w->n_seen = 0;
    ui_wipe(w->ui);
    sample_make_as(s, &prefs, WORDS_CHINESE, &view);
    say_where(w, "page", s->name);
    ui_show(w->ui, &view);
    (void)ui_draw(w->ui);
    walk_around(w);
    if (ui_keyboard_shown(w->ui))
        return; /* a search: the page and its keys were walked together */
    check_pages(w);
    if (!view.ask.id && !view.ask.lit)
        walk_items(w);
}

/* ---- golden texts ---- */

static void tell_difference(const char *golden, const char *is)
{
    int line = 1;
    while (*golden && *is && *golden == *is) {
        line += *golden == '\n';
        golden++;
        is++;
    }
    while (line > 1 && golden[-1] != '\n') {
        golden--;
        is--;
    }
    fprintf(stderr, "line %d:\n  golden: %.*s\n  now:    %.*s\n", line, (int)strcspn(golden, "\n"),
            golden, (int)strcspn(is, "\n"), is);
}

static void compare(const struct walk *w, const char *language)
{
    char path[512];
    size_t n = 0;
    YJ_CLEANUP(cleanup_free) char *golden = NULL;
    snprintf(path, sizeof path, "%s/%s.txt", GOLDEN, language);
    bool has_golden = mem_read_file(path, MAX_BYTES, &golden, &n, NULL) == 0;
    bool is_same = has_golden && n == w->n && memcmp(golden, w->text, n) == 0;
    if (!is_same && !must_update) {
        tell_difference(has_golden ? golden : "", w->text);
        snprintf(path, sizeof path, "transcript-%s.txt", language);
        fprintf(stderr, "what was said: %s in the working folder; --update takes it over\n", path);
    }
    if (!is_same) {
        FILE *f = fopen(path, "we");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        CU_ASSERT(fwrite(w->text, 1, w->n, f) == w->n);
        CU_ASSERT(fclose(f) == 0);
    }
    CU_ASSERT(is_same || must_update);
}

static struct ui *open_spoken(void)
{
    struct ui *ui = NULL;
    struct err err = {0};
    struct ui_cfg cfg = {.assets_dir = YJ_SOURCE_DIR "/assets",
                         .display = "memory",
                         .theme = "default",
                         .languages = {"zh-Hans", "en"},
                         .n_languages = 2,
                         .sound = "none",
                         .width_px = 1080,
                         .height_px = 1920,
                         .width_mm = 344,
                         .hall_name = "示例市政务服务中心 01 号机"};
    int r = ui_new(&cfg, &ui, &err);
    if (r == ERR_UI_FONT) {
        fprintf(stderr, "skipped: %s\n", err.msg);
        exit(77);
    }
    CU_ASSERT_FATAL(r == 0);
    return ui;
}

static void walk_language(uint8_t at, const char *language)
{
    struct walk *w = mem_zalloc(1, sizeof *w);
    w->text = mem_zalloc(1, MAX_BYTES);
    w->ui = open_spoken();
    for (int i = 0; i < n_samples; i++)
        walk_sample(w, &samples[i], at);
    CU_ASSERT_EQUAL(w->n_findings, 0);
    compare(w, language);
    ui_free(w->ui);
    free(w->text);
    free(w);
}

static void everything_is_said_in_chinese(void)
{
    walk_language(0, "zh-Hans");
}

static void everything_is_said_in_english(void)
{
    walk_language(1, "en");
}

int main(int argc, char **argv)
{
    CU_TestInfo cases[] = {{"everything is said in Chinese", everything_is_said_in_chinese},
                           {"everything is said in English", everything_is_said_in_english},
                           CU_TEST_INFO_NULL};
    must_update = argc > 1 && strcmp(argv[1], "--update") == 0;
    return cunit_run("screen.transcript", cases);
}
