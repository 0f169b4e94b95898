/* SPDX-License-Identifier: Apache-2.0 */
/* Orders to the card model and its report. Any thread. Invented persons only. */
#include "sscard_face.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sscard_person persons[] = {
    {"zhangsan", "A12345678", "11010519491231002X", "张三", "1", "01", "110105", "19491231", false,
     0x00},
    {"zhangsan-bare", "", "11010519491231002X", "张三", "", "", "", "", false, 0x20},
    {"duyuehan", "Y00000001", "911398199012310021", "杜约翰", "1", "", "", "19901231", false, 0x20},
    {"bank", "", "", "", "", "", "", "", true, 0x00},
};

static const struct {
    const char *name, *argument;
    int fallback;
} kinds[SSCARD_FAULT_N] = {
    [SSCARD_FAULT_SW] = {"sw", "sw=", 0x6F00},
    [SSCARD_FAULT_TRUNCATE] = {"truncate", "bytes=", 3},
    [SSCARD_FAULT_GARBAGE] = {"garbage", "", 0},
    [SSCARD_FAULT_SLOW] = {"slow", "ms=", 500},
    [SSCARD_FAULT_MUTE] = {"mute", "", 0},
    [SSCARD_FAULT_PULL] = {"pull", "", 0},
    [SSCARD_FAULT_CHAIN] = {"chain", "", 0},
    [SSCARD_FAULT_LENGTH] = {"length", "", 0},
    [SSCARD_FAULT_POWER] = {"power", "", 0},
};

static int refuse(char ret_error[160], const char *sentence, const char *word)
{
    snprintf(ret_error, 160, "%s%s%.60s", sentence, word ? ": " : "", word ? word : "");
    return -1;
}

const struct sscard_person *sscard_person_find(const char *key)
{
    for (size_t i = 0; i < sizeof persons / sizeof persons[0]; i++)
        if (strcmp(persons[i].key, key) == 0)
            return &persons[i];
    return NULL;
}

static int order_card(struct sscard_model *m, int n, char **w, char ret_error[160])
{
    if (n == 2 && strcmp(w[1], "pull") == 0) {
        sscard_model_pull(m);
        return 0;
    }
    if (n != 3 || strcmp(w[1], "insert") != 0)
        return refuse(ret_error, "card insert NAME | pull", NULL);
    const struct sscard_person *person = sscard_person_find(w[2]);
    if (person == NULL)
        return refuse(ret_error, "no such card", w[2]);
    sscard_model_push(m, person);
    return 0;
}

/* "truncate@b209" @return the kind, or -1 */
static int kind_of(const char *word, int *ret_command)
{
    const char *at = strchr(word, '@');
    size_t n = at ? (size_t)(at - word) : strlen(word);
    char *end = NULL;

    *ret_command = SSCARD_ANY_COMMAND;
    if (at != NULL) {
        *ret_command = (int)strtol(at + 1, &end, 16);
        if (strlen(at + 1) != 4 || *end != '\0')
            return -1;
    }
    for (int i = 0; i < SSCARD_FAULT_N; i++)
        if (strlen(kinds[i].name) == n && strncmp(kinds[i].name, word, n) == 0)
            return i;
    return -1;
}

/* The number of a word behind its prefix. @return whether the word is that */
static bool word_number(const char *word, const char *prefix, int base, double *ret)
{
    size_t n = strlen(prefix);
    char *end = NULL;

    if (strncmp(word, prefix, n) != 0 || word[n] == '\0')
        return false;
    *ret = base == 16 ? (double)strtol(word + n, &end, 16) : strtod(word + n, &end);
    return *end == '\0';
}

static int order_fault(struct sscard_model *m, int n_words, char **w, char ret_error[160])
{
    int command = SSCARD_ANY_COMMAND;

    if (n_words == 2 && strcmp(w[1], "off") == 0) {
        sscard_model_fault_off(m);
        return 0;
    }
    int kind = n_words >= 2 ? kind_of(w[1], &command) : -1;
    if (kind < 0)
        return refuse(ret_error, "no such card fault", n_words < 2 ? NULL : w[1]);
    double arg = kinds[kind].fallback, count = 1, p = 1, seed = 1;
    for (int i = 2; i < n_words; i++) {
        bool is_arg =
            kinds[kind].argument[0] != '\0' &&
            word_number(w[i], kinds[kind].argument, kind == SSCARD_FAULT_SW ? 16 : 10, &arg);
        bool is_known = is_arg || word_number(w[i], "p=", 10, &p) ||
                        word_number(w[i], "seed=", 10, &seed) || word_number(w[i], "", 10, &count);

        if (strcmp(w[i], "always") == 0)
            count = SSCARD_ALWAYS;
        else if (strcmp(w[i], "off") == 0)
            count = 0;
        else if (!is_known)
            return refuse(ret_error, "a word that does not fit a card fault", w[i]);
    }
    if (p < 0 || p > 1 || seed < 0 || count < SSCARD_ALWAYS || count > 1e6 || arg < 0 ||
        arg > 65535)
        return refuse(ret_error, "a number out of range for a card fault", NULL);
    sscard_model_fault(m, (enum sscard_fault)kind, (int)arg, command, (int)count, p,
                       (unsigned)seed);
    return 0;
}

int sscard_order(struct sscard_model *m, int n_words, char **words, char ret_error[160])
{
    if (n_words < 1)
        return refuse(ret_error, "an order is missing", NULL);
    if (strcmp(words[0], "card") == 0)
        return order_card(m, n_words, words, ret_error);
    if (strcmp(words[0], "fault") == 0)
        return order_fault(m, n_words, words, ret_error);
    if (n_words == 2 && strcmp(words[0], "protocol") == 0 &&
        (strcmp(words[1], "t0") == 0 || strcmp(words[1], "t1") == 0)) {
        sscard_model_t1(m, words[1][1] == '1');
        return 0;
    }
    return refuse(ret_error, "no such card slot order", words[0]);
}

json_t *sscard_report(struct sscard_model *m)
{
    struct sscard_counters c = sscard_model_counters(m);
    char key[24];
    bool is_inside = sscard_model_inside(m, key);

    return json_pack("{s:b, s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "inside", is_inside, "card", key,
                     "pushes", (int)c.n_pushes, "power_ons", (int)c.n_power_ons, "power_offs",
                     (int)c.n_power_offs, "commands", (int)c.n_commands, "faults", (int)c.n_faults,
                     "pin_commands", (int)c.n_pin_commands);
}
