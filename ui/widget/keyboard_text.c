/* SPDX-License-Identifier: Apache-2.0 */
/* The text of the input panel: what may come next, and how it is shown. Pure. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum { IDNO_CHARS = 18, MOBILE_CHARS = 11, DATE_CHARS = 10, MOST_CHARS = 120 };

static size_t limit_of(enum view_input input)
{
    switch (input) {
    case INPUT_IDNO:
        return IDNO_CHARS;
    case INPUT_MOBILE:
        return MOBILE_CHARS;
    case INPUT_DATE:
        return DATE_CHARS;
    case INPUT_NONE:
    case INPUT_TEXT:
    case INPUT_NAME:
    case INPUT_ADDRESS:
    case INPUT_DIGITS:
    case INPUT_LATIN:
    case INPUT_ENUM:
    case INPUT_SET:
    case INPUT_STEPS:
    case INPUT_NUMBER:
    case INPUT_EMAIL:
        break;
    }
    return MOST_CHARS;
}

/* May this one character stand behind text, at position n? */
static bool char_fits(enum view_input input, const char *text, uint32_t cp, size_t n)
{
    bool is_digit = cp >= '0' && cp <= '9';
    switch (input) {
    case INPUT_IDNO:
        return is_digit || (cp == 'X' && n == IDNO_CHARS - 1);
    case INPUT_MOBILE:
    case INPUT_DIGITS:
        return is_digit;
    case INPUT_LATIN:
        return is_digit || (cp >= 'A' && cp <= 'Z');
    case INPUT_NUMBER:
        if (cp == '.')
            return n > 0 && text[n - 1] != '-' && !strchr(text, '.');
        return is_digit || (cp == '-' && n == 0);
    case INPUT_EMAIL:
        if (cp == '@')
            return n > 0 && !strchr(text, '@');
        return is_digit || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '.' ||
               cp == '-' || cp == '_' || cp == '+';
    case INPUT_NONE:
    case INPUT_TEXT:
    case INPUT_NAME:
    case INPUT_ADDRESS:
    case INPUT_DATE:
    case INPUT_ENUM:
    case INPUT_SET:
    case INPUT_STEPS:
        break;
    }
    return cp >= ' ' && cp != 0x7f;
}

/* @return bytes of the first character when it may come next, else 0 */
static size_t next_fits(const struct keyboard *kb, const char *add)
{
    uint32_t cp = 0;
    size_t len = strlen(add), used = len ? bytes_utf8_next(add, len, &cp) : 0;
    size_t n = bytes_utf8_count(kb->text);
    bool has_room = n < kb->max_chars && strlen(kb->text) + used < sizeof kb->text;
    return used && has_room && char_fits(kb->input, kb->text, cp, n) ? used : 0;
}

bool kb_text_takes(const struct keyboard *kb, const char *add)
{
    return next_fits(kb, add) > 0;
}

bool kb_text_insert(struct keyboard *kb, const char *add)
{
    bool has_changed = false;
    for (size_t used; (used = next_fits(kb, add)) > 0; add += used) {
        size_t n = strlen(kb->text);
        memcpy(kb->text + n, add, used);
        kb->text[n + used] = '\0';
        has_changed = true;
    }
    return has_changed;
}

bool kb_text_backspace(struct keyboard *kb)
{
    size_t n = strlen(kb->text);
    if (!n)
        return false;
    do
        n--;
    while (n && ((unsigned char)kb->text[n] & 0xC0) == 0x80);
    bytes_wipe(kb->text + n, sizeof kb->text - n);
    return true;
}

void kb_text_start(struct keyboard *kb, const char *text)
{
    size_t most = limit_of(kb->input);
    kb->max_chars = kb->max_chars && kb->max_chars < most ? kb->max_chars : most;
    bytes_wipe(kb->text, sizeof kb->text);
    if (!text || !bytes_utf8_valid(text, strlen(text)))
        return;
    if (kb->input == INPUT_DATE) {
        if (kb_date_parse(text, &kb->chosen))
            snprintf(kb->text, sizeof kb->text, "%s", text);
    } else {
        kb_text_insert(kb, text);
    }
    kb->had_text = kb->text[0] != '\0';
}

/* Places before which people leave a gap in a number; the last one repeats. */
struct grouping {
    size_t cut[3], every;
};

static struct grouping grouping_of(const struct keyboard *kb)
{
    enum { LONG_NUMBER = 15 }; /* bank cards and reference numbers are printed in fours */
    if (kb->input == INPUT_IDNO)
        return (struct grouping){{6, 14, 0}, 0};
    if (kb->input == INPUT_MOBILE)
        return (struct grouping){{3, 7, 0}, 0};
    if (kb->input == INPUT_DIGITS && kb->max_chars >= LONG_NUMBER)
        return (struct grouping){{0}, 4};
    return (struct grouping){{0}, 0};
}

static bool has_gap(const struct grouping *g, size_t at)
{
    return at && (at == g->cut[0] || at == g->cut[1] || (g->every && at % g->every == 0));
}

static void show_number(const struct keyboard *kb, char *out, size_t cap)
{
    struct grouping g = grouping_of(kb);
    size_t n = strlen(kb->text), w = 0;
    for (size_t i = 0; i < n && w + 2 < cap; i++) {
        bool is_last = i == n - 1 && kb->has_typed;
        if (has_gap(&g, i))
            out[w++] = ' ';
        out[w++] = kb->is_hidden && !is_last ? '*' : kb->text[i];
    }
    out[w] = '\0';
}

void kb_text_show(const struct keyboard *kb, char *out, size_t cap)
{
    if (kb->page == KB_DATE_PAD && !kb->chosen.day && kb->text[0])
        snprintf(out, cap, "%s", kb->text);
    else if (kb->input == INPUT_DATE && kb->chosen.day)
        snprintf(out, cap, "%d年%d月%d日", kb->chosen.year, kb->chosen.month, kb->chosen.day);
    else if (kb_has_candidates(kb))
        snprintf(out, cap, "%s", kb->text);
    else
        show_number(kb, out, cap);
}

bool kb_text_is_done(const struct keyboard *kb)
{
    if (kb->page == KB_DATE_PAD)
        return kb->chosen.day || (!kb->text[0] && kb->had_text);
    return kb->text[0] || kb->had_text;
}

void kb_text_query(const struct keyboard *kb, char *out)
{
    size_t n = strlen(kb->text);
    memcpy(out, kb->text, n);
    for (const char *c = pinyin_letters(kb->pinyin); *c && n + 1 < KB_QUERY_BYTES; c++)
        if (*c != '\'') /* only says where a syllable ends */
            out[n++] = *c;
    out[n] = '\0';
}
