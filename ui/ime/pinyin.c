/* SPDX-License-Identifier: Apache-2.0 */
/* Pinyin input over libpinyin. Thread: main.
 *
 * libpinyin writes to its user folder only in pinyin_save, and only when there is a folder: we
 * give it none and never save. It changes its dictionaries in memory in pinyin_train,
 * pinyin_remember_user_input, and when a "longer" or "add-on" candidate is chosen: we call
 * neither, ask for no longer candidates and load no add-on library. What is left of a visitor is
 * the instance (letters, candidates), which is freed by a wipe. */
#include "ui/ime/pinyin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pinyin.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { SORTING = SORT_WITHOUT_LONGER_CANDIDATE | SORT_BY_PHRASE_LENGTH | SORT_BY_FREQUENCY };

struct pinyin {
    char *data_dir;
    pinyin_context_t *context; /* NULL until the first letter */
    pinyin_instance_t *instance;
    char letters[PINYIN_MAX_LETTERS + 1];
    size_t n_letters;
    char reading[PINYIN_MAX_LETTERS * 2 + 1];
    size_t n_parsed;               /* letters libpinyin could make syllables of */
    char guess[PINYIN_TEXT_BYTES]; /* the best for all of them, "" when none */
    size_t n_words, twin;          /* twin: the word that says the same as guess, n_words: none */
};

struct pinyin *pinyin_new(const char *data_dir)
{
    struct pinyin *py = mem_zalloc(1, sizeof *py);
    py->data_dir = mem_strdup(data_dir ? data_dir : YJ_PINYIN_DATA_DIR);
    return py;
}

void pinyin_free(struct pinyin *py)
{
    if (!py)
        return;
    pinyin_wipe(py);
    if (py->context)
        pinyin_fini(py->context);
    free(py->data_dir);
    free(py);
}

static int open_dictionaries(struct pinyin *py, struct err *err)
{
    if (!py->context) {
        char table[512];
        int n = snprintf(table, sizeof table, "%s/table.conf", py->data_dir);
        /* asked first, because a failing pinyin_init leaks what it began */
        if (n < 0 || (size_t)n >= sizeof table || access(table, R_OK) != 0)
            return ERR(err, ERR_UI_ASSET, "the pinyin dictionaries are missing");
        py->context = pinyin_init(py->data_dir, NULL);
        if (!py->context)
            return ERR(err, ERR_UI_ASSET, "the pinyin dictionaries cannot be opened");
        pinyin_set_options(py->context, PINYIN_INCOMPLETE | PINYIN_CORRECT_ALL | USE_DIVIDED_TABLE |
                                            USE_RESPLIT_TABLE);
    }
    if (!py->instance)
        py->instance = pinyin_alloc_instance(py->context);
    return 0;
}

/* Blanks at the syllables' ends, from the positions libpinyin gives each key. A ' belongs to the
 * key behind it: libpinyin asserts when it is asked for the place right after one. */
static void make_reading(struct pinyin *py, size_t parsed)
{
    size_t w = 0, r = 0;
    while (r < parsed) {
        size_t start = r;
        while (start < parsed && py->letters[start] == '\'')
            start++;
        ChewingKeyRest *rest = NULL;
        guint16 begin = 0, end = 0;
        if (start == parsed || !pinyin_get_pinyin_key_rest(py->instance, r, &rest) || !rest ||
            !pinyin_get_pinyin_key_rest_positions(py->instance, rest, &begin, &end) ||
            end <= start || end > parsed)
            break;
        if (w)
            py->reading[w++] = ' ';
        for (r = start; r < end; r++)
            py->reading[w++] = py->letters[r];
    }
    if (w && r < py->n_letters)
        py->reading[w++] = ' ';
    for (; r < py->n_letters; r++)
        py->reading[w++] = py->letters[r];
    py->reading[w] = '\0';
}

static const char *candidate_text(struct pinyin *py, size_t at)
{
    lookup_candidate_t *cand = NULL;
    const char *text = NULL;
    if (!pinyin_get_candidate(py->instance, (guint)at, &cand) ||
        !pinyin_get_candidate_string(py->instance, cand, &text) ||
        strlen(text) >= PINYIN_TEXT_BYTES)
        return NULL;
    return text;
}

/* List what stands for the letters: first the best guess for all of them, then words and
 * characters. libpinyin's own list has up to three guesses in front, which would push the first
 * character of a name off the first page; so it is asked for words only. */
static void list_candidates(struct pinyin *py)
{
    guint n = 0;
    char *guess = NULL;
    if (!pinyin_guess_sentence(py->instance) ||
        !pinyin_guess_candidates(py->instance, 0, SORTING | SORT_WITHOUT_SENTENCE_CANDIDATE) ||
        !pinyin_get_n_candidate(py->instance, &n))
        return;
    py->n_words = n < PINYIN_MAX_CANDIDATES ? n : PINYIN_MAX_CANDIDATES - 1;
    py->twin = py->n_words;
    if (!pinyin_get_sentence(py->instance, 0, &guess) || !guess)
        return;
    if (strlen(guess) < sizeof py->guess)
        memcpy(py->guess, guess, strlen(guess) + 1);
    bytes_wipe(guess, strlen(guess));
    g_free(guess);
    for (size_t i = 0; i < py->n_words && *py->guess; i++) {
        const char *text = candidate_text(py, i);
        if (text && strcmp(text, py->guess) == 0) {
            py->twin = i;
            break;
        }
    }
}

/* Ask again for the letters as they are now. */
static void look_up(struct pinyin *py)
{
    py->n_words = py->twin = py->n_parsed = 0;
    bytes_wipe(py->guess, sizeof py->guess);
    bytes_wipe(py->reading, sizeof py->reading);
    if (!py->instance)
        return;
    pinyin_reset(py->instance);
    if (!py->n_letters)
        return;
    py->n_parsed = pinyin_parse_more_full_pinyins(py->instance, py->letters);
    make_reading(py, py->n_parsed);
    if (py->n_parsed)
        list_candidates(py);
}

int pinyin_push(struct pinyin *py, char letter, struct err *err)
{
    bool is_letter = letter >= 'a' && letter <= 'z';
    bool is_break = letter == '\'' && py->n_letters && py->letters[py->n_letters - 1] != '\'';
    if (!is_letter && !is_break)
        return ERR(err, ERR_INVALID, "pinyin is written with a..z and '");
    if (py->n_letters == PINYIN_MAX_LETTERS)
        return ERR(err, ERR_FULL, "no more than %d letters", PINYIN_MAX_LETTERS);
    int rc = open_dictionaries(py, err);
    if (rc)
        return rc;
    py->letters[py->n_letters++] = letter;
    look_up(py);
    return 0;
}

bool pinyin_backspace(struct pinyin *py)
{
    if (!py->n_letters)
        return false;
    py->letters[--py->n_letters] = '\0';
    look_up(py);
    return true;
}

const char *pinyin_letters(const struct pinyin *py)
{
    return py->letters;
}

const char *pinyin_reading(const struct pinyin *py)
{
    return py->reading;
}

size_t pinyin_count(const struct pinyin *py)
{
    size_t n_twins = py->twin < py->n_words ? 1 : 0;
    return py->n_words - n_twins + (*py->guess ? 1 : 0);
}

const char *pinyin_candidate(struct pinyin *py, size_t index)
{
    if (index >= pinyin_count(py))
        return NULL;
    if (*py->guess) {
        if (index == 0)
            return py->guess;
        index--;
    }
    return candidate_text(py, index < py->twin ? index : index + 1);
}

/* Drop the first n letters and the ' that separated them from the rest. */
static void letters_consume(struct pinyin *py, size_t n)
{
    while (n < py->n_letters && py->letters[n] == '\'')
        n++;
    memmove(py->letters, py->letters + n, py->n_letters - n);
    py->n_letters -= n;
    bytes_wipe(py->letters + py->n_letters, sizeof py->letters - py->n_letters);
    look_up(py);
}

/* How many letters a word stands for. Only choosing tells, and only in a list with sentences does
 * choosing leave the dictionaries alone: so the list is made again and the word looked for. */
static size_t letters_of_word(struct pinyin *py, const char *word)
{
    guint n = 0;
    if (!pinyin_guess_candidates(py->instance, 0, SORTING) ||
        !pinyin_get_n_candidate(py->instance, &n))
        return py->n_parsed;
    for (guint i = 0; i < n; i++) {
        const char *text = candidate_text(py, i);
        lookup_candidate_t *cand = NULL;
        if (!text || strcmp(text, word) != 0 || !pinyin_get_candidate(py->instance, i, &cand))
            continue;
        int used = pinyin_choose_candidate(py->instance, 0, cand);
        return used > 0 && (size_t)used <= py->n_parsed ? (size_t)used : py->n_parsed;
    }
    return py->n_parsed;
}

int pinyin_choose(struct pinyin *py, size_t index, char *ret_text, struct err *err)
{
    const char *text = pinyin_candidate(py, index);
    if (!text)
        return ERR(err, ERR_NOT_FOUND, "no candidate %zu", index);
    memcpy(ret_text, text, strlen(text) + 1); /* all are shorter than PINYIN_TEXT_BYTES */
    letters_consume(py, text == py->guess ? py->n_parsed : letters_of_word(py, ret_text));
    return 0;
}

size_t pinyin_commit(struct pinyin *py, char *ret_text, size_t cap)
{
    size_t n = 0;
    ret_text[0] = '\0';
    while (py->n_letters && cap - n >= PINYIN_TEXT_BYTES) {
        if (pinyin_choose(py, 0, ret_text + n, NULL) != 0)
            break; /* no syllable left: the letters themselves are taken below */
        n += strlen(ret_text + n);
    }
    if (py->n_letters && cap - n > py->n_letters) {
        memcpy(ret_text + n, py->letters, py->n_letters + 1);
        n += py->n_letters;
    }
    pinyin_clear(py);
    return n;
}

void pinyin_clear(struct pinyin *py)
{
    bytes_wipe(py->letters, sizeof py->letters);
    py->n_letters = 0;
    look_up(py);
}

uint32_t pinyin_use(struct pinyin *py, const char *utf8)
{
    guint most = 0;
    if (open_dictionaries(py, NULL) != 0)
        return 0;
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(phrase_token_t));
    if (pinyin_lookup_tokens(py->instance, utf8, tokens)) {
        for (guint i = 0; i < tokens->len; i++) {
            guint use = 0;
            bool is_known = pinyin_token_get_unigram_frequency(
                py->instance, g_array_index(tokens, phrase_token_t, i), &use);
            most = is_known && use > most ? use : most;
        }
    }
    g_array_free(tokens, TRUE);
    return most;
}

void pinyin_wipe(struct pinyin *py)
{
    pinyin_clear(py);
    if (py->instance)
        pinyin_free_instance(py->instance);
    py->instance = NULL;
}
