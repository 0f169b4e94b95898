/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to the printer model and its report. Any thread. */
#include "printer_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
    const char *name;
    int value;
};

static const struct word faults[] = {
    {"silent", PRINTER_FAULT_SILENT},   {"stall", PRINTER_FAULT_STALL},
    {"ioerror", PRINTER_FAULT_IOERROR}, {"nak", PRINTER_FAULT_NAK},
    {"drop", PRINTER_FAULT_DROP},       {"unplug", PRINTER_FAULT_UNPLUG},
    {"port", PRINTER_FAULT_PORT},       {"split", PRINTER_FAULT_SPLIT},
    {"noise", PRINTER_FAULT_NOISE},     {"lost_id", PRINTER_FAULT_LOST_ID},
    {"no_cut", PRINTER_FAULT_NO_CUT},   {"control", PRINTER_FAULT_CONTROL},
    {"deaf", PRINTER_FAULT_DEAF},       {NULL, 0},
};

static const char *const dialects[PRINTER_DIALECT_N] = {"epson",  "custom_full", "hwasung", "seiko",
                                                        "nippon", "phoenix",     "clone"};
static const char *const papers[] = {"full", "low", "out"};

static int refuse(char ret_error[160], const char *sentence, const char *word)
{
    snprintf(ret_error, 160, "%s%s%.60s", sentence, word ? ": " : "", word ? word : "");
    return -1;
}

int printer_dialect_of(const char *name, enum printer_dialect *ret)
{
    for (int i = 0; i < PRINTER_DIALECT_N; i++)
        if (strcmp(name, dialects[i]) == 0) {
            *ret = (enum printer_dialect)i;
            return 0;
        }
    return -1;
}

/* A number that must be one. @return 0 or -1 */
static int number_of(const char *text, double *ret)
{
    char *end = NULL;

    *ret = strtod(text, &end);
    return end == text || *end != '\0' ? -1 : 0;
}

static int order_paper(struct printer_model *m, int n, char **w, char ret_error[160])
{
    double mm = 0;

    if (n == 2 && strcmp(w[1], "tear") == 0) {
        printer_model_tear(m);
        return 0;
    }
    for (int i = 0; n >= 2 && i < 3; i++)
        if (strcmp(w[1], papers[i]) == 0 && (n == 2 || (n == 3 && number_of(w[2], &mm) == 0))) {
            printer_model_paper(m, (enum printer_paper)i, mm);
            return 0;
        }
    return refuse(ret_error, "paper out | low [MM] | full | tear", NULL);
}

static int order_head(struct printer_model *m, int n, char **w, char ret_error[160])
{
    double ms = 0;

    if (n >= 2 && strcmp(w[1], "cool") == 0)
        ms = -1;
    else if (n < 2 || strcmp(w[1], "hot") != 0 || (n == 3 && number_of(w[2], &ms) != 0))
        return refuse(ret_error, "head hot [MS] | cool", NULL);
    printer_model_heat(m, ms);
    return 0;
}

static int order_power(struct printer_model *m, int n, char **w, char ret_error[160])
{
    if (n == 2 && strcmp(w[1], "cycle") == 0)
        printer_model_power_cycle(m);
    else if (n == 2 && strcmp(w[1], "off") == 0 && printer_model_dev(m) != NULL)
        usbemu_unplug(printer_model_dev(m));
    else if (n == 2 && strcmp(w[1], "on") == 0 && printer_model_dev(m) != NULL)
        usbemu_plug(printer_model_dev(m));
    else
        return refuse(ret_error, "power cycle | off | on", NULL);
    return 0;
}

/* KIND [N | always | off] [p=PROB] [seed=S] */
static int order_fault(struct printer_model *m, int n_words, char **w, char ret_error[160])
{
    const struct word *f = faults;
    double p = 1, seed = 1, count = 1;

    if (n_words == 2 && strcmp(w[1], "off") == 0) {
        printer_model_fault(m, PRINTER_FAULT_NONE, 0);
        return 0;
    }
    while (n_words >= 2 && f->name != NULL && strcmp(f->name, w[1]) != 0)
        f++;
    if (n_words < 2 || f->name == NULL)
        return refuse(ret_error, "no such printer fault", n_words < 2 ? NULL : w[1]);
    for (int i = 2; i < n_words; i++) {
        int r = strncmp(w[i], "p=", 2) == 0      ? number_of(w[i] + 2, &p)
                : strncmp(w[i], "seed=", 5) == 0 ? number_of(w[i] + 5, &seed)
                : strcmp(w[i], "always") == 0    ? (count = PRINTER_ALWAYS, 0)
                : strcmp(w[i], "off") == 0       ? (count = 0, 0)
                                                 : number_of(w[i], &count);
        if (r != 0 || p < 0 || p > 1 || seed < 0 || count < PRINTER_ALWAYS || count > 1e6)
            return refuse(ret_error, "fault KIND [N | always | off] [p=PROB seed=S]", w[i]);
    }
    printer_model_fault_seeded(m, (enum printer_fault)f->value, (int)count, p, (unsigned)seed);
    return 0;
}

/* WORD yes | no */
static int order_switch(char *const *w, int n, const char *on, const char *off)
{
    return n != 2 ? -1 : strcmp(w[1], on) == 0 ? 1 : strcmp(w[1], off) == 0 ? 0 : -1;
}

int printer_order(struct printer_model *m, int n_words, char **words, char ret_error[160])
{
    static const struct {
        const char *name, *on, *off;
        void (*run)(struct printer_model *m, bool is_on);
    } switches[] = {
        {"cover", "open", "close", printer_model_cover},
        {"cutter", "jam", "clear", printer_model_cutter},
        {"broken", "on", "off", printer_model_break},
    };

    if (n_words < 1)
        return refuse(ret_error, "an order is missing", NULL);
    if (strcmp(words[0], "paper") == 0)
        return order_paper(m, n_words, words, ret_error);
    if (strcmp(words[0], "head") == 0)
        return order_head(m, n_words, words, ret_error);
    if (strcmp(words[0], "power") == 0)
        return order_power(m, n_words, words, ret_error);
    if (strcmp(words[0], "fault") == 0)
        return order_fault(m, n_words, words, ret_error);
    if (strcmp(words[0], "outlet") == 0) {
        if (n_words != 2 || strcmp(words[1], "take") != 0)
            return refuse(ret_error, "outlet take", NULL);
        return printer_model_take(m) ? 0 : refuse(ret_error, "no ticket at the outlet", NULL);
    }
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        if (strcmp(words[0], switches[i].name) != 0)
            continue;
        int is_on = order_switch(words, n_words, switches[i].on, switches[i].off);
        if (is_on < 0) {
            snprintf(ret_error, 160, "%s %s | %s", words[0], switches[i].on, switches[i].off);
            return -1;
        }
        switches[i].run(m, is_on);
        return 0;
    }
    return refuse(ret_error, "no such order to the printer", words[0]);
}

json_t *printer_report(struct printer_model *m)
{
    struct printer_status s = printer_model_status(m);
    json_t *j = json_object();
    const struct {
        const char *name;
        bool is_on;
    } flags[] = {
        {"cover_open", s.is_cover_open},
        {"cutter_blocked", s.is_cutter_blocked},
        {"cutter_error", s.is_cutter_error},
        {"online", s.is_online},
        {"idle", s.is_idle},
        {"hot", s.is_hot},
        {"at_outlet", s.has_ticket_at_outlet},
        {"panel_off", s.is_panel_off},
    };
    const struct {
        const char *name;
        unsigned long n;
    } counts[] = {
        {"buffer_bytes", s.buffer_bytes},
        {"strip_rows", s.strip_rows},
        {"tickets", s.n_tickets},
        {"cuts", s.n_cuts},
        {"rows", s.n_rows},
        {"bytes", s.n_bytes},
        {"unknown_commands", s.n_unknown},
        {"naks", s.n_naks},
        {"soft_resets", s.n_resets},
        {"clears", s.n_clears},
        {"power_ups", s.n_power_ups},
        {"retracts", s.n_retracts},
        {"lost_bytes", s.n_lost_bytes},
    };

    json_object_set_new(j, "paper", json_string(papers[s.paper]));
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        json_object_set_new(j, flags[i].name, json_boolean(flags[i].is_on));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        json_object_set_new(j, counts[i].name, json_integer((json_int_t)counts[i].n));
    return j;
}

json_t *printer_report_tickets(struct printer_model *m)
{
    static const char *const fates[] = {"out", "waits", "taken", "retracted", "pushed"};
    json_t *list = json_array();

    usbemu_lock();
    size_t n = printer_model_status(m).n_tickets;
    for (size_t i = 0; i < n; i++) {
        struct printer_ticket t = printer_model_ticket(m, i);
        json_array_append_new(
            list, json_pack("{s:i, s:s, s:I, s:f, s:b, s:b, s:I, s:s}", "index", (int)t.index,
                            "file", t.file, "rows", (json_int_t)t.rows, "mm",
                            (double)t.rows / PRINTER_DOTS_PER_MM, "cut", t.is_cut, "partial",
                            t.is_partial, "bytes", (json_int_t)t.bytes, "fate", fates[t.fate]));
    }
    usbemu_unlock();
    return list;
}
