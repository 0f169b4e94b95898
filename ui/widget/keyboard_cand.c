/* SPDX-License-Identifier: Apache-2.0 */
/* What waits to become text (pinyin letters, ink, strokes, parts, a code) and what may be meant by
 * it. The pages for rare characters wait for two things: parts, and the pinyin of the next part.
 * Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "ui/widget/keyboard_priv.h"

static bool has_letters(const struct keyboard *kb)
{
    return *pinyin_letters(kb->pinyin) != '\0';
}

bool kb_waits(const struct keyboard *kb)
{
    return has_letters(kb) || kb->strokes_typed[0] || kb->n_parts || kb->code[0] ||
           handwriting_strokes(kb->hand);
}

void kb_cand_restart(struct keyboard *kb)
{
    kb->cand_first = kb->n_cand_back = 0;
}

size_t kb_cand_count(const struct keyboard *kb)
{
    if (has_letters(kb))
        return pinyin_count(kb->pinyin);
    return kb->page == KB_HAND ? handwriting_count(kb->hand) : kb->n_found;
}

const char *kb_cand_text(struct keyboard *kb, size_t index)
{
    if (has_letters(kb))
        return pinyin_candidate(kb->pinyin, index);
    if (kb->page == KB_HAND)
        return handwriting_candidate(kb->hand, index);
    if (index >= kb->n_found)
        return NULL;
    kb->found_text[bytes_utf8_put(kb->found[index], kb->found_text)] = '\0';
    return kb->found_text;
}

/* Characters that no face has would be offered as boxes. */
static void drop_unseen(struct keyboard *kb)
{
    size_t n = 0;
    for (size_t i = 0; i < kb->n_found; i++) {
        char text[8];
        uint32_t missing = 0;
        size_t len = bytes_utf8_put(kb->found[i], text);
        if (font_missing(kb->cfg.fonts, text, len, &missing) == 0)
            kb->found[n++] = kb->found[i];
    }
    bytes_wipe(kb->found + n, (kb->n_found - n) * sizeof kb->found[0]);
    kb->n_found = n;
}

static void missing_strokes(struct keyboard *kb, const struct err *err)
{
    if (!kb->has_told_strokes)
        log_err(LOG_ERROR, "ui", err);
    kb->has_told_strokes = true;
    kb->n_found = 0;
}

/* Find again for what waits now. */
static void look_up(struct keyboard *kb)
{
    struct err err = {0};
    int rc = 0;
    bytes_wipe(kb->found, sizeof kb->found);
    kb->n_found = 0;
    if (kb->code[0])
        kb->n_found = char_code_find(kb->code, kb->found);
    else if (kb->strokes_typed[0])
        rc = stroke_table_find(kb->strokes, kb->strokes_typed, kb->found, &kb->n_found, &err);
    else if (kb->n_parts > 1)
        rc =
            stroke_table_compose(kb->strokes, kb->part, kb->n_parts, kb->found, &kb->n_found, &err);
    if (rc)
        missing_strokes(kb, &err);
    drop_unseen(kb);
    kb_cand_restart(kb);
}

void kb_wait_drop(struct keyboard *kb)
{
    pinyin_clear(kb->pinyin);
    handwriting_clear(kb->hand);
    bytes_wipe(kb->strokes_typed, sizeof kb->strokes_typed);
    bytes_wipe(kb->part, sizeof kb->part);
    bytes_wipe(kb->code, sizeof kb->code);
    bytes_wipe(kb->found, sizeof kb->found);
    bytes_wipe(kb->found_text, sizeof kb->found_text);
    kb->n_found = kb->n_parts = 0;
    kb->is_more = false;
    kb->tapped = 0;
    kb_cand_restart(kb);
}

/* Characters of a word become parts, as many as there is room for. */
static void add_parts(struct keyboard *kb, const char *text)
{
    size_t n = strlen(text);
    for (size_t at = 0, used; at < n && kb->n_parts < KB_MAX_PARTS; at += used) {
        uint32_t cp = 0;
        used = bytes_utf8_next(text + at, n - at, &cp);
        if (!used)
            return;
        kb->part[kb->n_parts++] = cp;
    }
}

static void insert_wiped(struct keyboard *kb, char *text, size_t n)
{
    if (kb->page == KB_PARTS) {
        add_parts(kb, text);
        look_up(kb);
    } else {
        kb_text_insert(kb, text);
    }
    bytes_wipe(text, n);
    kb_cand_restart(kb);
    if (!has_letters(kb))
        kb->is_more = false;
}

void kb_cand_take(struct keyboard *kb, size_t index)
{
    char text[PINYIN_TEXT_BYTES];
    kb->tapped = 0;
    if (has_letters(kb)) {
        if (pinyin_choose(kb->pinyin, index, text, NULL) == 0)
            insert_wiped(kb, text, sizeof text);
        return;
    }
    const char *taken = kb_cand_text(kb, index);
    if (!taken)
        return;
    kb_text_insert(kb, taken);
    kb_wait_drop(kb);
}

void kb_cand_take_best(struct keyboard *kb)
{
    char text[PINYIN_TEXT_BYTES * 4];
    kb->tapped = 0;
    if (has_letters(kb)) {
        pinyin_commit(kb->pinyin, text, sizeof text);
        insert_wiped(kb, text, sizeof text);
    } else if (kb_waits(kb)) {
        kb_cand_take(kb, 0);
        kb_wait_drop(kb); /* what nothing was found for */
    }
}

void kb_wait_letter(struct keyboard *kb, char letter)
{
    struct err err = {0};
    int rc = pinyin_push(kb->pinyin, letter, &err);
    kb_cand_restart(kb);
    if (rc == ERR_UI_ASSET) {
        /* without dictionaries the visitor can still write letters */
        log_err(LOG_ERROR, "ui", &err);
        kb->page = KB_ENGLISH;
    }
}

void kb_wait_stroke(struct keyboard *kb, char key)
{
    size_t n = strlen(kb->strokes_typed);
    if (n == STROKE_MAX_KEYS)
        return;
    kb->strokes_typed[n] = key;
    look_up(kb);
}

void kb_wait_code(struct keyboard *kb, char digit)
{
    size_t n = strlen(kb->code);
    if (n == CHAR_CODE_MAX_DIGITS)
        return;
    kb->code[n] = digit;
    look_up(kb);
}

bool kb_wait_backspace(struct keyboard *kb)
{
    size_t n_strokes = strlen(kb->strokes_typed), n_code = strlen(kb->code);
    kb->tapped = 0;
    if (pinyin_backspace(kb->pinyin))
        kb_cand_restart(kb);
    else if (handwriting_strokes(kb->hand))
        handwriting_clear(kb->hand); /* 撤一笔 takes one stroke, 删除 the character */
    else if (n_strokes)
        kb->strokes_typed[n_strokes - 1] = '\0';
    else if (n_code)
        kb->code[n_code - 1] = '\0';
    else if (kb->n_parts)
        kb->part[--kb->n_parts] = 0;
    else
        return false;
    if (!has_letters(kb))
        look_up(kb);
    kb->is_more = kb->is_more && kb_waits(kb);
    return true;
}

void kb_hand_look_up(struct keyboard *kb)
{
    struct err err = {0};
    if (handwriting_recognise(kb->hand, &err) != 0 && !kb->has_told_hand) {
        log_err(LOG_ERROR, "ui", &err);
        kb->has_told_hand = true;
    }
    kb_cand_restart(kb);
}

void kb_cand_turn(struct keyboard *kb, enum kb_act act)
{
    if (act == ACT_NEXT && kb->n_cand_back < KB_MAX_PAGES) {
        kb->cand_back[kb->n_cand_back++] = kb->cand_first;
        kb->cand_first += kb->n_cand_shown;
    } else if (act == ACT_PREV && kb->n_cand_back) {
        kb->cand_first = kb->cand_back[--kb->n_cand_back];
    }
}

static void append(char *out, size_t cap, const char *add)
{
    size_t n = strlen(out);
    snprintf(out + n, cap - n, "%s", add);
}

void kb_reading(const struct keyboard *kb, char *out, size_t cap)
{
    static const char *const shapes[] = {"？", "一", "丨", "丿", "丶", "乛"};
    out[0] = '\0';
    for (const char *k = kb->strokes_typed; *k; k++)
        append(out, cap, shapes[*k - '0']);
    for (size_t i = 0; i < kb->n_parts; i++) {
        char text[8];
        text[bytes_utf8_put(kb->part[i], text)] = '\0';
        append(out, cap, text);
        append(out, cap, " + ");
    }
    append(out, cap, kb->code);
    append(out, cap, pinyin_reading(kb->pinyin));
}
