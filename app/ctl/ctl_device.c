/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl device …: words and tables. Thread: main. */
#include "ctl_device.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/mem.h"
#include "drivers/card_slot/slot_cfg.h"
#include "drivers/keypad/keypad_setup.h"
#include "drivers/printer/printer_profile.h"
#include "drivers/reader/reader_setup.h"
#include "drivers/scanner/scanner_setup.h"
#include "types/device_words.h"

enum { MAX_TABLE_BYTES = 1 << 20 };

/* ---- words ---- */

static void print_list(const char *title, const char *(*word)(int i), int n)
{
    printf("| %s |", title);
    for (int i = 0; i < n; i++)
        printf(" `%s`", word(i));
    puts(" |");
}

static const char *kind_at(int i)
{
    return device_kind_word((enum device_kind)i);
}
static const char *state_at(int i)
{
    return device_state_word((enum device_state)i);
}
static const char *media_at(int i)
{
    return device_media_word((enum device_media)i);
}
static const char *paper_at(int i)
{
    return device_paper_word((enum device_paper)i);
}
static const char *evidence_at(int i)
{
    return device_evidence_word((enum print_evidence)i);
}
static const char *actor_at(int i)
{
    return device_actor_word((enum device_actor)i);
}

static const struct {
    const char *name;
    const char *(*word)(int i);
    int n;
} lists[] = {
    {"kind", kind_at, DEVICE_N_KINDS},
    {"state", state_at, DEVICE_HARDWARE_ERROR + 1},
    {"media", media_at, MEDIA_JAMMED + 1},
    {"paper", paper_at, PAPER_OUT + 1},
    {"evidence", evidence_at, EVIDENCE_PRESENTED + 1},
    {"who", actor_at, ACTOR_TECHNICIAN + 1},
};

static void words_as_markdown(void)
{
    puts("| list | words |\n|---|---|");
    for (size_t i = 0; i < YJ_COUNT(lists); i++)
        print_list(lists[i].name, lists[i].word, lists[i].n);
    puts("\n| cause | code | reason | state | who | action |\n|---|---|---|---|---|---|");
    for (size_t i = 0; i < device_cause_count(); i++) {
        const struct device_cause *c = device_cause_at(i);
        printf("| %s | %d | `%s` | `%s` | %s | `%s` |\n", c->code ? err_name(c->code) : "–",
               c->code, c->reason, c->state, device_actor_word(c->actor), c->action);
    }
}

static int words_as_json(void)
{
    json_t *root = json_object(), *causes = json_array();
    for (size_t i = 0; i < YJ_COUNT(lists); i++) {
        json_t *words = json_array();
        for (int at = 0; at < lists[i].n; at++)
            json_array_append_new(words, json_string(lists[i].word(at)));
        json_object_set_new(root, lists[i].name, words);
    }
    for (size_t i = 0; i < device_cause_count(); i++) {
        const struct device_cause *c = device_cause_at(i);
        json_array_append_new(causes, json_pack("{ss* si ss ss ss ss ss ss}", "name",
                                                c->code ? err_name(c->code) : NULL, "code", c->code,
                                                "reason", c->reason, "state", c->state, "who",
                                                device_actor_word(c->actor), "action", c->action,
                                                "text", c->text, "action_text", c->action_text));
    }
    json_object_set_new(root, "causes", causes);
    int rc = json_dumpf(root, stdout, JSON_INDENT(1)) == 0 && puts("") >= 0 ? 0 : 1;
    json_decref(root);
    return rc;
}

int ctl_device_words(bool is_json)
{
    if (is_json)
        return words_as_json();
    words_as_markdown();
    return fflush(stdout) == 0 ? 0 : 1;
}

/* ---- tables ---- */

static int lint_reader(const char *text, struct err *err)
{
    struct reader_table *table = mem_zalloc(1, sizeof *table);
    int rc = reader_table_parse(text, table, err);
    free(table);
    return rc;
}

static int lint_scanner(const char *text, struct err *err)
{
    struct scanner_table *table = mem_zalloc(1, sizeof *table);
    int rc = scanner_table_load(text, table, err);
    free(table);
    return rc;
}

static int lint_printer(const char *text, struct err *err)
{
    struct printer_table *table = mem_zalloc(1, sizeof *table);
    int rc = printer_table_parse(text, table, err);
    free(table);
    return rc;
}

static int lint_card_slot(const char *text, struct err *err)
{
    struct slot_cfg *cfg = mem_zalloc(1, sizeof *cfg);
    int rc = slot_cfg_load(text, NULL, cfg, err);
    free(cfg);
    return rc;
}

static int lint_keypad(const char *text, struct err *err)
{
    struct keypad_table *table = mem_zalloc(1, sizeof *table);
    int rc = keypad_table_load(text, table, err);
    free(table);
    return rc;
}

static const struct {
    const char *cls;
    int (*lint)(const char *text, struct err *err);
} classes[] = {{"reader", lint_reader},
               {"scanner", lint_scanner},
               {"printer", lint_printer},
               {"card_slot", lint_card_slot},
               {"keypad", lint_keypad}};

/* What all tables have in common. @return the class, NULL: complained about */
static const char *class_of(const char *file, json_t *root)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    const char *cls = json_string_value(json_object_get(root, "class"));
    if (!format || strcmp(format, "yijian-devices-1") != 0)
        printf("%s: format must be \"yijian-devices-1\"\n", file);
    else if (!cls)
        printf("%s: class is missing\n", file);
    else
        return cls;
    return NULL;
}

static int lint_class(const char *file, const char *cls, const char *text)
{
    struct err err = {0};
    for (size_t i = 0; i < YJ_COUNT(classes); i++) {
        if (strcmp(classes[i].cls, cls) != 0)
            continue;
        if (classes[i].lint(text, &err) < 0) {
            printf("%s: %s\n", file, err.msg);
            return 1;
        }
        printf("%s: good, class %s\n", file, cls);
        return 0;
    }
    printf("%s: no class \"%.40s\"; known are", file, cls);
    for (size_t i = 0; i < YJ_COUNT(classes); i++)
        printf(" %s", classes[i].cls);
    puts("");
    return 1;
}

static int lint_file(const char *file)
{
    YJ_CLEANUP(cleanup_free) char *text = NULL;
    struct err err = {0};
    json_error_t at;
    size_t n = 0;
    if (mem_read_file(file, MAX_TABLE_BYTES, &text, &n, &err) < 0) {
        printf("%s: %s\n", file, err.msg);
        return 1;
    }
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    if (!root) {
        printf("%s: line %d, column %d: %s\n", file, at.line, at.column, at.text);
        return 1;
    }
    const char *cls = class_of(file, root);
    int rc = cls ? lint_class(file, cls, text) : 1;
    json_decref(root);
    return rc;
}

int ctl_device_lint(int n_files, char *const files[])
{
    int rc = 0;
    for (int i = 0; i < n_files; i++)
        rc |= lint_file(files[i]);
    return rc;
}
