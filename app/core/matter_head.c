/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a matter file: what it is called, who is in charge, when and where. No I/O; any
 * thread. */
#include <stdio.h>
#include <string.h>

#include "core/matter_priv.h"

/* Places of a stage's words in enum order do not matter: stages stay texts. */
static const char *const stages[] = {
    "person.birth",      "person.education", "person.work",           "person.life",
    "person.home",       "person.travel",    "person.medical",        "person.relief",
    "person.retirement", "person.death",     "business.entry",        "business.hiring",
    "business.tax",      "business.growth",  "business.construction", "business.exit"};

static void read_metrics(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"label", "before", "after"};
    size_t n = 0;
    struct spot array = read_array(r, root, "metrics", OPTIONAL, 0, MATTER_MAX_METRICS, &n);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        struct matter_metric *metric = &r->m->metric[i];
        metric->label = read_text(r, &at, "label", NEEDED, 12);
        metric->before = read_text(r, &at, "before", NEEDED, 12);
        metric->after = read_text(r, &at, "after", NEEDED, 12);
    }
    r->m->n_metrics = n;
}

/* A list of different texts. */
static const char **read_texts(struct reader *r, const struct spot *root, const char *key,
                               size_t max, size_t max_chars, size_t *ret_n)
{
    size_t n = 0;
    struct spot array = read_array(r, root, key, OPTIONAL, 0, max, &n);
    const char **text = matter_arena_alloc(r->arena, n, sizeof *text);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        text[i] = read_text(r, &at, NULL, NEEDED, max_chars);
        for (size_t j = 0; text[i] && j < i; j++)
            if (text[j] && !strcmp(text[i], text[j]))
                reader_complain(r, &at, NULL, "this text is there twice");
    }
    *ret_n = n;
    return text;
}

static const char *known_stage(const char *text)
{
    for (size_t i = 0; text && i < YJ_COUNT(stages); i++)
        if (!strcmp(stages[i], text))
            return stages[i];
    return NULL;
}

static void read_stages(struct reader *r, const struct spot *root)
{
    struct matter *m = r->m;
    const char *text = read_text(r, root, "stage", NEEDED, 40);
    m->stage = known_stage(text);
    if (text && !m->stage)
        reader_complain(r, root, "stage", "this is no stage (person.birth, business.entry, …)");
    m->more_stage = read_texts(r, root, "more_stages", MATTER_MAX_STAGES, 40, &m->n_more_stages);
    struct spot array = {
        .up = root, .key = "more_stages", .json = json_object_get(root->json, "more_stages")};
    for (size_t i = 0; i < m->n_more_stages; i++) {
        struct spot at = read_element(&array, i);
        const char *stage = known_stage(m->more_stage[i]);
        if (m->more_stage[i] && !stage)
            reader_complain(r, &at, NULL, "this is no stage (person.birth, business.entry, …)");
        if (stage && stage == m->stage)
            reader_complain(r, &at, NULL, "this is the matter's stage already");
    }
}

/* ["公安", "人社"] becomes "公安、人社". */
static const char *read_co_depts(struct reader *r, const struct spot *root)
{
    size_t n = 0, used = 0, least = r->m->status == MATTER_OPEN;
    struct spot array = read_array(r, root, "co_depts", NEEDED, least, MATTER_MAX_CO_DEPTS, &n);
    const size_t cap = (n + 1) * (MATTER_MAX_NAME + 1) * 4; /* 4 bytes a character at most */
    char *text = matter_arena_alloc(r->arena, cap, 1);
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        const char *dept = read_text(r, &at, NULL, NEEDED, MATTER_MAX_NAME);
        if (dept)
            used += (size_t)snprintf(text + used, cap - used, "%s%s", used ? "、" : "", dept);
    }
    return text;
}

static void read_list(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"level", "batch"};
    static const char *const levels[] = {"national", "yearly", "local"};
    struct spot at = {.up = root, .key = "list", .json = json_object_get(root->json, "list")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    int level = read_word(r, &at, "level", levels, YJ_COUNT(levels));
    r->m->list_level = level < 0 ? NULL : levels[level];
    r->m->list_batch =
        read_formed(r, &at, "batch", OPTIONAL, 8, "[0-9]{4}-[0-9]{1,2}", "batch (2024-1)");
}

static void read_windows(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"from", "to", "note"};
    size_t n = 0;
    struct spot array = read_array(r, root, "windows", OPTIONAL, 0, MATTER_MAX_WINDOWS, &n);
    r->m->window = matter_arena_alloc(r->arena, n, sizeof *r->m->window);
    r->m->n_windows = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_window *window = &r->m->window[i];
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        window->from = read_date(r, &at, "from", NEEDED, true);
        window->to = read_date(r, &at, "to", NEEDED, true);
        window->note = read_text(r, &at, "note", OPTIONAL, MATTER_MAX_HINT);
        if (!window->from || !window->to)
            continue;
        bool is_full = window->from > 1231;
        if (is_full != (window->to > 1231))
            reader_complain(r, &at, "to", "a full date and a day of every year do not go together");
        else if (is_full && window->to < window->from)
            reader_complain(r, &at, "to", "the window ends before it begins");
    }
}

static void read_summer(struct reader *r, const struct spot *spot, struct matter_place *place)
{
    static const char *const known[] = {"from", "to", "hours"};
    struct spot at = {.up = spot, .key = "summer", .json = json_object_get(spot->json, "summer")};
    if (!at.json || !read_object(r, &at, known, YJ_COUNT(known)))
        return;
    const char *key[] = {"from", "to"};
    int *day[] = {&place->summer_from, &place->summer_to};
    for (size_t i = 0; i < 2; i++) {
        *day[i] = read_date(r, &at, key[i], NEEDED, true);
        if (*day[i] > 1231)
            reader_complain(r, &at, key[i], "a day of every year is expected here: MM-DD");
    }
    place->summer_hours = read_text(r, &at, "hours", NEEDED, 60);
}

static void read_places(struct reader *r, const struct spot *root)
{
    static const char *const known[] = {"name", "addr", "tel", "complaint", "hours", "summer"};
    size_t n = 0;
    struct spot array = read_array(r, root, "places", OPTIONAL, 0, MATTER_MAX_PLACES, &n);
    r->m->place = matter_arena_alloc(r->arena, n, sizeof *r->m->place);
    r->m->n_places = n;
    for (size_t i = 0; i < n; i++) {
        struct spot at = read_element(&array, i);
        struct matter_place *place = &r->m->place[i];
        if (!read_object(r, &at, known, YJ_COUNT(known)))
            continue;
        place->name = read_text(r, &at, "name", NEEDED, MATTER_MAX_NAME);
        place->addr = read_text(r, &at, "addr", OPTIONAL, MATTER_MAX_CHARS);
        place->tel = read_text(r, &at, "tel", OPTIONAL, 40);
        place->complaint = read_text(r, &at, "complaint", OPTIONAL, 40);
        place->hours = read_text(r, &at, "hours", NEEDED, 60);
        read_summer(r, &at, place);
        for (size_t j = 0; place->name && j < i; j++)
            if (r->m->place[j].name && !strcmp(r->m->place[j].name, place->name))
                reader_complain(r, &at, "name", "this place is there twice");
    }
}

static void read_days(struct reader *r, const struct spot *root)
{
    struct matter *m = r->m;
    enum presence needed = m->status == MATTER_OPEN ? NEEDED : OPTIONAL;
    m->promise_days = read_int(r, root, "promise_days", needed, 1, MATTER_MAX_DAYS, 0);
    m->legal_days = read_int(r, root, "legal_days", OPTIONAL, 1, MATTER_MAX_DAYS, 0);
    if (m->legal_days && m->promise_days > m->legal_days)
        reader_complain(r, root, "legal_days", "less than the promised days");
    m->valid_from = read_date(r, root, "valid_from", OPTIONAL, false);
    m->valid_to = read_date(r, root, "valid_to", OPTIONAL, false);
    if (m->valid_from && m->valid_to && m->valid_to < m->valid_from)
        reader_complain(r, root, "valid_to", "before valid_from");
}

void matter_read_head(struct reader *r, const struct spot *root)
{
    static const char *const schemas[] = {"matter/1"};
    static const char *const states[] = {"open", "guide", "listed"};
    static const char *const scopes[] = {"city", "province", "cross", "national"};
    static const char *const tones[] = {"quiet"};
    struct matter *m = r->m;
    (void)read_word(r, root, "schema", schemas, 1);
    m->code = read_formed(r, root, "code", NEEDED, 32, FORM_CODE,
                          "matter code (capital letters, digits and dots)");
    m->name = read_text(r, root, "name", NEEDED, MATTER_MAX_NAME);
    m->version = read_text(r, root, "version", NEEDED, 16);
    int status = read_optional_word(r, root, "status", states, YJ_COUNT(states));
    m->status = status < 0 ? MATTER_OPEN : (enum matter_status)status;
    int scope = read_optional_word(r, root, "scope", scopes, YJ_COUNT(scopes));
    m->scope = scope < 0 ? SCOPE_CITY : (enum matter_scope)scope;
    m->region = "";
    enum presence needed = m->status == MATTER_LISTED ? OPTIONAL : NEEDED;
    m->summary = read_text(r, root, "summary", needed, 60);
    m->basis = read_text(r, root, "basis", needed, MATTER_MAX_HINT);
    m->fee = read_text(r, root, "fee", OPTIONAL, MATTER_MAX_HINT);
    m->icon = read_formed(r, root, "icon", NEEDED, 40, FORM_PICTURE,
                          "picture name (small letters, digits and -)");
    read_stages(r, root);
    m->lead_dept = read_text(r, root, "lead_dept", NEEDED, MATTER_MAX_NAME);
    m->co_depts = read_co_depts(r, root);
    m->alias = read_texts(r, root, "aliases", MATTER_MAX_ALIASES, MATTER_MAX_ALIAS, &m->n_aliases);
    m->note = read_texts(r, root, "notes", MATTER_MAX_NOTES, MATTER_MAX_HINT, &m->n_notes);
    read_list(r, root);
    read_days(r, root);
    read_windows(r, root);
    read_places(r, root);
    m->is_quiet = read_optional_word(r, root, "tone", tones, 1) == 0;
    m->accepts_expired_card = read_bool(r, root, "accepts_expired_card", false);
    read_metrics(r, root);
}
