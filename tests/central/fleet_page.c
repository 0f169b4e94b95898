/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet page: one HTML page without scripts and without other files, worst terminals first.
 * Workers. */
#define _DEFAULT_SOURCE
#include "fleet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fleet_style.h"
#include "fleet_words.h"

enum { ROWS_A_PAGE = 100, MAX_PAGE = 100000 };

struct view {
    FILE *out;
    const char *search; /* digits, "" for all */
    const char *sort;   /* "trouble", "all", "queue", "silent" */
    int64_t page;       /* from 1 */
};

static const struct tab {
    const char *id, *name;
} tabs[] = {
    {"trouble", "要处理的"}, {"queue", "有待送的"}, {"silent", "没有消息的"}, {"all", "全部"}};

static const struct {
    const char *css, *name;
} levels[FLEET_N_LEVELS] = {[FLEET_GOOD] = {"good", "正常"},
                            [FLEET_CALL] = {"call", "叫人"},
                            [FLEET_NOTICE] = {"notice", "留意"},
                            [FLEET_ALARM] = {"alarm", "告警"}};

static void put_escaped(FILE *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '<')
            fputs("&lt;", out);
        else if (*s == '>')
            fputs("&gt;", out);
        else if (*s == '&')
            fputs("&amp;", out);
        else if (*s == '"')
            fputs("&quot;", out);
        else
            fputc(*s, out);
    }
}

static const char *text(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? s : "";
}

/* ---- head ---- */

static void put_tile(FILE *out, const char *css, const char *value, const char *name)
{
    fprintf(out, "<div class=\"tile %s\"><b>%s</b><span>%s</span></div>", css, value, name);
}

static void put_count(FILE *out, const char *css, int64_t n, const char *name)
{
    char value[24];
    snprintf(value, sizeof value, "%" PRId64, n);
    put_tile(out, n ? css : "", value, name);
}

static void put_tiles(FILE *out, const struct fleet_totals *t)
{
    char value[64];
    fputs("<div class=\"tiles\">", out);
    snprintf(value, sizeof value, "%" PRId64 "<span> / %" PRId64 "</span>", t->n_online, t->n);
    put_tile(out, "", value, "台终端有消息");
    fleet_say_age(t->oldest_s, value, sizeof value);
    put_tile(out,
             t->oldest_s >= 86400  ? "alarm"
             : t->oldest_s >= 3600 ? "notice"
                                   : "",
             t->oldest_s ? value : "没有", "等得最久的未送记录");
    put_count(out, "", t->waiting, "件未送记录");
    put_count(out, "alarm", t->of_level[FLEET_ALARM], "台告警");
    put_count(out, "notice", t->of_level[FLEET_NOTICE], "台要留意");
    put_count(out, "call", t->calls, "处在叫工作人员");
    put_count(out, "notice", t->missing, "个缺号");
    fputs("</div>", out);
}

static void put_bar(const struct view *v)
{
    fputs("<div class=\"bar\"><nav aria-label=\"看哪些\">", v->out);
    for (size_t i = 0; i < YJ_COUNT(tabs); i++)
        fprintf(v->out, "<a href=\"?sort=%s\"%s>%s</a>", tabs[i].id,
                !*v->search && strcmp(tabs[i].id, v->sort) == 0 ? " aria-current=\"page\"" : "",
                tabs[i].name);
    fputs("</nav><form><input name=\"search\" inputmode=\"numeric\" aria-label=\"终端号\" "
          "placeholder=\"终端号，前几位也行\" value=\"",
          v->out);
    put_escaped(v->out, v->search);
    fputs("\"><button>查找</button></form></div>", v->out);
}

/* ---- rows ---- */

static void put_trouble(FILE *out, const struct fleet_row *row, enum fleet_trouble t,
                        const char *form, const char *value)
{
    const uint32_t bit = 1u << t;
    if (!((row->alarms | row->notices) & bit))
        return;
    fprintf(out, "<li class=\"%s\">", row->alarms & bit ? "a" : t == FLEET_STAFF ? "c" : "w");
    fprintf(out, "%s%s</li>", form, value);
}

static void put_devices(FILE *out, const struct fleet_row *row)
{
    size_t i;
    const json_t *d;
    if (!((row->alarms | row->notices) & 1u << FLEET_DEVICE))
        return;
    json_array_foreach(json_object_get(row->told, "devices"), i, d)
    {
        char said[160];
        fleet_say_device(d, said, sizeof said);
        const char *state = text(d, "state");
        bool is_mild = strcmp(state, "online") == 0 || strcmp(state, "starting") == 0 ||
                       strcmp(state, "deviceBusy") == 0;
        if (!*said)
            continue;
        fprintf(out, "<li class=\"%s\">", is_mild ? "w" : "a");
        put_escaped(out, said);
        fputs("</li>", out);
    }
}

static void put_calls(FILE *out, const struct fleet_row *row)
{
    size_t i;
    const json_t *call;
    json_array_foreach(json_object_get(row->told, "staff_calls"), i, call)
    {
        fputs("<li class=\"c\">", out);
        put_escaped(out, fleet_say_call(text(call, "why")));
        const char *since = text(call, "since");
        if (strlen(since) >= 16) {
            fputs("，", out);
            char hour[8];
            snprintf(hour, sizeof hour, "%02d:%.2s", (int)((strtol(since + 11, NULL, 10) + 8) % 24),
                     since + 14);
            fprintf(out, "%s 起", hour);
        }
        fputs("</li>", out);
    }
}

static void put_troubles(FILE *out, const struct fleet_row *row)
{
    char value[64];
    fputs("<td><ul>", out);
    put_calls(out, row);
    put_trouble(out, row, FLEET_QUEUE_OLD, "未送记录等得太久", "");
    snprintf(value, sizeof value, "%" PRId64 " 件", row->quarantined);
    put_trouble(out, row, FLEET_SET_ASIDE, "中心不收、已放在一边：", value);
    fleet_say_age(row->silent_s, value, sizeof value);
    put_trouble(out, row, FLEET_SILENT, "没有消息：", value);
    put_trouble(out, row, FLEET_NO_BEAT, "只送过记录，没有报过状态", "");
    put_devices(out, row);
    fleet_say_age(llabs(row->clock_error_s), value, sizeof value);
    put_trouble(out, row, FLEET_CLOCK, row->clock_error_s > 0 ? "时钟快了 " : "时钟慢了 ", value);
    snprintf(value, sizeof value, "%" PRId64 " 天后到期", row->certificate_days);
    put_trouble(out, row, FLEET_CERTIFICATE, "证书", row->certificate_days < 0 ? "已到期" : value);
    snprintf(value, sizeof value, "%" PRId64 " MiB", row->free_mib);
    put_trouble(out, row, FLEET_SPACE, "剩余空间：", value);
    snprintf(value, sizeof value, "%" PRId64 " 件", row->mirror_behind);
    put_trouble(out, row, FLEET_MIRROR, "第二份落后：", value);
    snprintf(value, sizeof value, "%" PRId64 " 个", row->n_missing);
    put_trouble(out, row, FLEET_GAP, row->alarms & 1u << FLEET_GAP ? "缺号无法解释：" : "缺号：",
                value);
    if (!row->alarms && !row->notices)
        fputs("<li class=\"quiet\">没有</li>", out);
    fputs("</ul></td>", out);
}

static void put_queue(FILE *out, const struct fleet_row *row)
{
    char age[48];
    fleet_say_age(row->queue_age_s, age, sizeof age);
    if (row->waiting + row->attachments == 0)
        fputs("<td class=\"n quiet\">没有</td>", out);
    else
        fprintf(out, "<td class=\"n\">%s<small>%" PRId64 " 件记录", age, row->waiting);
    if (row->attachments)
        fprintf(out, "，%" PRId64 " 个附件", row->attachments);
    if (row->waiting + row->attachments)
        fputs("</small></td>", out);
}

static void put_version(FILE *out, const struct fleet_row *row)
{
    fputs("<td>", out);
    put_escaped(out, text(row->told, "version"));
    int64_t catalogue = json_integer_value(json_object_get(row->told, "catalogue"));
    fputs("<small>", out);
    if (catalogue)
        fprintf(out, "目录 %" PRId64, catalogue);
    else if (json_object_get(row->told, "catalogue"))
        fputs("自带目录", out);
    if (strcmp(text(row->told, "suite"), "gmt0010-sm2-sm4cbc") == 0)
        fputs("，国密", out);
    fputs("</small></td>", out);
}

static void put_row(FILE *out, const struct fleet_row *row)
{
    char age[48];
    fleet_say_age(row->silent_s, age, sizeof age);
    fprintf(out, "<tr class=\"%s\"><td><span class=\"mark\">%s</span></td><td class=\"id\">",
            levels[row->level].css, levels[row->level].name);
    put_escaped(out, row->terminal);
    fprintf(out, "</td><td class=\"n\">%s前</td>", age);
    put_queue(out, row);
    put_troubles(out, row);
    if (row->n_records)
        fprintf(out, "<td class=\"n\">%" PRId64 "<small>到 %" PRId64 " 号</small></td>",
                row->n_records, row->max_sequence);
    else
        fputs("<td class=\"n quiet\">没有</td>", out);
    if (row->has_clock && row->clock_error_s == 0)
        fputs("<td class=\"n\">准</td>", out);
    else if (row->has_clock)
        fprintf(out, "<td class=\"n\">%+" PRId64 " 秒</td>", row->clock_error_s);
    else
        fputs("<td class=\"n quiet\">未知</td>", out);
    if (row->has_certificate)
        fprintf(out, "<td class=\"n\">%" PRId64 " 天</td>", row->certificate_days);
    else
        fputs("<td class=\"n quiet\">未知</td>", out);
    put_version(out, row);
    fputs("</tr>", out);
}

/* ---- the page ---- */

static bool is_shown(const struct view *v, const struct fleet_row *row)
{
    if (*v->search)
        return strncmp(row->terminal, v->search, strlen(v->search)) == 0;
    if (strcmp(v->sort, "trouble") == 0)
        return row->level != FLEET_GOOD;
    if (strcmp(v->sort, "queue") == 0)
        return row->waiting + row->attachments > 0;
    if (strcmp(v->sort, "silent") == 0)
        return (row->alarms | row->notices) & 1u << FLEET_SILENT;
    return true;
}

static void put_table(const struct view *v, const struct fleet_row *row, size_t n)
{
    int64_t n_shown = 0, first = (v->page - 1) * ROWS_A_PAGE;
    fputs("<div class=\"sheet\">", v->out);
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(v, &row[i]))
            continue;
        if (n_shown == first)
            fputs("<table><thead><tr><th>状态</th><th>终端</th><th>最近消息</th><th>未送，最久</th>"
                  "<th>要处理的事</th><th>已收记录</th><th>时钟差</th><th>证书</th><th>版本</th>"
                  "</tr></thead><tbody>",
                  v->out);
        if (n_shown >= first && n_shown < first + ROWS_A_PAGE)
            put_row(v->out, &row[i]);
        n_shown++;
    }
    if (n_shown > first)
        fputs("</tbody></table></div>", v->out);
    else if (*v->search)
        fputs("<p class=\"empty\">没有这个号的终端。</p></div>", v->out);
    else
        fputs("<p class=\"empty\">没有这样的终端。</p></div>", v->out);
    int64_t n_pages = (n_shown + ROWS_A_PAGE - 1) / ROWS_A_PAGE;
    if (n_pages <= 1)
        return;
    fputs("<div class=\"pages\">", v->out);
    const char *const name[] = {"上一页", "下一页"};
    const int64_t to[] = {v->page - 1, v->page + 1};
    for (int i = 0; i < 2; i++)
        if (to[i] >= 1 && to[i] <= n_pages)
            fprintf(v->out, "<a href=\"?sort=%s&amp;search=%s&amp;page=%" PRId64 "\">%s</a>",
                    v->sort, v->search, to[i], name[i]);
    fprintf(v->out, "<span>第 %" PRId64 " 页，共 %" PRId64 " 页，%" PRId64 " 台</span></div>",
            v->page, n_pages, n_shown);
}

static void put_page(void *arg, const struct fleet_row *row, size_t n, const struct fleet_totals *t)
{
    const struct view *v = arg;
    fputs("<!DOCTYPE html><html lang=\"zh-Hans\"><head><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
          "<meta http-equiv=\"refresh\" content=\"30\"><title>终端运行</title><style>",
          v->out);
    fputs(fleet_style, v->out);
    fprintf(v->out,
            "</style></head><body><main><header><h1>终端运行</h1><p>%.10s %02d:%.5s 的情况，"
            "每半分钟更新</p></header>",
            t->taken_at, (int)((strtol(t->taken_at + 11, NULL, 10) + 8) % 24), t->taken_at + 14);
    put_tiles(v->out, t);
    put_bar(v);
    put_table(v, row, n);
    fputs("</main></body></html>", v->out);
}

static const char *tab_of(const char *sort)
{
    for (size_t i = 0; sort && i < YJ_COUNT(tabs); i++)
        if (strcmp(tabs[i].id, sort) == 0)
            return tabs[i].id;
    return tabs[0].id;
}

void fleet_get_page(const struct centre *c, const struct request *q, struct reply *r)
{
    const char *search = q->value[REQUEST_ARG_SEARCH];
    struct err err = {0};
    size_t n = 0;
    struct view v = {.search = search && strspn(search, "0123456789") == strlen(search) &&
                                       strlen(search) <= 10
                                   ? search
                                   : "",
                     .sort = tab_of(q->value[REQUEST_ARG_SORT]),
                     .page = 1};
    if (!request_number(q->value[REQUEST_ARG_PAGE], MAX_PAGE, &v.page) || v.page < 1)
        v.page = 1;
    v.out = open_memstream(&r->body, &n);
    int failed = v.out ? fleet_look(c, put_page, &v, &err) : ERR(&err, ERR_SYSTEM, "no memory");
    if (v.out)
        fclose(v.out);
    if (failed < 0) {
        reply_unavailable(r, &err);
        return;
    }
    r->status = 200;
    r->type = "text/html; charset=utf-8";
    r->body_bytes = n;
}
