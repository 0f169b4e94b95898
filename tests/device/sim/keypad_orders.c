/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to the keypad model and its report. Any thread. */
#include "keypad_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"stuck", "garbage", "ghost",  "rollover", "repeat",
                                    "flood", "lost",    "unplug", NULL};

const char *const *keypad_fault_kinds(void)
{
    return kinds;
}

static int refuse(char ret_error[160], const char *sentence, const char *word)
{
    snprintf(ret_error, 160, "%s%s%.60s", sentence, word ? ": " : "", word ? word : "");
    return -1;
}

static int order_key(struct keypad_model *m, int n, char **w, char ret_error[160])
{
    for (int i = 1; i < n; i++)
        if (keypad_model_key(m, w[i]) < 0)
            return refuse(ret_error, "no such key", w[i]);
    return n > 1 ? 0 : refuse(ret_error, "key NAME...", NULL);
}

static int order_hold(struct keypad_model *m, int n, char **w, char ret_error[160])
{
    if (n != 2)
        return refuse(ret_error, "hold NAME | off", NULL);
    if (strcmp(w[1], "off") == 0) {
        keypad_model_let_go(m);
        return 0;
    }
    return keypad_model_hold(m, w[1]) < 0 ? refuse(ret_error, "no such key", w[1]) : 0;
}

static int order_headset(struct keypad_model *m, int n, char **w, char ret_error[160])
{
    bool is_in = n == 2 && strcmp(w[1], "in") == 0;

    if (!is_in && !(n == 2 && strcmp(w[1], "out") == 0))
        return refuse(ret_error, "headset in | out", NULL);
    return keypad_model_headset(m, is_in) < 0 ? refuse(ret_error, "this keypad has no socket", NULL)
                                              : 0;
}

/* How often a fault hits. */
struct plan {
    int n;
    unsigned p, seed; /* p in thousandths; 0: n counts */
};

static int plan_read(struct plan *plan, int n, char **w)
{
    for (int i = 0; i < n; i++) {
        char *end = NULL;
        if (strcmp(w[i], "always") == 0) {
            plan->n = KEYPAD_ALWAYS;
        } else if (strcmp(w[i], "off") == 0) {
            plan->n = 0;
        } else if (strncmp(w[i], "p=", 2) == 0) {
            double p = strtod(w[i] + 2, &end);
            if (*end != '\0' || !(p > 0 && p <= 1))
                return -1;
            plan->p = (unsigned)(p * 1000 + 0.5);
        } else if (strncmp(w[i], "seed=", 5) == 0) {
            plan->seed = (unsigned)strtoul(w[i] + 5, &end, 10);
            if (*end != '\0')
                return -1;
        } else {
            plan->n = (int)strtol(w[i], &end, 10);
            if (*end != '\0' || plan->n < 1)
                return -1;
        }
    }
    return 0;
}

static int order_fault(struct keypad_model *m, int n, char **w, char ret_error[160])
{
    struct plan plan = {.n = 1, .seed = 1};
    int kind = 0;

    if (n == 2 && strcmp(w[1], "off") == 0) {
        keypad_model_fault(m, KEYPAD_FAULT_NONE, 0, 0, 0);
        return 0;
    }
    while (n >= 2 && kinds[kind] != NULL && strcmp(kinds[kind], w[1]) != 0)
        kind++;
    if (n < 2 || kinds[kind] == NULL)
        return refuse(ret_error, "no such keypad fault", n < 2 ? NULL : w[1]);
    if (plan_read(&plan, n - 2, w + 2) < 0)
        return refuse(ret_error, "how often? N | always | off [p=PROB] [seed=S]", NULL);
    keypad_model_fault(m, (enum keypad_fault)(KEYPAD_FAULT_STUCK + kind), plan.n, plan.p,
                       plan.seed);
    return 0;
}

int keypad_order(struct keypad_model *m, int n_words, char **words, char ret_error[160])
{
    static const struct {
        const char *name;
        int (*run)(struct keypad_model *, int, char **, char *);
    } orders[] = {{"key", order_key},
                  {"hold", order_hold},
                  {"headset", order_headset},
                  {"fault", order_fault}};

    for (size_t i = 0; n_words > 0 && i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(orders[i].name, words[0]) == 0)
            return orders[i].run(m, n_words, words, ret_error);
    return refuse(ret_error, "no such keypad order", n_words > 0 ? words[0] : NULL);
}

json_t *keypad_report(struct keypad_model *m)
{
    struct keypad_counters c = keypad_model_counters(m);

    return json_pack("{s:i, s:i, s:i, s:b, s:b}", "presses", (int)c.n_presses, "console",
                     (int)c.n_console, "faults", (int)c.n_faults, "headset", c.is_headset_in,
                     "boot", c.is_boot);
}
