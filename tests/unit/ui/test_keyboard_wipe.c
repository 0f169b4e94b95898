/* SPDX-License-Identifier: Apache-2.0 */
/* After a wipe nothing that was typed is left in the process: every page that can be written is
 * searched, libpinyin's and zinnia's heap included. It runs, as the terminal does, with freed
 * memory overwritten by the C library (GLIBC_TUNABLES in CMakeLists.txt). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cunit_main.h"
#include "ui/widget/keyboard.h"

#define ASSETS YJ_SOURCE_DIR "/assets"
enum { PANEL_W = 1080, PANEL_H = 1920, MOST_WORDS = 8, WORD_BYTES = 64 };

/* Words as they are searched for, kept with every bit turned: the search must not find itself. */
struct words {
    unsigned char turned[MOST_WORDS][WORD_BYTES];
    size_t len[MOST_WORDS];
    int n;
};

static void add_word(struct words *w, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        w->turned[w->n][i] = (unsigned char)~(unsigned char)word[i];
    w->len[w->n++] = n;
}

/* noinline and no copies: the compared byte is never stored. */
static int count_in(const struct words *w, int word, const unsigned char *from, size_t n)
{
    int found = 0;
    size_t len = w->len[word];
    for (size_t at = 0; at + len <= n; at++) {
        size_t same = 0;
        while (same < len && from[at + same] + w->turned[word][same] == 0xFF)
            same++;
        found += same == len;
    }
    return found;
}

/* @return places in writable memory where one of the words stands */
static int count_left(const struct words *w, bool is_told)
{
    char line[512];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    CU_ASSERT_FATAL(maps != NULL);
    while (fgets(line, sizeof line, maps)) {
        unsigned long from = 0, to = 0;
        char mode[8] = "", rest[256] = "";
        int n = sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &from, &to, mode, rest);
        /* heap, anonymous and data pages; the files' own pages hold no visitor */
        if (n < 3 || mode[0] != 'r' || mode[1] != 'w' || strncmp(rest, "[v", 2) == 0)
            continue;
        for (int i = 0; i < w->n; i++) {
            int here = count_in(w, i, (const unsigned char *)from, to - from);
            if (here && is_told)
                fprintf(stderr, "word %d: %d times in %s\n", i, here, rest[0] ? rest : "heap");
            found += here;
        }
    }
    fclose(maps);
    return found;
}

static void done(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

static void type_keys(struct keyboard *kb, const char *keys)
{
    for (char key[2] = ""; *keys; keys++) {
        key[0] = *keys;
        CU_ASSERT(keyboard_press(kb, key));
    }
}

static void write_everything(struct keyboard *kb)
{
    type_keys(kb, "ouyangzhenhuan"); /* a name no dictionary has */
    CU_ASSERT(keyboard_activate(kb, "key.space"));
    CU_ASSERT(keyboard_activate(kb, "method.strokes"));
    type_keys(kb, "5153154");
    CU_ASSERT(keyboard_activate(kb, "candidate#0"));
    CU_ASSERT(keyboard_activate(kb, "method.english"));
    type_keys(kb, "qzvkwjxh");
    CU_ASSERT(keyboard_activate(kb, "method.pinyin"));
    type_keys(kb, "zhuangxiang"); /* still waits when the visit ends */
}

static void nothing_typed_is_left(void)
{
    struct font_set *fonts = NULL;
    struct text_set *texts = NULL;
    struct theme *theme = NULL;
    struct tokens t;
    struct words w = {0};
    if (!getenv("GLIBC_TUNABLES")) {
        fprintf(stderr, "freed memory is not overwritten here: nothing to prove\n");
        exit(77);
    }
    CU_ASSERT_FATAL(!font_set_new(ASSETS, &fonts, NULL) &&
                    !text_set_new(ASSETS, NULL, 0, &texts, NULL) &&
                    !theme_new(ASSETS, "default", &theme, NULL));
    theme_resolve(theme, &(struct theme_panel){PANEL_W / 344.0, PANEL_W, PANEL_H},
                  &(struct prefs){.text = TEXT_NORMAL}, &t);
    struct keyboard_cfg cfg = {.fonts = fonts, .texts = texts, .done = done};
    struct keyboard *kb = keyboard_new(&cfg);
    struct surface *s = surface_new(PANEL_W, PANEL_H);
    struct keyboard_job job = {.input = INPUT_NAME, .label = "x", .max_chars = 60};
    keyboard_open(kb, &job, &t, PANEL_W, PANEL_H);
    write_everything(kb);
    keyboard_draw(kb, s);
    add_word(&w, "qzvkwjxh");
    add_word(&w, "zhuangxiang");
    CU_ASSERT(count_left(&w, false) >= 2); /* the search finds what is there */
    keyboard_wipe(kb);
    font_set_wipe(fonts); /* the drawn words: ui_wipe does both */
    CU_ASSERT_EQUAL(count_left(&w, true), 0);
    surface_free(s);
    keyboard_free(kb);
    theme_free(theme);
    text_set_free(texts);
    font_set_free(fonts);
}

static CU_TestInfo cases[] = {
    {"nothing typed is left", nothing_typed_is_left},
    CU_TEST_INFO_NULL,
};
CUNIT_MAIN("ui.keyboard_wipe", cases)
