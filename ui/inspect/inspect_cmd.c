/* SPDX-License-Identifier: Apache-2.0 */
/* The inspector's commands: one JSON request, one JSON answer, through the UI's hooks.
 * Thread: main. Everything in a request is checked before a hook sees it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/inspect/inspect_priv.h"

enum {
    MAX_POINTS = 4096,
    MAX_WAIT_MS = 600000,
    MAX_CLOCK_MS = 400 * 24 * 3600, /* in seconds: see cmd_clock */
    DEFAULT_WAIT_MS = 5000,
    STEP_MS = 8, /* between points that carry no time */
};

struct call {
    const struct inspect_hooks *hooks;
    void *ui;
    const json_t *request;
    int64_t now_ms;
    struct inspect_wait *wait;
};

json_t *inspect_cmd_error(const char *text)
{
    return json_pack("{s:b,s:s%}", "ok", 0, "error", text, strlen(text));
}

static json_t *answer_ok(void)
{
    return json_pack("{s:b}", "ok", 1);
}

static json_t *answer_err(const struct err *err)
{
    char text[300];
    snprintf(text, sizeof text, "%s: %s", err_name(err->code), err->msg);
    return inspect_cmd_error(text);
}

/* A text of the screen is not trusted to be UTF-8: jansson answers NULL for anything else. */
static json_t *text_json(const char *text)
{
    json_t *js = json_string(text ? text : "");
    return js ? js : json_string("(not UTF-8)");
}

static double round_mm(double px, double px_per_mm)
{
    return px_per_mm > 0 ? round(px / px_per_mm * 100) / 100 : 0;
}

static json_t *item_json(const struct inspect_item *it, double px_per_mm)
{
    json_t *js = json_pack("{s:o,s:o,s:o,s:i,s:i,s:i,s:i}", "id", text_json(it->id), "role",
                           text_json(it->role), "text", text_json(it->text), "x", it->x, "y", it->y,
                           "w", it->w, "h", it->h);
    json_t *more = json_pack(
        "{s:f,s:f,s:f,s:f,s:b,s:b,s:b,s:b,s:f}", "x_mm", round_mm(it->x, px_per_mm), "y_mm",
        round_mm(it->y, px_per_mm), "w_mm", round_mm(it->w, px_per_mm), "h_mm",
        round_mm(it->h, px_per_mm), "enabled", it->is_enabled, "selected", it->is_selected, "focus",
        it->has_focus, "visible", it->is_visible, "contrast", round(it->contrast * 100) / 100);
    json_object_update(js, more);
    json_decref(more);
    more = json_pack("{s:f,s:b,s:b,s:i}", "cap", it->cap_px, "touch", it->is_touch, "cut",
                     it->is_cut, "order", it->order);
    json_object_update(js, more);
    json_decref(more);
    return js;
}

struct dump {
    json_t *items;
    double px_per_mm;
};

static void dump_item(void *arg, const struct inspect_item *item)
{
    struct dump *d = arg;
    json_array_append_new(d->items, item_json(item, d->px_per_mm));
}

static json_t *cmd_dump(struct call *c)
{
    struct inspect_scene scene = {0};
    c->hooks->get_scene(c->ui, &scene);
    struct dump d = {json_array(), scene.px_per_mm};
    c->hooks->each_item(c->ui, dump_item, &d);
    json_t *state =
        json_pack("{s:b,s:b,s:b,s:b,s:b}", "elder", scene.is_elder, "keyboard", scene.has_keyboard,
                  "question", scene.has_question, "large", scene.is_large, "rtl", scene.is_rtl);
    return json_pack("{s:b,s:o,s:I,s:i,s:i,s:f,s:o,s:o}", "ok", 1, "screen",
                     text_json(scene.screen), "revision", (json_int_t)scene.revision, "width",
                     scene.width_px, "height", scene.height_px, "px_per_mm", scene.px_per_mm,
                     "state", state, "items", d.items);
}

struct search {
    const char *id;
    bool is_found;
    struct inspect_item item; /* strings not kept */
};

static void match_item(void *arg, const struct inspect_item *item)
{
    struct search *s = arg;
    if (s->is_found || !item->id || strcmp(item->id, s->id) != 0)
        return;
    s->item = *item;
    s->is_found = true;
}

static bool find_item(struct call *c, const char *id, struct search *ret)
{
    *ret = (struct search){.id = id};
    c->hooks->each_item(c->ui, match_item, ret);
    return ret->is_found;
}

/* Find an item where a finger can reach it. @return NULL, or the answer that says why not */
static json_t *reach_item(struct call *c, const char *id, struct search *ret)
{
    if (!find_item(c, id, ret))
        return inspect_cmd_error("no such item");
    if (!ret->item.is_visible && c->hooks->reveal(c->ui, id))
        find_item(c, id, ret);
    if (!ret->is_found || !ret->item.is_visible)
        return inspect_cmd_error("the item cannot be seen");
    if (ret->item.w <= 0 || ret->item.h <= 0)
        return inspect_cmd_error("the item has no size");
    return NULL;
}

static void tap_at(struct call *c, int x, int y)
{
    c->hooks->touch(c->ui, INSPECT_DOWN, x, y, 0);
    c->hooks->touch(c->ui, INSPECT_UP, x, y, 60);
}

static json_t *check_point(struct call *c, double x, double y)
{
    struct inspect_scene scene = {0};
    c->hooks->get_scene(c->ui, &scene);
    if (!(x >= 0 && y >= 0 && x < scene.width_px && y < scene.height_px))
        return inspect_cmd_error("the point is outside the panel");
    return NULL;
}

static json_t *cmd_tap(struct call *c)
{
    const char *id = json_string_value(json_object_get(c->request, "id"));
    const json_t *x = json_object_get(c->request, "x"), *y = json_object_get(c->request, "y");
    const json_t *option = json_object_get(c->request, "option");
    if (!id) {
        if (!json_is_number(x) || !json_is_number(y))
            return inspect_cmd_error("tap needs id, or x and y");
        json_t *refusal = check_point(c, json_number_value(x), json_number_value(y));
        if (refusal)
            return refusal;
        tap_at(c, (int)json_number_value(x), (int)json_number_value(y));
        return answer_ok();
    }
    char name[160];
    int n = json_is_integer(option) ? snprintf(name, sizeof name, "%s#%" JSON_INTEGER_FORMAT, id,
                                               json_integer_value(option))
                                    : snprintf(name, sizeof name, "%s", id);
    if (n < 0 || (size_t)n >= sizeof name)
        return inspect_cmd_error("the id is too long");
    struct search found;
    json_t *refusal = reach_item(c, name, &found);
    if (refusal)
        return refusal;
    if (!found.item.is_enabled)
        return inspect_cmd_error("the item is not enabled");
    tap_at(c, found.item.x + found.item.w / 2, found.item.y + found.item.h / 2);
    return answer_ok();
}

struct point {
    double x, y;
    int64_t t_ms;
};

/* Read [[x,y],[x,y,ms],…]; scale and move into the item when given. @return count, 0: wrong */
static size_t read_points(const json_t *list, const struct inspect_item *in, struct point *ret)
{
    size_t n = json_array_size(list);
    if (n == 0 || n > MAX_POINTS)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *p = json_array_get(list, i);
        const json_t *x = json_array_get(p, 0), *y = json_array_get(p, 1);
        const json_t *t = json_array_get(p, 2);
        if (!json_is_number(x) || !json_is_number(y) || (t && !json_is_number(t)))
            return 0;
        double at_ms = t ? json_number_value(t) : (double)(i * STEP_MS);
        if (!(at_ms >= 0 && at_ms < 1e6))
            return 0;
        ret[i] = (struct point){json_number_value(x), json_number_value(y), (int64_t)at_ms};
        if (in) {
            ret[i].x = in->x + ret[i].x * (in->w - 1);
            ret[i].y = in->y + ret[i].y * (in->h - 1);
        }
    }
    return n;
}

static json_t *cmd_drag(struct call *c)
{
    const char *id = json_string_value(json_object_get(c->request, "id"));
    struct search found = {0};
    if (id) {
        json_t *refusal = reach_item(c, id, &found);
        if (refusal)
            return refusal;
    }
    struct point *point = mem_zalloc(MAX_POINTS, sizeof *point);
    size_t n = read_points(json_object_get(c->request, "points"), id ? &found.item : NULL, point);
    json_t *refusal = n ? NULL : inspect_cmd_error("points is a list of [x,y] or [x,y,ms]");
    for (size_t i = 0; i < n && !refusal; i++)
        refusal = check_point(c, point[i].x, point[i].y);
    if (!refusal) {
        for (size_t i = 0; i < n; i++)
            c->hooks->touch(c->ui, i ? INSPECT_MOVE : INSPECT_DOWN, (int)point[i].x,
                            (int)point[i].y, point[i].t_ms);
        c->hooks->touch(c->ui, INSPECT_UP, (int)point[n - 1].x, (int)point[n - 1].y,
                        point[n - 1].t_ms + STEP_MS);
    }
    bytes_wipe(point, MAX_POINTS * sizeof *point); /* a signature, perhaps */
    free(point);
    return refusal ? refusal : answer_ok();
}

static json_t *cmd_key(struct call *c)
{
    const char *key = json_string_value(json_object_get(c->request, "key"));
    struct err err = {0};
    if (!key)
        return inspect_cmd_error("key needs key");
    return c->hooks->key(c->ui, key, &err) ? answer_err(&err) : answer_ok();
}

static json_t *cmd_text(struct call *c)
{
    const char *id = json_string_value(json_object_get(c->request, "id"));
    const char *text = json_string_value(json_object_get(c->request, "text"));
    struct err err = {0};
    if (!id || !text)
        return inspect_cmd_error("text needs id and text");
    if (strlen(text) >= 512)
        return inspect_cmd_error("the text is too long");
    return c->hooks->set_text(c->ui, id, text, &err) ? answer_err(&err) : answer_ok();
}

static json_t *cmd_shot(struct call *c)
{
    const char *path = json_string_value(json_object_get(c->request, "path"));
    struct err err = {0};
    if (!path || !*path)
        return inspect_cmd_error("shot needs path");
    return c->hooks->save_png(c->ui, path, &err) ? answer_err(&err) : answer_ok();
}

static json_t *cmd_clock(struct call *c)
{
    const json_t *ms = json_object_get(c->request, "advance_ms");
    json_int_t v = json_integer_value(ms);
    if (!json_is_integer(ms) || v < 0 || v / 1000 > MAX_CLOCK_MS)
        return inspect_cmd_error("clock needs advance_ms, 0 to 400 days");
    c->hooks->advance_clock(c->ui, v);
    return answer_ok();
}

static json_t *cmd_stats(struct call *c)
{
    struct inspect_stats st = {.last_tap_to_frame_ms = -1};
    c->hooks->get_stats(c->ui, &st);
    return json_pack("{s:b,s:I,s:I,s:I}", "ok", 1, "frames", (json_int_t)st.n_frames, "pixels",
                     (json_int_t)st.n_pixels, "last_tap_to_frame_ms",
                     (json_int_t)st.last_tap_to_frame_ms);
}

static json_t *cmd_speech(struct call *c)
{
    const json_t *from = json_object_get(c->request, "from");
    json_int_t at = json_integer_value(from);
    struct inspect_utterance said;
    uint64_t n = 0;
    if (!c->hooks->get_utterance)
        return inspect_cmd_error("nothing speaks here");
    if ((from && !json_is_integer(from)) || at < 0)
        return inspect_cmd_error("from is the number of an utterance, from 0");
    json_t *lines = json_array();
    (void)c->hooks->get_utterance(c->ui, 0, &n, &said); /* only to know how many */
    for (uint64_t i = (uint64_t)at; i < n; i++)
        if (c->hooks->get_utterance(c->ui, i, &n, &said))
            json_array_append_new(lines, json_pack("{s:I,s:o,s:o,s:o}", "n", (json_int_t)i, "rank",
                                                   text_json(said.rank), "language",
                                                   text_json(said.language), "text",
                                                   text_json(said.text)));
    return json_pack("{s:b,s:I,s:o}", "ok", 1, "n", (json_int_t)n, "said", lines);
}

static json_t *cmd_wait(struct call *c)
{
    const char *screen = json_string_value(json_object_get(c->request, "screen"));
    const char *item = json_string_value(json_object_get(c->request, "item"));
    const json_t *limit = json_object_get(c->request, "timeout_ms");
    json_int_t ms = limit ? json_integer_value(limit) : DEFAULT_WAIT_MS;
    struct inspect_wait *w = c->wait;
    const json_t *after = json_object_get(c->request, "after");
    if (!screen && !item && !json_is_integer(after))
        return inspect_cmd_error("wait needs screen, item or after");
    if ((limit && !json_is_integer(limit)) || ms < 0 || ms > MAX_WAIT_MS)
        return inspect_cmd_error("timeout_ms is 0 to 600000");
    *w = (struct inspect_wait){.is_active = true,
                               .is_gone = json_is_true(json_object_get(c->request, "gone")),
                               .after = json_is_integer(after) ? json_integer_value(after) : -1,
                               .deadline_ms = c->now_ms + ms};
    int n1 = snprintf(w->screen, sizeof w->screen, "%s", screen ? screen : "");
    int n2 = snprintf(w->item, sizeof w->item, "%s", item ? item : "");
    if (n1 >= (int)sizeof w->screen || n2 >= (int)sizeof w->item) {
        w->is_active = false;
        return inspect_cmd_error("the name is too long");
    }
    return inspect_cmd_poll(c->hooks, c->ui, c->now_ms, w);
}

json_t *inspect_cmd_poll(const struct inspect_hooks *hooks, void *ui, int64_t now_ms,
                         struct inspect_wait *wait)
{
    if (!wait->is_active)
        return NULL;
    struct call c = {.hooks = hooks, .ui = ui};
    struct inspect_scene scene = {0};
    struct search found;
    hooks->get_scene(ui, &scene);
    bool is_there = !*wait->screen || (scene.screen && !strcmp(scene.screen, wait->screen));
    if (wait->after >= 0 && wait->after == scene.revision)
        is_there = false;
    if (is_there && *wait->item)
        is_there = find_item(&c, wait->item, &found) != wait->is_gone;
    if (!is_there && now_ms < wait->deadline_ms)
        return NULL;
    wait->is_active = false;
    if (!is_there)
        return json_pack("{s:b,s:s,s:o}", "ok", 0, "error", "timed out", "screen",
                         text_json(scene.screen));
    return json_pack("{s:b,s:o,s:I}", "ok", 1, "screen", text_json(scene.screen), "revision",
                     (json_int_t)scene.revision);
}

json_t *inspect_cmd_run(const struct inspect_hooks *hooks, void *ui, const json_t *request,
                        int64_t now_ms, struct inspect_wait *wait)
{
    static const struct {
        const char *name;
        json_t *(*run)(struct call *);
    } commands[] = {{"dump", cmd_dump},    {"tap", cmd_tap},   {"drag", cmd_drag},
                    {"key", cmd_key},      {"text", cmd_text}, {"shot", cmd_shot},
                    {"clock", cmd_clock},  {"wait", cmd_wait}, {"stats", cmd_stats},
                    {"speech", cmd_speech}};
    struct call c = {hooks, ui, request, now_ms, wait};
    const char *name = json_string_value(json_object_get(request, "cmd"));
    if (!name)
        return inspect_cmd_error("a request is an object with cmd");
    for (size_t i = 0; i < YJ_COUNT(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(&c);
    return inspect_cmd_error("no such command");
}
