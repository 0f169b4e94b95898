/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue, the texts and the cards that every visit of a run shares. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "player.h"

enum { MAX_COMPLAINTS = 20 };

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

static json_t *load_json(const char *source, const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", source, name);
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        give_up(path, error.text);
    return json;
}

void assets_load(struct assets *ret, const char *source, const char *matters, const char *region,
                 const char *language)
{
    static struct matter_complaint complaint[MAX_COMPLAINTS];
    struct err err = {0};
    char path[512], set[512];
    size_t n = 0, pinyin_len = 0;
    snprintf(path, sizeof path, "%s/assets/codes", source);
    if (code_tables_load(path, &ret->codes, &err) < 0)
        give_up(path, err.msg);
    snprintf(path, sizeof path, "%s/assets/search/pinyin.tsv", source);
    if (mem_read_file(path, 1U << 24, &ret->pinyin, &pinyin_len, &err) < 0)
        give_up(path, err.msg);
    snprintf(set, sizeof set, "%s/assets/matters", source);
    struct catalogue_cfg cfg = {.dir = matters ? matters : set,
                                .region = region,
                                .codes = ret->codes,
                                .pinyin = ret->pinyin,
                                .pinyin_len = pinyin_len};
    if (catalogue_load(&cfg, complaint, MAX_COMPLAINTS, &n, &ret->catalogue, &err) < 0)
        give_up(cfg.dir, err.msg);
    for (size_t i = 0; i < n && i < MAX_COMPLAINTS; i++)
        fprintf(stderr, "%s: %s: %s\n", complaint[i].file, complaint[i].pointer,
                complaint[i].reason);
    if (n)
        give_up(cfg.dir, "the set has mistakes");
    snprintf(path, sizeof path, "assets/strings/%s.json", language ? language : "zh-Hans");
    ret->texts = load_json(source, path);
    ret->language = language;
    ret->cards = load_json(source, "tests/device/sim/cards.json");
    json_t *more = load_json(source, "tests/flow/core_player/cards.json");
    json_object_update_new(ret->cards, more);
    ret->registry = load_json(source, "tests/central/registry.json");
}

void assets_free(struct assets *a)
{
    catalogue_free(a->catalogue);
    code_tables_free(a->codes);
    json_decref(a->texts);
    json_decref(a->cards);
    json_decref(a->registry);
    free(a->pinyin);
}

/* ---- texts ---- */

static const char *words_of(const struct assets *a, const char *id)
{
    const char *words = json_string_value(json_object_get(a->texts, id));
    return words ? words : id; /* a text that is missing is a finding of tests/lint/texts.py */
}

const char *assets_say(const struct assets *a, const struct view_text *text, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    if (text->lit)
        snprintf(ret, cap, "%s", text->lit);
    if (text->lit || !text->id)
        return ret;
    for (const char *at = words_of(a, text->id); *at && used + 1 < cap;) {
        bool is_arg = at[0] == '{' && at[1] >= '1' && at[1] <= '3' && at[2] == '}';
        if (!is_arg) {
            ret[used++] = *at++;
            ret[used] = '\0';
            continue;
        }
        const char *arg = text->arg[at[1] - '1'];
        if (arg && text->is_arg_id)
            arg = words_of(a, arg);
        int n = snprintf(ret + used, cap - used, "%s", arg ? arg : "");
        used += n > 0 && (size_t)n < cap - used ? (size_t)n : cap - used - 1;
        at += 3;
    }
    return ret;
}

/* ---- cards ---- */

static void copy(const json_t *card, const char *key, char *ret, size_t cap)
{
    const char *text = json_string_value(json_object_get(card, key));
    snprintf(ret, cap, "%s", text ? text : "");
}

int assets_card(const struct assets *a, const char *name, struct card *ret)
{
    static const struct {
        const char *word;
        enum card_kind kind;
    } kinds[] = {{"citizen", CARD_CITIZEN},
                 {"J", CARD_HMT},
                 {"I", CARD_FOREIGNER_2017},
                 {"Y", CARD_FOREIGNER_2023}};
    const json_t *card = json_object_get(a->cards, name);
    const char *kind = json_string_value(json_object_get(card, "kind"));
    if (!kind)
        return -1;
    *ret = (struct card){.kind = CARD_CITIZEN};
    for (size_t i = 0; i < YJ_COUNT(kinds); i++)
        if (!strcmp(kind, kinds[i].word))
            ret->kind = kinds[i].kind;
    copy(card, "name", ret->name, sizeof ret->name);
    copy(card, "english", ret->english_name, sizeof ret->english_name);
    copy(card, "sex", ret->sex, sizeof ret->sex);
    copy(card, "ethnic", ret->nation, sizeof ret->nation);
    copy(card, "nation", ret->nationality, sizeof ret->nationality);
    copy(card, "birth", ret->birth, sizeof ret->birth);
    copy(card, "address", ret->address, sizeof ret->address);
    copy(card, "number", ret->number, sizeof ret->number);
    copy(card, "authority", ret->authority, sizeof ret->authority);
    copy(card, "from", ret->valid_from, sizeof ret->valid_from);
    const char *to = json_string_value(json_object_get(card, "to"));
    ret->is_long_term = to && !strcmp(to, "长期");
    if (to && !ret->is_long_term)
        snprintf(ret->valid_to, sizeof ret->valid_to, "%s", to);
    return 0;
}
