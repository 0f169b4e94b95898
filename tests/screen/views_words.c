/* SPDX-License-Identifier: Apache-2.0 */
/* The literals of a view (data of a matter, in Chinese) as about as many words of another language,
 * so that pages can be measured in languages whose matters are not here. */
#include "views_priv.h"

enum { CHARS_PERCENT = 230 }; /* letters that a translation takes for a Chinese character */

static const char *const latin[] = {
    "identity", "card",   "of",      "the",  "family", "register", "birth", "certificate", "social",
    "security", "number", "office",  "in",   "person", "please",   "bring", "application", "health",
    "service",  "and",    "address", "your", "school", "children", "a",     "department",  "fee"};

static const char *const arabic[] = {"كىملىك", "نومۇر",      "ۋە",      "ئائىلە",    "ئادرېس",
                                     "مەكتەپ", "ئىسپات",     "بالا",    "مۇلازىمەت", "تۇغۇلۇش",
                                     "ئىش",    "ئىجتىمائىي", "كاپالەت", "بىلەن",     "ئورۇن"};

static size_t n_wide(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xF0) == 0xE0;
    return n;
}

/* Numbers, codes and addresses of mail stay what they are. */
static const char *reworded(struct view *v, const char *s, enum sample_words words)
{
    size_t wide = s ? n_wide(s) : 0, want = wide * CHARS_PERCENT / 100, n = 0, letters = 0;
    if (!wide)
        return s;
    const char *const *list = words == WORDS_LATIN ? latin : arabic;
    size_t n_list =
        words == WORDS_LATIN ? sizeof latin / sizeof *latin : sizeof arabic / sizeof *arabic;
    char *out = v->arena + v->arena_used;
    size_t at = wide * 7 + strlen(s);
    while (letters < want) {
        const char *w = list[at++ % n_list];
        size_t len = strlen(w);
        if (v->arena_used + n + len + 2 > sizeof v->arena)
            break;
        if (n)
            out[n++] = ' ';
        memcpy(out + n, w, len);
        n += len;
        letters += 1 + (words == WORDS_LATIN ? len : len / 2);
    }
    out[n++] = '\0';
    v->arena_used += n;
    return out;
}

static void reword_text(struct view *v, struct view_text *t, enum sample_words words)
{
    t->lit = reworded(v, t->lit, words);
    for (int i = 0; i < 3; i++)
        if (!t->is_arg_id)
            t->arg[i] = reworded(v, t->arg[i], words);
}

void view_reword(struct view *v, enum sample_words words)
{
    if (words == WORDS_CHINESE)
        return;
    struct view_text *texts[] = {&v->title, &v->subtitle, &v->banner, &v->alert, &v->ask};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        reword_text(v, texts[i], words);
    for (size_t i = 0; i < v->n_items; i++) {
        struct view_item *item = &v->item[i];
        struct view_text *own[] = {&item->label, &item->value, &item->value2, &item->note};
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            reword_text(v, own[k], words);
    }
    for (size_t i = 0; i < v->n_options; i++)
        reword_text(v, &v->option[i].label, words);
}
