/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar of the input panel: a month to choose a day from; its title opens twelve months or
 * twenty years. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/widget/keyboard_priv.h"

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199, YEARS_A_PAGE = 20, WEEKS = 6 };

int kb_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Day of the week, Monday = 0 (Sakamoto's method). */
static int weekday_of(int year, int month, int day)
{
    static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    int y = month < 3 ? year - 1 : year;
    return (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day + 6) % 7;
}

bool kb_date_parse(const char *text, struct kb_date *ret)
{
    int v[3] = {0}, n = 0;
    if (strlen(text) != 10)
        return false;
    for (int i = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            if (text[i] != '-')
                return false;
            n++;
        } else if (text[i] < '0' || text[i] > '9') {
            return false;
        } else {
            v[n] = v[n] * 10 + text[i] - '0';
        }
    }
    if (v[0] < FIRST_YEAR || v[0] > LAST_YEAR || v[1] < 1 || v[1] > 12 || v[2] < 1 ||
        v[2] > kb_days_in_month(v[0], v[1]))
        return false;
    *ret = (struct kb_date){v[0], v[1], v[2]};
    return true;
}

/* Seven days beside each other and six weeks need room; without it a date is typed. */
bool kb_date_fits(const struct keyboard *kb, int width)
{
    int editor = 2 * kb_line_height(kb, kb->t.text_body) + kb->t.pad;
    int label = kb_line_height(kb, kb->t.text_small) + kb->t.gap / 2 + kb->t.pad;
    int head = editor + label + kb->t.target_main + kb->t.gap_wide * 3 / 2 + kb->t.margin;
    return width >= 7 * kb->t.target + 6 * kb->t.gap &&
           kb_date_rows_height(kb) + head <= kb->panel_h;
}

/* The digits of YYYYMMDD, with the dashes put in as they are typed. */
void kb_date_typed(struct keyboard *kb)
{
    size_t n = strlen(kb->text);
    if (n && kb->text[n - 1] == '-') /* a dash goes with the digit behind it */
        kb->text[n - 1] = '\0';
    if (!kb_date_parse(kb->text, &kb->chosen))
        kb->chosen = (struct kb_date){0};
}

bool kb_date_type(struct keyboard *kb, char digit)
{
    char was[sizeof kb->text];
    size_t n = strlen(kb->text);
    if (digit < '0' || digit > '9' || n >= 10)
        return false;
    memcpy(was, kb->text, sizeof was);
    if (n == 4 || n == 7)
        kb->text[n++] = '-';
    kb->text[n++] = digit;
    kb->text[n] = '\0';
    struct kb_date day = {0};
    int month = n >= 7 ? (kb->text[5] - '0') * 10 + kb->text[6] - '0' : 1;
    bool is_bad = (n == 1 && digit != '1' && digit != '2') || (n == 6 && digit > '1') ||
                  month < 1 || month > 12 || (n == 9 && digit > '3') ||
                  (n == 10 && !kb_date_parse(kb->text, &day));
    if (is_bad)
        memcpy(kb->text, was, sizeof was);
    else
        kb->chosen = day;
    bytes_wipe(was, sizeof was);
    return !is_bad;
}

static int cell_height(const struct keyboard *kb)
{
    return kb->t.target + kb->t.target / 6;
}

int kb_date_rows_height(const struct keyboard *kb)
{
    int weekday = font_line_height(font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_small));
    return kb->t.target_main + kb->t.gap + weekday + WEEKS * (cell_height(kb) + kb->t.gap);
}

/* Cell of a grid, counted along the rows. */
static struct rect cell(const struct keyboard *kb, struct rect area, int cols, int rows, int at)
{
    int gap = kb->t.gap;
    int w = (area.w - (cols - 1) * gap) / cols, h = (area.h - (rows - 1) * gap) / rows;
    return rect_of(area.x + at % cols * (w + gap), area.y + at / cols * (h + gap), w, h);
}

static void layout_days(struct keyboard *kb, struct rect area)
{
    static const char *const names[] = {"date.mon", "date.tue", "date.wed", "date.thu",
                                        "date.fri", "date.sat", "date.sun"};
    int lh = font_line_height(font_get(kb->cfg.fonts, FONT_REGULAR, kb->t.text_small));
    struct rect head = rect_of(area.x, area.y, area.w, lh);
    for (int i = 0; i < 7; i++) {
        char word[24];
        snprintf(word, sizeof word, "ime.%s", names[i]);
        kb_add(kb, names[i], kb_word(kb, word), cell(kb, head, 7, 1, i), ACT_TEXT, 0, LOOK_PLAIN)
            ->is_enabled = false;
    }
    struct rect grid = rect_of(area.x, area.y + lh, area.w, area.h - lh);
    int first = weekday_of(kb->shown.year, kb->shown.month, 1);
    int n = kb_days_in_month(kb->shown.year, kb->shown.month);
    for (int day = 1; day <= n; day++) {
        char id[24], label[16];
        snprintf(id, sizeof id, "date.day#%d", day);
        snprintf(label, sizeof label, "%d", day);
        struct kb_item *it = kb_add(kb, id, label, cell(kb, grid, 7, WEEKS, first + day - 1),
                                    ACT_DAY, day, LOOK_KEY);
        it->is_selected = kb->chosen.day == day && kb->chosen.month == kb->shown.month &&
                          kb->chosen.year == kb->shown.year;
    }
}

static void layout_months(struct keyboard *kb, struct rect area)
{
    for (int m = 1; m <= 12; m++) {
        char id[24], label[16];
        snprintf(id, sizeof id, "date.month#%d", m);
        snprintf(label, sizeof label, "%d月", m);
        kb_add(kb, id, label, cell(kb, area, 3, 4, m - 1), ACT_MONTH, m, LOOK_KEY)->is_selected =
            m == kb->shown.month;
    }
}

static int first_year(const struct keyboard *kb)
{
    return kb->shown.year - kb->shown.year % YEARS_A_PAGE;
}

static void layout_years(struct keyboard *kb, struct rect area)
{
    for (int i = 0; i < YEARS_A_PAGE; i++) {
        int year = first_year(kb) + i;
        char id[24], label[16];
        snprintf(id, sizeof id, "date.year#%d", year);
        snprintf(label, sizeof label, "%d", year);
        kb_add(kb, id, label, cell(kb, area, 4, 5, i), ACT_YEAR, year, LOOK_KEY)->is_selected =
            year == kb->chosen.year && kb->chosen.day;
    }
}

void kb_date_layout(struct keyboard *kb, struct rect area)
{
    int h = kb->t.target_main, gap = kb->t.gap, side = kb->t.target * 2;
    struct rect r = rect_of(area.x, area.y, side, h);
    char year[24], month[16];
    kb_add(kb, "date.prev", kb_word(kb, "ime.prev"), r, ACT_PREV, 0, LOOK_FUNCTION)->is_enabled =
        kb->shown.year > FIRST_YEAR;
    r.x = area.x + area.w - side;
    kb_add(kb, "date.next", kb_word(kb, "ime.next"), r, ACT_NEXT, 0, LOOK_FUNCTION)->is_enabled =
        kb->shown.year < LAST_YEAR;
    r.x -= side + gap;
    kb_add(kb, "date.today", kb_word(kb, "ime.today"), r, ACT_TODAY, 0, LOOK_FUNCTION);
    int left = area.x + side + gap, room = r.x - gap - left - gap;
    snprintf(year, sizeof year, kb->page == KB_YEARS ? "%d–" : "%d年",
             kb->page == KB_YEARS ? first_year(kb) : kb->shown.year);
    snprintf(month, sizeof month, "%d月", kb->shown.month);
    kb_add(kb, "date.year", year, rect_of(left, area.y, room * 3 / 5, h), ACT_SHOW_YEARS, 0,
           LOOK_CANDIDATE)
        ->is_selected = kb->page == KB_YEARS;
    kb_add(kb, "date.month", month,
           rect_of(left + room * 3 / 5 + gap, area.y, room - room * 3 / 5, h), ACT_SHOW_MONTHS, 0,
           LOOK_CANDIDATE)
        ->is_selected = kb->page == KB_MONTHS;
    struct rect body = rect_of(area.x, area.y + h + gap, area.w, area.h - h - 2 * gap);
    if (kb->page == KB_DAYS)
        layout_days(kb, body);
    else if (kb->page == KB_MONTHS)
        layout_months(kb, body);
    else
        layout_years(kb, body);
}

static void turn_page(struct keyboard *kb, int by)
{
    int year = kb->shown.year, month = kb->shown.month;
    if (kb->page == KB_DAYS) {
        month += by;
        year += month < 1 ? -1 : month > 12 ? 1 : 0;
        month = month < 1 ? 12 : month > 12 ? 1 : month;
    } else {
        year += by * (kb->page == KB_YEARS ? YEARS_A_PAGE : 1);
    }
    kb->shown.year = year < FIRST_YEAR ? FIRST_YEAR : year > LAST_YEAR ? LAST_YEAR : year;
    kb->shown.month = month;
}

static void choose(struct keyboard *kb, struct kb_date date)
{
    kb->chosen = kb->shown = date;
    kb->page = KB_DAYS;
    bytes_wipe(kb->text, sizeof kb->text);
    snprintf(kb->text, sizeof kb->text, "%04d-%02d-%02d", date.year, date.month, date.day);
}

void kb_date_act(struct keyboard *kb, enum kb_act act, int arg)
{
    if (act == ACT_PREV || act == ACT_NEXT) {
        turn_page(kb, act == ACT_NEXT ? 1 : -1);
    } else if (act == ACT_SHOW_YEARS) {
        kb->page = kb->page == KB_YEARS ? KB_DAYS : KB_YEARS;
    } else if (act == ACT_SHOW_MONTHS) {
        kb->page = kb->page == KB_MONTHS ? KB_DAYS : KB_MONTHS;
    } else if (act == ACT_YEAR) {
        kb->shown.year = arg;
        kb->page = KB_MONTHS;
    } else if (act == ACT_MONTH) {
        kb->shown.month = arg;
        kb->page = KB_DAYS;
    } else if (act == ACT_DAY) {
        choose(kb, (struct kb_date){kb->shown.year, kb->shown.month, arg});
    } else if (act == ACT_TODAY) {
        choose(kb, kb->today);
    }
}
