/* SPDX-License-Identifier: Apache-2.0 */
/* What a visit has tried, written down for visits_cover.py; pages and plans in words for people. */
#include <stdlib.h>
#include <string.h>

#include "player.h"

void trace_begin(struct trace *trace, const char *name)
{
    trace->json =
        json_pack("{ss so so}", "visit", name, "moments", json_array(), "members", json_array());
}

/* Every answer that is asked for and given, a list a field: members of a repeat answer the same. */
static json_t *answers_of(const struct visit *v)
{
    const struct matter *m = v->s.matter;
    json_t *all = json_object();
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!visit_answers_shown(v, (int)i) || !v->s.value[i][0] ||
            (m->var[i].group >= 0 && m->var[i].member >= visit_repeat_count(v, m->var[i].group)))
            continue;
        json_t *list = json_object_get(all, m->var[i].field);
        if (!list) {
            list = json_array();
            json_object_set_new(all, m->var[i].field, list);
        }
        json_array_append_new(list, json_string(v->s.value[i]));
    }
    return all;
}

void trace_moment(struct trace *trace, const struct visit *v, const char *kind)
{
    const struct matter *m = v->s.matter;
    json_t *tasks = json_array(), *selected = json_array(), *materials = json_array();
    for (size_t i = 0; i < m->n_tasks; i++) {
        if (v->s.plan.task[i] == TRI_TRUE)
            json_array_append_new(tasks, json_string(m->task[i].id));
        if (v->s.selected >> i & 1)
            json_array_append_new(selected, json_string(m->task[i].id));
    }
    for (size_t i = 0; i < m->n_materials; i++)
        if (v->s.plan.material[i] == TRI_TRUE)
            json_array_append_new(materials, json_string(m->material[i].id));
    const char *gate = v->s.plan.gate >= 0 ? m->gate[v->s.plan.gate].id : "";
    json_array_append_new(json_object_get(trace->json, "moments"),
                          json_pack("{ss ss ss so so so so}", "kind", kind, "matter", m->code,
                                    "gate", gate, "answers", answers_of(v), "tasks", tasks,
                                    "selected", selected, "materials", materials));
}

void trace_member(struct trace *trace, const struct visit *v, int group, bool is_added)
{
    json_array_append_new(json_object_get(trace->json, "members"),
                          json_pack("{ss ss ss}", "matter", v->s.matter->code, "group",
                                    v->s.matter->group[group].id, "did",
                                    is_added ? "add" : "remove"));
}

int trace_end(struct trace *trace, const char *folder, const char *application)
{
    const char *name = json_string_value(json_object_get(trace->json, "visit"));
    json_t *json = application ? json_loads(application, 0, NULL) : NULL;
    char path[512];
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    if (json)
        json_object_set_new(trace->json, "application", json);
    int r = (application && !json) ||
                    (folder[0] && json_dump_file(trace->json, path, JSON_INDENT(1)) < 0)
                ? -1
                : 0;
    json_decref(trace->json);
    return r;
}

/* ---- for people ---- */

static void print_text(const struct assets *a, const char *before, const struct view_text *text,
                       FILE *to)
{
    char words[TEXT_BYTES];
    if (assets_say(a, text, words, sizeof words)[0])
        fprintf(to, "%s%s", before, words);
}

static void print_action(const struct assets *a, const char *id, const struct view_action *action,
                         FILE *to)
{
    if (!action->label.id && !action->label.lit)
        return;
    fprintf(to, "  [%s%s", id, action->is_enabled ? "" : ", not now");
    print_text(a, ": ", &action->label, to);
    fputs("]\n", to);
}

static void print_item(const struct assets *a, const struct view_item *item, FILE *to)
{
    fprintf(to, "  %s%s%s%s", item->id, item->is_enabled ? "" : " ~", item->has_error ? " !" : "",
            item->is_required ? " *" : "");
    print_text(a, "  ", &item->label, to);
    print_text(a, " = ", &item->value, to);
    print_text(a, " / ", &item->value2, to);
    print_text(a, "  (", &item->note, to);
    fputs(item->note.id || item->note.lit ? ")\n" : "\n", to);
    for (size_t i = 0; i < item->n_options; i++) {
        fprintf(to, "      %zu%s", i, item->option[i].is_selected ? " x" : "");
        print_text(a, " ", &item->option[i].label, to);
        fputc('\n', to);
    }
}

void trace_print_page(const struct assets *a, const struct visit *v, const struct view *view,
                      FILE *to)
{
    fprintf(to, "---- %s", visit_state_name(v));
    print_text(a, ": ", &view->title, to);
    print_text(a, " | ", &view->subtitle, to);
    print_text(a, "\n  banner: ", &view->banner, to);
    print_text(a, "\n  alert: ", &view->alert, to);
    print_text(a, "\n  ask: ", &view->ask, to);
    fputc('\n', to);
    for (size_t i = 0; i < view->n_items; i++)
        print_item(a, &view->item[i], to);
    print_action(a, "back", &view->back, to);
    print_action(a, "home", &view->home, to);
    print_action(a, "extra", &view->extra, to);
    print_action(a, "next", &view->next, to);
    print_action(a, "ask.yes", &view->ask_yes, to);
    print_action(a, "ask.no", &view->ask_no, to);
    fputc('\n', to);
}

void trace_print_plan(const struct visit *v, FILE *to)
{
    static const char *const mode[] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7"};
    const struct matter *m = v->s.matter;
    fprintf(to, "%s %s: %d working days promised, %d along the way\n", m->code, m->name,
            m->promise_days, v->s.plan.longest_days);
    for (size_t i = 0; i < m->n_tasks; i++)
        if (v->s.plan.task[i] == TRI_TRUE)
            fprintf(to, "  task %-18s %s (%s), day %d\n", m->task[i].id, m->task[i].name,
                    m->task[i].dept, v->s.plan.finish_days[i]);
    for (size_t i = 0; i < m->n_materials; i++)
        if (v->s.plan.material[i] == TRI_TRUE)
            fprintf(to, "  %s %-20s %s\n", mode[m->material[i].mode], m->material[i].id,
                    m->material[i].name);
}
