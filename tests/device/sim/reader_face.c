/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to the reader model in words, and its state as JSON. Thread: any. */
#include "reader_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_model_priv.h"

struct word {
    const char *name;
    int value;
};

static const struct word faults[] = {
    {"off", READER_FAULT_NONE},      {"xor", READER_FAULT_XOR},
    {"len", READER_FAULT_LEN},       {"truncated", READER_FAULT_TRUNCATE},
    {"stall", READER_FAULT_STALL},   {"silent", READER_FAULT_SILENT},
    {"late", READER_FAULT_LATE},     {"noise", READER_FAULT_NOISE},
    {"unplug", READER_FAULT_UNPLUG}, {NULL, 0},
};
static const struct word command_words[] = {
    {"reset", 0x10ff},  {"status", 0x11ff}, {"samid", 0x12ff},  {"find", 0x2001},
    {"select", 0x2002}, {"read", 0x3001},   {"readfp", 0x3010}, {"address", 0x3003},
    {"manage", 0x3005}, {"rf", 0x61ff},     {NULL, 0},
};

static int fail(char ret_error[160], const char *what, const char *arg)
{
    snprintf(ret_error, 160, "%s%s%.60s", what, arg ? ": " : "", arg ? arg : "");
    return -1;
}

static const struct word *word_find(const struct word *list, const char *name)
{
    for (; list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list;
    return NULL;
}

/* @return -1 when the text is no number of 0..max in this base */
static long number_of(const char *s, int base, long max)
{
    char *end = NULL;
    long v = strtol(s, &end, base);

    return *s == '\0' || *end != '\0' || v < 0 || v > max ? -1 : v;
}

static int order_lay(struct reader_model *m, const char *name, char ret_error[160])
{
    const struct sim_card *card = m->box != NULL ? card_box_find(m->box, name) : NULL;

    if (card == NULL)
        return fail(ret_error, "no such card", name);
    reader_model_lay(m, card);
    return 0;
}

static int order_card(struct reader_model *m, int n, char **w, char ret_error[160])
{
    int at = strcmp(w[0], "card") == 0; /* the word may be left out */

    if (n == at + 1 && strcmp(w[at], "lift") == 0) {
        reader_model_lift(m);
        return 0;
    }
    if (n == at + 2 && strcmp(w[at], "lay") == 0)
        return order_lay(m, w[at + 1], ret_error);
    return fail(ret_error, "card lay NAME | card lift", NULL);
}

/* KIND or KIND@COMMAND */
static int fault_kind(char *text, struct reader_fault_plan *plan, char ret_error[160])
{
    char *at = strchr(text, '@');

    if (at != NULL) {
        const struct word *c = word_find(command_words, at + 1);
        if (c == NULL)
            return fail(ret_error, "no such reader command", at + 1);
        plan->command = (unsigned)c->value;
        *at = '\0';
    }
    const struct word *w = word_find(faults, text);
    if (w != NULL) {
        plan->fault = (enum reader_fault)w->value;
        return 0;
    }
    long sw3 = strncmp(text, "sw", 2) == 0 ? number_of(text + 2, 16, 0xff) : -1;
    if (sw3 <= 0)
        return fail(ret_error, "no such reader fault", text);
    plan->fault = READER_FAULT_SW;
    plan->sw3 = (uint8_t)sw3;
    return 0;
}

static int fault_word(const char *text, struct reader_fault_plan *plan)
{
    if (strcmp(text, "always") == 0) {
        plan->n = READER_ALWAYS;
    } else if (strcmp(text, "off") == 0) {
        plan->n = 0;
    } else if (strncmp(text, "p=", 2) == 0) {
        char *end = NULL;
        plan->probability = strtod(text + 2, &end);
        return *end == '\0' && plan->probability > 0 && plan->probability <= 1 ? 0 : -1;
    } else if (strncmp(text, "seed=", 5) == 0) {
        long seed = number_of(text + 5, 10, 0x7fffffff);
        plan->seed = (unsigned)seed;
        return seed < 0 ? -1 : 0;
    } else {
        long n = number_of(text, 10, 1000000);
        plan->n = (int)n;
        return n < 0 ? -1 : 0;
    }
    return 0;
}

static int order_fault(struct reader_model *m, int n, char **w, char ret_error[160])
{
    struct reader_fault_plan plan = {.n = 1};
    bool has_count = false;

    if (n < 2)
        return fail(ret_error, "fault KIND[@COMMAND] [N | always | off] [p=PROB] [seed=S]", NULL);
    if (fault_kind(w[1], &plan, ret_error) < 0)
        return -1;
    for (int i = 2; i < n; i++) {
        if (fault_word(w[i], &plan) < 0)
            return fail(ret_error, "cannot be understood", w[i]);
        has_count |= strchr(w[i], '=') == NULL;
    }
    if (plan.probability > 0 && !has_count)
        plan.n = READER_ALWAYS; /* a probability alone goes on until it is called off */
    reader_model_fault_plan(m, &plan);
    return 0;
}

static int order_sw12(struct reader_model *m, int n, char **w, char ret_error[160])
{
    long sw1 = n == 3 ? number_of(w[1], 16, 0xff) : -1;
    long sw2 = n == 3 ? number_of(w[2], 16, 0xff) : -1;

    if (sw1 < 0 || sw2 < 0)
        return fail(ret_error, "sw12 XX XX", NULL);
    reader_model_sw12(m, (uint8_t)sw1, (uint8_t)sw2);
    return 0;
}

static int order_warm(struct reader_model *m, int n, char **w, char ret_error[160])
{
    long ms = n == 2 || n == 3 ? number_of(w[1], 10, 600000) : -1;
    long sw3 = n == 3 ? number_of(w[2], 16, 0xff) : 0x60;

    if (ms < 0 || (sw3 != 0x60 && sw3 != 0x66))
        return fail(ret_error, "warm MS [60 | 66]", NULL);
    reader_model_not_ready(m, (double)ms, (uint8_t)sw3);
    return 0;
}

static int order_split(struct reader_model *m, int n, char **w, char ret_error[160])
{
    long bytes = n != 2                         ? -1
                 : strcmp(w[1], "off") == 0     ? 0
                 : strcmp(w[1], "varying") == 0 ? READER_SPLIT_VARYING
                 : number_of(w[1], 10, 64) < 1  ? -1
                                                : number_of(w[1], 10, 64);

    if (bytes < 0)
        return fail(ret_error, "split off | varying | 1..64", NULL);
    reader_model_chop(m, (unsigned)bytes, m->cfg.has_garbage);
    return 0;
}

static int order_switch(struct reader_model *m, int n, char **w, char ret_error[160])
{
    bool is_on = n == 2 && strcmp(w[1], "on") == 0;

    if (n != 2 || (!is_on && strcmp(w[1], "off") != 0))
        return fail(ret_error, "on or off is missing", w[0]);
    if (strcmp(w[0], "garbage") == 0)
        reader_model_chop(m, m->cfg.split_bytes, is_on);
    else
        reader_model_sticky(m, is_on);
    return 0;
}

int reader_order(struct reader_model *m, int n_words, char **words, char ret_error[160])
{
    static const struct {
        const char *name;
        int (*run)(struct reader_model *m, int n, char **w, char ret_error[160]);
    } orders[] = {
        {"card", order_card},   {"lay", order_card},       {"lift", order_card},
        {"fault", order_fault}, {"sw12", order_sw12},      {"warm", order_warm},
        {"split", order_split}, {"garbage", order_switch}, {"sticky", order_switch},
    };

    for (size_t i = 0; n_words > 0 && i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(orders[i].name, words[0]) == 0)
            return orders[i].run(m, n_words, words, ret_error);
    return fail(ret_error, "no such order", n_words > 0 ? words[0] : NULL);
}

void reader_face_cards(struct reader_model *m, const struct card_box *box)
{
    m->box = box;
}

json_t *reader_report(struct reader_model *m)
{
    usbemu_lock();
    const char *card = reader_model_card(m);
    struct reader_counters c = m->counters;
    json_t *report = json_pack("{s:s?, s:s, s:b, s:i, s:i, s:i, s:i}", "card", card, "state",
                               reader_model_state(m), "ready", m->not_ready_sw3 == 0, "commands",
                               (int)c.n_commands, "reads", (int)c.n_reads, "faults",
                               (int)c.n_faults, "bad_frames", (int)c.n_bad_frames);
    usbemu_unlock();
    return report;
}
