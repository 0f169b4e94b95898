/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the search (docs/search.md): how characters sound, words.json, the index, what was
 * typed. Everything here is const once built. Private to app/core/search*.c. */
#ifndef YJ_CORE_SEARCH_PRIV_H
#define YJ_CORE_SEARCH_PRIV_H

#include "core/matter_priv.h"
#include "core/search.h"

enum {
    HAN_FIRST = 0x3400, /* the characters with a reading: CJK and its extension A */
    HAN_LAST = 0x9FFF,
    SOUND_MAX_SYLLABLES = 512,
    SOUND_MAX_LETTERS = 8, /* of a syllable, with its NUL */
    WORD_MAX_CHARS = 16,   /* a word of "same" and "noise" */
    MARKS_MAX = 256,       /* marks of one text; longer texts are cut */
    ENTRY_MAX_LETTERS = 64,
    LEAD_MAX_MATTERS = 6,
};

/* -- sounds (search_sound.c): pinyin.tsv ------------------------------------------------------ */

struct sounds {
    char syllable[SOUND_MAX_SYLLABLES][SOUND_MAX_LETTERS];
    uint16_t alike[SOUND_MAX_SYLLABLES]; /* a number that syllables which sound alike share */
    size_t n_syllables;
    uint32_t *first; /* of character HAN_FIRST + i: reading[first[i]] up to first[i + 1] */
    uint16_t *reading;
    uint16_t (*simple)[2]; /* traditional, simplified; sorted */
    size_t n_simple;
};

/** @return owned; without a table one in which nothing has a sound. Lines that are none are left
 *          out. */
struct sounds *sounds_new(const char *text, size_t len);
void sounds_free(struct sounds *s);

/** @return the readings of a character, its commonest first; *ret_n of them, 0 when unknown. */
const uint16_t *sounds_of(const struct sounds *s, uint32_t ch, size_t *ret_n);

/** @return the simplified form, or ch itself. */
uint16_t sounds_simplify(const struct sounds *s, uint16_t ch);

/**
 * Cut letters into whole syllables, the longest first.
 * @param from_left  from the left, else from the right
 * @return number of syllables, 0 when it cannot be done or needs more than cap
 */
size_t sounds_cut(const struct sounds *s, const char *letters, size_t n, bool from_left,
                  uint16_t *ret, size_t cap);

/* -- marks (search_text.c): a text as the search sees it -------------------------------------- */

/* One place of a text. */
struct mark {
    uint16_t ch;       /* CJK character; 0: none */
    uint16_t syllable; /* 1 + number of the syllable that was typed; 0: none */
    uint32_t word;     /* hash of a run of letters or digits; 0: none. All three 0: a gap */
};

/* A run of letters or digits among the marks. */
struct run {
    size_t mark;   /* its place */
    size_t at, n;  /* letters[at], n of them */
    bool is_alpha; /* letters only */
};

struct marks {
    struct mark mark[MARKS_MAX];
    size_t n;
    char letters[MARKS_MAX]; /* of all runs, one after the other */
    size_t n_letters;
    struct run run[MARKS_MAX / 2];
    size_t n_runs;
};

/** Cut any bytes into marks: wide letters narrow, capitals small, traditional simplified, blanks
 *  left out. */
void marks_read(const struct sounds *s, const char *text, size_t len, struct marks *ret);

/** @return a number that stands for the mark in hashes; 0 for gaps and syllables. */
uint32_t mark_code(const struct mark *m);

/** FNV-1a over some numbers; never 0. */
uint64_t search_hash(const uint32_t *number, size_t n, uint64_t kind);

/* A map from 64 bits (not 0) to a number. */
struct map {
    uint64_t *key; /* 0: free */
    uint32_t *value;
    size_t cap, n;
};

/** @return place of the value of key, made as `fresh` when it was not there. Until the next put. */
uint32_t *map_put(struct map *m, uint64_t key, uint32_t fresh);
/** @return the value, or UINT32_MAX. */
uint32_t map_get(const struct map *m, uint64_t key);
void map_free(struct map *m);

/* -- words (search_words.c): words.json ------------------------------------------------------- */

struct lead {
    const char **say;
    size_t n_say;
    uint32_t matter[LEAD_MAX_MATTERS];
    size_t n_matters;
};

struct same {
    const char **word;
    size_t n_words;
};

struct words {
    struct arena arena;
    struct same *same;
    size_t n_same;
    struct lead *lead;
    size_t n_leads;
    const char **noise;
    size_t n_noise;
};

/** @param text  may be NULL: no words
 *  @return 0 or ERR_MATTER_FILE; ret is filled either way with what is right. */
int words_read(const struct matter_set *set, const char *text, size_t len, const char *file,
               struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
               struct words *ret) YJ_CHECK;
void words_free(struct words *w);

/* -- the index (search_index.c, search_entry.c) ------------------------------------------------ */

enum field {
    FIELD_NAME,
    FIELD_ALIAS,
    FIELD_LEAD,
    FIELD_TASK,
    FIELD_SUMMARY,
    FIELD_STAGE,
    FIELD_QUESTION,
    FIELD_MATERIAL,
    FIELD_NOTE,
    FIELD_DEPT,
};

/* A text of a matter: its name, one of its aliases, all its notes. */
struct unit {
    uint32_t matter;
    enum field field;
    float weight; /* of the field, and of the place in a lead */
    float total;  /* weights of all its tokens */
};

/* A token: a character, two that stand together, a group of words, a run of letters. */
struct token {
    uint32_t first, n; /* units: posting[first], n of them in order */
    float weight;      /* rare: much */
};

/* Two characters that stand together somewhere, to be found by their sound. */
struct pair {
    uint32_t token, next; /* next: in the chain, UINT32_MAX ends it */
    uint16_t ch[2];
};

/* How something that letters can stand for is spelled: a name, an alias, a lead, a word. */
struct spelling {
    uint32_t text, n;  /* its characters: pool[text], n of them */
    uint32_t letters;  /* spelled[letters], n_letters, NUL */
    uint32_t initials; /* the same, n characters */
    uint32_t mask;     /* which letters occur */
    uint8_t n_letters;
    uint8_t rank; /* 0 name, 1 alias, 2 lead and word, 3 task */
};

struct search {
    struct sounds *sounds;
    size_t n_matters;
    const struct matter_set *set; /* borrowed */
    struct map token_of;          /* what it is → token */
    struct token *token;
    size_t n_tokens, cap_tokens;
    uint32_t *posting;
    struct unit *unit;
    size_t n_units, cap_units;
    struct map word_of;  /* marks of a word → WORD_NOISE or its group */
    struct map sound_of; /* sounds of a word → its group */
    struct map pair_of;  /* two sounds → first of a chain in `pair` */
    struct pair *pair;
    size_t n_pairs, cap_pairs;
    uint8_t *longest; /* words that begin with HAN_FIRST + i have at most so many characters */
    uint16_t *pool;
    size_t n_pool, cap_pool;
    char *spelled;
    size_t n_spelled, cap_spelled;
    struct spelling *spelling; /* in the order of the number of letters */
    size_t n_spellings, cap_spellings;
    uint32_t by_letters[ENTRY_MAX_LETTERS + 2]; /* spellings with n letters begin here */
    uint32_t *by_initials;                      /* spellings in the order of their initials */
};

/* Value of word_of for noise; others are groups of "same", UINT32_MAX: no word. */
#define WORD_NOISE (UINT32_MAX - 1)

/* Two characters count so much when one of them belongs to a word of "same": the word says it. */
#define SEARCH_PAIR_OF_WORD 0.35f

/* Kinds of keys of token_of. */
enum key_kind { KEY_CHAR = 1, KEY_PAIR, KEY_GROUP, KEY_RUN };

static inline uint64_t search_key(enum key_kind kind, uint32_t a, uint32_t b)
{
    return (uint64_t)kind << 56 | (uint64_t)a << 24 | b;
}

/** Enlarge an array by doubling so that one more fits. */
void *search_grow(void *p, size_t n, size_t *cap, size_t size);

/* A word found among marks. */
struct found {
    size_t at, n;
    uint32_t value; /* as in word_of */
};

/** Find the words among marks.
 *  @param ret_noise  per mark: belongs to a word that says nothing
 *  @return number of words other than noise */
size_t search_find_words(const struct search *s, const struct mark *mark, size_t n,
                         bool ret_noise[MARKS_MAX], struct found *ret, size_t cap);

/** Fill tokens, units, words; then pairs. */
void search_index(struct search *s, const struct words *words);

/** Write down how names, aliases, leads, words and tasks are spelled. */
void search_spell(struct search *s, const struct words *words);

/* -- what was typed (search_guess.c) ----------------------------------------------------------- */

enum { GUESSES_MAX = 20 };

struct guess {
    struct mark mark[MARKS_MAX];
    size_t n;
    float factor; /* how sure */
};

/** @return number of guesses of what is meant, the text as it stands first. */
size_t search_guess(const struct search *s, const struct marks *typed,
                    struct guess ret[GUESSES_MAX]);

/* -- how well matters fit (search_score.c) ----------------------------------------------------- */

/** @param ret  by matter: the best score over all guesses, 0: does not fit; zeros before */
void search_score(const struct search *s, const struct guess *guess, size_t n_guesses, float *ret);

#endif
