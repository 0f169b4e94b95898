/* SPDX-License-Identifier: Apache-2.0 */
/* When a matter is shown and when it can be handed in. Pure; any thread. */
#include "core/matter.h"

/* Days of the year are compared as MMDD: a window that begins on 29 February begins on 1 March of
 * a common year, one that ends then ends on 28 February. */
enum { LAST_MMDD = 1231 };

static bool is_yearly(const struct matter_window *window)
{
    return window->from <= LAST_MMDD;
}

static bool is_in_window(const struct matter_window *window, int day)
{
    if (!is_yearly(window))
        return window->from <= day && day <= window->to;
    int mmdd = day % 10000;
    if (window->from <= window->to)
        return window->from <= mmdd && mmdd <= window->to;
    return mmdd >= window->from || mmdd <= window->to; /* over the turn of the year */
}

/* First day on which it opens after this day, 0: never again. */
static int opens_on(const struct matter_window *window, int day)
{
    if (!is_yearly(window))
        return window->from > day ? window->from : 0;
    int year = day / 10000;
    return (window->from > day % 10000 ? year : year + 1) * 10000 + window->from;
}

bool matter_is_valid_on(const struct matter *m, int day)
{
    return (!m->valid_from || m->valid_from <= day) && (!m->valid_to || day <= m->valid_to);
}

bool matter_is_open_on(const struct matter *m, int day, const struct matter_window **ret_window)
{
    const struct matter_window *best = NULL;
    bool is_open = false;
    int opens = 0;
    for (size_t i = 0; i < m->n_windows && !is_open; i++) {
        const struct matter_window *window = &m->window[i];
        is_open = is_in_window(window, day);
        int next = opens_on(window, day);
        if (m->valid_to && next > m->valid_to)
            next = 0;
        if (is_open || (next && (!opens || next < opens))) {
            best = window;
            opens = next;
        }
    }
    if (ret_window)
        *ret_window = best;
    return m->status == MATTER_OPEN && matter_is_valid_on(m, day) && (is_open || !m->n_windows);
}
