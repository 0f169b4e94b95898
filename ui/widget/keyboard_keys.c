/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the input panel: tables, and the walk that turns them into rectangles. A wide table
 * counts in units: a letter key is 2 wide, a full row 20. Where ten keys have no room beside each
 * other, letters stand in groups: a tap opens the group, the next takes the letter, and no key is
 * ever small. Thread: main. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum {
    ROW_UNITS = 20,
    MAX_ROWS = 5,
    PAD_COLUMNS = 3,
    GRID_COLUMNS = 4,
    GROUP_ROW = 16,
    LONG_GROUP = 4
};

struct key_def {
    const char *id;    /* "key.a"; NULL ends the row */
    const char *label; /* what is shown and inserted, or an id of assets/strings ("ime.…") */
    enum kb_act act;
    int units, arg;
};

#define K(c)                                                                                       \
    {                                                                                              \
        "key." c, c, ACT_TEXT, 2, 0                                                                \
    }
#define P(c)                                                                                       \
    {                                                                                              \
        "key." c, c, ACT_TEXT, 1, 0                                                                \
    }
#define F(id, act, wide)                                                                           \
    {                                                                                              \
        "key." id, "ime." id, act, wide, 0                                                         \
    }
#define G(letters)                                                                                 \
    {                                                                                              \
        "key." letters, letters, ACT_GROUP, 1, 0                                                   \
    }
#define S(name, key)                                                                               \
    {                                                                                              \
        "key.stroke." name, "ime.stroke." name, ACT_STROKE, 1, key                                 \
    }
#define DOT(wide)                                                                                  \
    {                                                                                              \
        "key.dot", "·", ACT_TEXT, wide, 0                                                          \
    }
#define TO(id, page, wide)                                                                         \
    {                                                                                              \
        "key." id, "ime." id, ACT_PAGE, wide, page                                                 \
    }
#define SPACE(wide)  F("space", ACT_SPACE, wide)
#define DELETE(wide) F("delete", ACT_DELETE, wide)
#define CLEAR(wide)  F("empty", ACT_CLEAR, wide)
#define END                                                                                        \
    {                                                                                              \
        0                                                                                          \
    }

#define ZXCVBNM K("z"), K("x"), K("c"), K("v"), K("b"), K("n"), K("m")

typedef const struct key_def key_row[];

static key_row row_qwerty = {K("q"), K("w"), K("e"), K("r"), K("t"), K("y"),
                             K("u"), K("i"), K("o"), K("p"), END};
static key_row row_asdf = {K("a"), K("s"), K("d"), K("f"), K("g"),
                           K("h"), K("j"), K("k"), K("l"), END};
static key_row row_zxcv_pinyin = {F("split", ACT_SPLIT, 3), ZXCVBNM, DELETE(3), END};
static key_row row_zxcv_english = {F("shift", ACT_SHIFT, 3), ZXCVBNM, DELETE(3), END};
static key_row row_zxcv_latin = {ZXCVBNM, DELETE(3), END};
static key_row row_space = {TO("symbols", KB_SYMBOLS, 4), DOT(3), SPACE(13), END};
static key_row row_space_parts = {TO("code", KB_CODE, 6), SPACE(14), END};
static key_row row_space_english = {
    TO("symbols", KB_SYMBOLS, 4), K("."), {"key.@", "@", ACT_TEXT, 2, 0}, SPACE(12), END};
static key_row row_email = {{"key.@", "@", ACT_TEXT, 4, 0},
                            K("."),
                            K("-"),
                            K("_"),
                            {"key..com", ".com", ACT_TEXT, 5, 0},
                            {"key..cn", ".cn", ACT_TEXT, 5, 0},
                            END};
static key_row row_digits = {K("1"), K("2"), K("3"), K("4"), K("5"), K("6"),
                             K("7"), K("8"), K("9"), K("0"), END};
static key_row row_marks1 = {K("-"),  K("/"),  K("#"),  K("("), K(")"), K("（"),
                             K("）"), K("《"), K("》"), K("&"), END};
static key_row row_marks2 = {K("，"), K("。"), K("、"),   K("："), K("；"),
                             K("“"),  K("”"),  DELETE(3), END};
static key_row row_letters = {TO("letters", KB_N_PAGES, 4), K("."), K("@"), DOT(2), SPACE(10), END};
static key_row row_123 = {P("1"), P("2"), P("3"), END};
static key_row row_456 = {P("4"), P("5"), P("6"), END};
static key_row row_789 = {P("7"), P("8"), P("9"), END};
static key_row row_x0 = {P("X"), P("0"), DELETE(1), END};
static key_row row_0 = {CLEAR(1), P("0"), DELETE(1), END};
static key_row row_number1 = {P("1"), P("2"), P("3"), DELETE(1), END};
static key_row row_number4 = {P("4"), P("5"), P("6"), P("-"), END};
static key_row row_number7 = {P("7"), P("8"), P("9"), P("."), END};
static key_row row_number0 = {{"key.0", "0", ACT_TEXT, 3, 0}, CLEAR(1), END};
static key_row row_strokes1 = {S("heng", '1'), S("shu", '2'), S("pie", '3'), DELETE(1), END};
static key_row row_strokes2 = {S("dian", '4'), S("zhe", '5'), S("any", '0'), DOT(1), END};
static key_row row_code1 = {P("1"), P("2"), P("3"), P("A"), P("B"), DELETE(1), END};
static key_row row_code4 = {P("4"), P("5"), P("6"), P("C"), P("D"), P("0"), END};
static key_row row_code7 = {P("7"), P("8"), P("9"), P("E"), P("F"), TO("parts", KB_PARTS, 1), END};

static key_row grp_abc = {G("abc"), G("def"), G("ghi"), DELETE(1), END};
static key_row grp_jkl_pinyin = {G("jkl"), G("mno"), G("pqrs"), F("split", ACT_SPLIT, 1), END};
static key_row grp_jkl_english = {G("jkl"), G("mno"), G("pqrs"), F("shift", ACT_SHIFT, 1), END};
static key_row grp_jkl_digits = {G("jkl"), G("mno"), G("pqrs"), G("01234"), END};
static key_row grp_tuv_pinyin = {G("tuv"), G("wxyz"), DOT(1), SPACE(1), END};
static key_row grp_tuv_parts = {G("tuv"), G("wxyz"), TO("code", KB_CODE, 1), SPACE(1), END};
static key_row grp_tuv_english = {G("tuv"), G("wxyz"), G(".@-_"), SPACE(1), END};
static key_row grp_tuv_digits = {G("tuv"), G("wxyz"), G("56789"), CLEAR(1), END};
static key_row grp_tuv_email = {G("tuv"), G("wxyz"), G("56789"), P("@"), END};
static key_row grp_email = {P("."), G("-_"), P(".com"), P(".cn"), END};
static key_row grp_123 = {P("1"), P("2"), P("3"), DELETE(1), END};
static key_row grp_456 = {P("4"), P("5"), P("6"), P("0"), END};
static key_row grp_789 = {P("7"), P("8"), P("9"), TO("marks", KB_MARKS, 1), END};
static key_row grp_789_code = {P("7"), P("8"), P("9"), G("ABCDEF"), END};
static key_row grp_marks1 = {P("，"), P("。"), P("、"), DELETE(1), END};
static key_row grp_marks2 = {P("-"), P("/"), P("#"), G("：；"), END};
static key_row grp_marks3 = {G("（）《》"), DOT(1), SPACE(1), TO("digits", KB_SYMBOLS, 1), END};

struct page_def {
    int units; /* of a full row */
    const struct key_def *row[MAX_ROWS + 1];
};

static const struct page_def wide[] = {
    [KB_PINYIN] = {ROW_UNITS, {row_qwerty, row_asdf, row_zxcv_pinyin, row_space}},
    [KB_STROKES] = {GRID_COLUMNS, {row_strokes1, row_strokes2}},
    [KB_PARTS] = {ROW_UNITS, {row_qwerty, row_asdf, row_zxcv_pinyin, row_space_parts}},
    [KB_CODE] = {6, {row_code1, row_code4, row_code7}},
    [KB_ENGLISH] = {ROW_UNITS, {row_qwerty, row_asdf, row_zxcv_english, row_space_english}},
    [KB_SYMBOLS] = {ROW_UNITS, {row_digits, row_marks1, row_marks2, row_letters}},
    [KB_LATIN] = {ROW_UNITS, {row_digits, row_qwerty, row_asdf, row_zxcv_latin}},
    [KB_EMAIL] = {ROW_UNITS, {row_digits, row_qwerty, row_asdf, row_zxcv_latin, row_email}},
    [KB_IDNO] = {PAD_COLUMNS, {row_123, row_456, row_789, row_x0}},
    [KB_DIGITS] = {PAD_COLUMNS, {row_123, row_456, row_789, row_0}},
    [KB_DATE_PAD] = {PAD_COLUMNS, {row_123, row_456, row_789, row_0}},
    [KB_NUMBER] = {GRID_COLUMNS, {row_number1, row_number4, row_number7, row_number0}},
    [KB_N_PAGES] = {0, {NULL}},
};

static const struct page_def narrow[] = {
    [KB_PINYIN] = {GRID_COLUMNS, {grp_abc, grp_jkl_pinyin, grp_tuv_pinyin}},
    [KB_PARTS] = {GRID_COLUMNS, {grp_abc, grp_jkl_pinyin, grp_tuv_parts}},
    [KB_CODE] = {GRID_COLUMNS, {grp_123, grp_456, grp_789_code}},
    [KB_ENGLISH] = {GRID_COLUMNS, {grp_abc, grp_jkl_english, grp_tuv_english}},
    [KB_SYMBOLS] = {GRID_COLUMNS, {grp_123, grp_456, grp_789}},
    [KB_MARKS] = {GRID_COLUMNS, {grp_marks1, grp_marks2, grp_marks3}},
    [KB_LATIN] = {GRID_COLUMNS, {grp_abc, grp_jkl_digits, grp_tuv_digits}},
    [KB_EMAIL] = {GRID_COLUMNS, {grp_abc, grp_jkl_digits, grp_tuv_email, grp_email}},
    [KB_N_PAGES] = {0, {NULL}},
};

static const struct page_def *page_of(enum kb_page page, const struct kb_form *form)
{
    return form->is_narrow && narrow[page].units ? &narrow[page] : &wide[page];
}

int kb_keys_rows(const struct keyboard *kb, enum kb_page page, const struct kb_form *form)
{
    int n = 0;
    if (kb_has_candidates(kb)) /* one height for all: the sheet does not jump with the method */
        return form->is_narrow ? 3 : 4;
    while (page_of(page, form)->row[n])
        n++;
    return n;
}

const char *kb_group_letters(int digit)
{
    static const char *const letters[] = {"abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"};
    return digit >= 2 && digit <= 9 ? letters[digit - 2] : "";
}

static bool is_letter_page(enum kb_page page)
{
    return page == KB_LATIN || page == KB_ENGLISH;
}

static void capitalise(const struct keyboard *kb, char *label)
{
    if (kb->page != KB_LATIN && !(is_letter_page(kb->page) && kb->is_upper))
        return;
    for (; *label; label++)
        *label = (char)toupper((unsigned char)*label);
}

static void add_key(struct keyboard *kb, const struct key_def *def, int arg, struct rect r)
{
    bool is_text = def->act == ACT_TEXT || def->act == ACT_GROUP || def->act == ACT_STROKE;
    const char *label = strncmp(def->label, "ime.", 4) == 0 ? kb_word(kb, def->label) : def->label;
    struct kb_item *it =
        kb_add(kb, def->id, label, r, def->act, arg, is_text ? LOOK_KEY : LOOK_FUNCTION);
    if (def->act == ACT_GROUP || (def->act == ACT_TEXT && !it->label[1]))
        capitalise(kb, it->label);
    if ((kb->page == KB_IDNO || kb->page == KB_NUMBER || kb->page == KB_EMAIL) &&
        def->act == ACT_TEXT)
        it->is_enabled = kb_text_takes(kb, it->label);
    size_t n = strlen(it->label);
    struct font *font = font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_title * 4 / 5);
    bool is_long = n > LONG_GROUP || font_width(font, it->label, SIZE_MAX) > r.w - kb->t.gap;
    if (def->act == ACT_GROUP && is_long && isalnum((unsigned char)it->label[0]))
        snprintf(it->label, sizeof it->label, "%c–%c", it->label[0], it->label[n - 1]);
    else if (def->act == ACT_GROUP && is_long) /* （）《》: the first two stand for all */
        it->label[bytes_utf8_count(it->label) * 3 == n ? 6 : 2] = '\0';
    if (def->act == ACT_SHIFT)
        it->is_selected = kb->is_upper;
    if (def->act == ACT_SPLIT)
        it->is_enabled = *pinyin_letters(kb->pinyin) != '\0';
}

static void layout_row(struct keyboard *kb, const struct key_def *row, int at, int units,
                       struct rect r)
{
    int n = 0, used = 0, gap = kb->t.gap;
    for (; row[n].id; n++)
        used += row[n].units;
    double unit = (double)(r.w + gap) / units; /* a key of u units is u * unit - gap wide */
    double x = r.x + (units - used) * unit / 2;
    for (int i = 0; i < n; i++) {
        int x0 = (int)x, x1 = (int)(x + row[i].units * unit);
        int arg = row[i].act == ACT_GROUP ? at * GROUP_ROW + i : row[i].arg;
        add_key(kb, &row[i], arg, rect_of(x0, r.y, x1 - x0 - gap, r.h));
        x += row[i].units * unit;
    }
}

/* The letters of the open group, large, and the way back. */
static void layout_group(struct keyboard *kb, const char *letters, struct rect area)
{
    enum { COLUMNS = 3 };
    int n = (int)bytes_utf8_count(letters) + 1, gap = kb->t.gap;
    int rows = (n + COLUMNS - 1) / COLUMNS;
    int w = (area.w - (COLUMNS - 1) * gap) / COLUMNS, h = (area.h - (rows - 1) * gap) / rows;
    for (int i = 0; i < n; i++) {
        struct rect r =
            rect_of(area.x + i % COLUMNS * (w + gap), area.y + i / COLUMNS * (h + gap), w, h);
        char label[8] = "", id[24];
        uint32_t cp = 0;
        if (i == n - 1) {
            kb_add(kb, "key.group.back", kb_word(kb, "ime.letters"), r, ACT_GROUP, KB_NO_GROUP,
                   LOOK_FUNCTION);
            break;
        }
        size_t len = bytes_utf8_next(letters, strlen(letters), &cp);
        memcpy(label, letters, len);
        label[len] = '\0';
        letters += len;
        snprintf(id, sizeof id, "key.%s", label);
        capitalise(kb, label);
        kb_add(kb, id, label, r, ACT_TEXT, 0, LOOK_KEY)->is_enabled =
            kb_text_takes(kb, label) || kb_has_candidates(kb);
    }
}

void kb_keys_layout(struct keyboard *kb, struct rect area)
{
    const struct page_def *page = page_of(kb->page, &kb->form);
    int n = 0, gap = kb->t.gap;
    while (page->row[n])
        n++;
    if (!n)
        return;
    if (kb->group != KB_NO_GROUP && kb->group / GROUP_ROW < n) {
        layout_group(kb, page->row[kb->group / GROUP_ROW][kb->group % GROUP_ROW].label, area);
        return;
    }
    for (int i = 0; i < n; i++) {
        int y0 = area.y + (area.h + gap) * i / n, y1 = area.y + (area.h + gap) * (i + 1) / n;
        layout_row(kb, page->row[i], i, page->units, rect_of(area.x, y0, area.w, y1 - y0 - gap));
    }
}
