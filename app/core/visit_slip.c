/* SPDX-License-Identifier: Apache-2.0 */
/* The paper the visitor takes away, as content (domain.md 3.6). Paper is in Chinese whatever the
 * screen shows: it is what a window clerk reads. Pure. Thread: the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "core/codes.h"

/* Lines of a receipt beside its tasks and materials. */
enum { FIXED_LINES = 32 };
static_assert(MATTER_MAX_TASKS + MATTER_MAX_MATERIALS + FIXED_LINES <= SLIP_MAX_LINES,
              "the largest receipt fits");

static struct slip_line *line_add(struct slip *s, enum slip_style style, const char *left,
                                  const char *right)
{
    assert(s->n_lines < SLIP_MAX_LINES);
    struct slip_line *line = &s->line[s->n_lines++];
    line->style = style;
    visit_copy(line->left, sizeof line->left, left ? left : "");
    visit_copy(line->right, sizeof line->right, right ? right : "");
    return line;
}

static void line_time(struct slip *s, const char *label, int64_t wall_ms)
{
    char text[64];
    struct clock_civil c = clock_civil_of(wall_ms);
    snprintf(text, sizeof text, "%04d年%02d月%02d日 %02d:%02d", c.year, c.month, c.day, c.hour,
             c.minute);
    line_add(s, SLIP_PAIR, label, text);
}

/* The token of a copy says so itself: a clerk's check tells an original from a reprint. */
static void line_code(struct slip *s, const struct record_ref *record, bool is_copy)
{
    struct slip_line *line = line_add(s, SLIP_QR, "", NULL);
    const char *token = record->token;
    if (is_copy && !strncmp(token, "YJ1.", 4))
        snprintf(line->left, sizeof line->left, "YJ1C.%.*s", (int)sizeof line->left - 6, token + 4);
    else
        visit_copy(line->left, sizeof line->left, token);
}

static void lines_head(const struct visit *v, struct slip *s, const char *title,
                       const struct record_ref *record, int copy)
{
    line_add(s, SLIP_TITLE, title, NULL);
    if (copy > 0) {
        char mark[48];
        snprintf(mark, sizeof mark, "补打（第 %d 次）", copy);
        line_add(s, SLIP_COPY_MARK, mark, NULL);
    }
    if (v->cfg.terminal_name)
        line_add(s, SLIP_NOTE, v->cfg.terminal_name, NULL);
    line_add(s, SLIP_RULE, "", NULL);
    line_add(s, SLIP_TEXT, "回执编号", NULL);
    line_add(s, SLIP_NUMBER, record->number, NULL);
}

static void lines_foot(const struct visit *v, struct slip *s, const struct record_ref *record,
                       int copy)
{
    char where[160];
    line_add(s, SLIP_RULE, "", NULL);
    snprintf(where, sizeof where, "查进度：拨打 %.32s，或在本机、政务服务窗口出示下面的二维码。",
             v->cfg.hall_phone ? v->cfg.hall_phone : "12345");
    line_add(s, SLIP_TEXT, where, NULL);
    line_code(s, record, copy > 0);
    line_add(s, SLIP_PAIR, "终端", v->cfg.terminal_id);
    line_add(s, SLIP_NOTE, "二维码里没有姓名和证件号码，请保管好凭证。", NULL);
}

static void lines_person(const struct visit *v, struct slip *s)
{
    char masked[192];
    codes_mask_name(v->s.card.name[0] ? v->s.card.name : v->s.card.english_name, masked,
                    sizeof masked);
    line_add(s, SLIP_PAIR, "申请人", masked);
    codes_mask_idno(v->s.card.number, masked, sizeof masked);
    line_add(s, SLIP_PAIR, "证件号码", masked);
    bytes_wipe(masked, sizeof masked);
}

/* "department · days · must come to … · how it is handed over" */
static void task_text(const struct visit *v, size_t i, char *out, size_t cap)
{
    const struct matter *m = v->s.matter;
    const struct matter_task *task = &m->task[i];
    char days[32], come[128] = "", deliver[96] = "";
    if (task->days)
        snprintf(days, sizeof days, "%d 个工作日", task->days);
    else
        snprintf(days, sizeof days, "当场办");
    if (task->is_in_person && task->place >= 0)
        snprintf(come, sizeof come, " · 要到%.80s当面办", m->place[task->place].name);
    else if (task->is_in_person)
        snprintf(come, sizeof come, " · 要有人到场办");
    if (task->deliver_var >= 0 && visit_answers_shown(v, task->deliver_var)) {
        char way[64];
        visit_answers_show(v, task->deliver_var, way, sizeof way);
        if (way[0])
            snprintf(deliver, sizeof deliver, " · %s", way);
    }
    char text[SLIP_TEXT_BYTES + 64];
    snprintf(text, sizeof text, "%.120s · %s%s%s", task->dept, days, come, deliver);
    visit_copy(out, cap, text);
}

/* The day by which the whole is promised, where the calendar is certain; else about. */
static void line_due(const struct visit *v, struct slip *s)
{
    char day[16], text[64];
    bool is_certain = false;
    int due = visit_matter_due(v, v->s.matter->promise_days, &is_certain);
    if (!due || !v->s.matter->promise_days || !v->link.is_online || v->s.fixing)
        return; /* without a network nobody has received anything yet */
    visit_matter_day(due, day);
    snprintf(text, sizeof text, "%s%s", is_certain ? "" : "约 ", day);
    line_add(s, SLIP_PAIR, "承诺办结", text);
}

static void lines_tasks(const struct visit *v, struct slip *s)
{
    const struct matter *m = v->s.matter;
    char heading[64], right[SLIP_TEXT_BYTES];
    snprintf(heading, sizeof heading,
             v->s.fixing ? "补正涉及的 %zu 个事项" : "一并提交的 %zu 个事项", visit_tasks_count(v));
    line_add(s, SLIP_HEADING, heading, NULL);
    for (size_t i = 0; i < m->n_tasks; i++) {
        if (v->s.plan.task[i] != TRI_TRUE)
            continue;
        task_text(v, i, right, sizeof right);
        line_add(s, SLIP_ENTRY, m->task[i].name, right);
    }
}

static const char exempt_now[] = "免提交", exempt_later[] = "免提交，待联网核验",
                  exempt_promised[] = "已承诺，免提交", exempt_verified[] = "已核验，免提交";

/* Why a material is not asked for; NULL: it is. */
static const char *exempt_word(const struct visit *v, size_t i)
{
    enum matter_mode mode = v->s.matter->material[i].mode;
    if (visit_is_to_supply(v, (int)i) || mode == MODE_E7)
        return NULL;
    if (mode == MODE_E5)
        return exempt_promised;
    enum visit_proof proof = visit_shared_proof(v, (int)i, NULL);
    if (proof != PROOF_NONE)
        return proof == PROOF_VERIFIED ? exempt_verified : exempt_later;
    return mode != MODE_E1 && !v->link.is_online ? exempt_later : exempt_now;
}

static const char *supply_word(const struct visit *v, size_t i, char *later, size_t cap)
{
    const struct matter_material *m = &v->s.matter->material[i];
    enum visit_supply_kind kind = v->s.supply[i].kind;
    if (m->mode == MODE_E7 || kind == SUPPLY_LATER) {
        snprintf(later, cap, "待补（%d 个工作日内）", visit_later_days(v, (int)i));
        return later;
    }
    return kind == SUPPLY_SCANNED ? "已收" : kind == SUPPLY_PROMISED ? "已承诺" : "待补";
}

/* Those nobody has to bring, by the reason: names in a row, on as many lines as they need. */
static void lines_exempt(const struct visit *v, struct slip *s, const char *word)
{
    const struct matter *m = v->s.matter;
    struct slip_line *line = NULL;
    size_t n = 0, used = 0;
    for (size_t i = 0; i < m->n_materials; i++)
        n += v->s.plan.material[i] == TRI_TRUE && exempt_word(v, i) == word;
    for (size_t i = 0; i < m->n_materials; i++) {
        if (v->s.plan.material[i] != TRI_TRUE || exempt_word(v, i) != word)
            continue;
        bool is_first = !line;
        if (is_first || used + strlen(m->material[i].name) + sizeof "、" > sizeof line->left) {
            line = line_add(s, SLIP_NOTE, "", NULL);
            used = 0;
        }
        char count[64];
        snprintf(count, sizeof count, "%.40s %zu 份：", word, n);
        used += (size_t)snprintf(line->left + used, sizeof line->left - used, "%s%.255s",
                                 is_first ? count
                                 : used   ? "、"
                                          : "",
                                 m->material[i].name);
    }
}

/* What the visitor still has to do with stands first and large. */
static void lines_materials(const struct visit *v, struct slip *s)
{
    const struct matter *m = v->s.matter;
    char later[64];
    bool has_any = false;
    for (size_t i = 0; i < m->n_materials; i++)
        has_any |= v->s.plan.material[i] == TRI_TRUE;
    if (!has_any)
        return; /* a correction of answers alone */
    line_add(s, SLIP_HEADING, "材料", NULL);
    for (size_t i = 0; i < m->n_materials; i++)
        if (v->s.plan.material[i] == TRI_TRUE && !exempt_word(v, i))
            line_add(s, SLIP_ITEM, m->material[i].name, supply_word(v, i, later, sizeof later));
    lines_exempt(v, s, exempt_verified);
    lines_exempt(v, s, exempt_now);
    lines_exempt(v, s, exempt_later);
    lines_exempt(v, s, exempt_promised);
}

static void slip_receipt(const struct visit *v, int copy, struct slip *s)
{
    bool is_online = v->link.is_online;
    lines_head(v, s, is_online ? "收件凭证" : "离线收件凭证", &v->s.record, copy);
    line_add(s, SLIP_RULE, "", NULL);
    line_add(s, SLIP_PAIR, "办理", v->s.matter->name);
    if (v->s.fixing) /* which application it belongs to */
        line_add(s, SLIP_PAIR, "补正的申请", visit_fix_number(v));
    lines_person(v, s);
    line_time(s, "提交时间", v->s.record.sealed_wall_ms);
    line_add(s, SLIP_SPACE, "", NULL);
    lines_tasks(v, s);
    line_due(v, s);
    line_add(s, SLIP_SPACE, "", NULL);
    lines_materials(v, s);
    line_add(s, SLIP_SPACE, "", NULL);
    if (is_online) {
        line_add(s, SLIP_TEXT, "申请已经收下，会送到各部门。正式受理以部门通知为准。", NULL);
    } else {
        line_add(s, SLIP_HEADING, "提交时网络不通", NULL);
        line_add(s, SLIP_TEXT,
                 "您的申请已经存好，联网后自动送到部门，届时才有办件编号。"
                 "办理时间从部门收到那天算起。",
                 NULL);
    }
    lines_foot(v, s, &v->s.record, copy);
}

/* For a receipt that a stop of the terminal kept back. The visitor has gone: nothing personal. */
static void slip_recovery(const struct visit *v, int copy, struct slip *s)
{
    const struct journal_entry *entry = &v->pending[0];
    lines_head(v, s, "收件凭证", &entry->ref, copy);
    line_add(s, SLIP_RULE, "", NULL);
    line_add(s, SLIP_PAIR, "办理", entry->matter_name);
    line_time(s, "提交时间", entry->ref.sealed_wall_ms);
    line_add(s, SLIP_TEXT, "本机重新启动过，这张凭证补在这里。申请已经存好，不用再办一次。", NULL);
    lines_foot(v, s, &entry->ref, copy);
}

void visit_slip(const struct visit *v, int copy, struct slip *ret)
{
    bytes_wipe(ret, sizeof *ret);
    if (v->state == STATE_RECOVER && v->n_pending > 0)
        slip_recovery(v, copy, ret);
    else if (v->s.has_record && v->s.matter)
        slip_receipt(v, copy, ret);
}

/* ---- the list of materials as a ticket: nothing personal ---- */

static const char *list_word(const struct matter_material *m)
{
    switch (m->mode) {
    case MODE_E1:
    case MODE_E2:
    case MODE_E3:
    case MODE_E4:
        return "免提交";
    case MODE_E5:
        return "签承诺即可";
    case MODE_E6:
        return "要带来";
    case MODE_E7:
        break;
    }
    return "可后补";
}

static void lines_list(const struct visit *v, struct slip *s, bool is_exempt)
{
    const struct matter *m = v->s.matter;
    for (size_t i = 0; i < m->n_materials; i++) {
        enum matter_mode mode = m->material[i].mode;
        bool has_to_come = mode == MODE_E6 || mode == MODE_E7;
        enum tri need = visit_matter_material(v, i);
        if (has_to_come == is_exempt || need == TRI_FALSE)
            continue;
        char right[64];
        bool is_maybe = need == TRI_UNKNOWN;
        snprintf(right, sizeof right, "%s%s", list_word(&m->material[i]),
                 is_maybe ? "（可能需要）" : "");
        line_add(s, SLIP_ITEM, m->material[i].name, right);
    }
}

static void lines_places(const struct matter *m, struct slip *s)
{
    for (size_t i = 0; i < m->n_places; i++) {
        const struct matter_place *p = &m->place[i];
        char right[SLIP_TEXT_BYTES], text[SLIP_TEXT_BYTES * 2];
        snprintf(text, sizeof text, "%.160s %.120s %.40s", p->addr ? p->addr : "", p->hours,
                 p->tel ? p->tel : "");
        visit_copy(right, sizeof right, text + (text[0] == ' '));
        line_add(s, SLIP_ENTRY, p->name, right);
    }
}

void visit_list_slip(const struct visit *v, struct slip *ret)
{
    const struct matter *m = v->s.matter;
    bytes_wipe(ret, sizeof *ret);
    if (!m)
        return;
    line_add(ret, SLIP_TITLE, "材料清单", NULL);
    if (v->cfg.terminal_name)
        line_add(ret, SLIP_NOTE, v->cfg.terminal_name, NULL);
    line_add(ret, SLIP_RULE, "", NULL);
    line_add(ret, SLIP_PAIR, "办理", m->name);
    line_add(ret, SLIP_SPACE, "", NULL);
    lines_list(v, ret, false);
    lines_list(v, ret, true);
    if (m->n_places) {
        line_add(ret, SLIP_SPACE, "", NULL);
        line_add(ret, SLIP_HEADING, "到哪里办", NULL);
        lines_places(m, ret);
    }
    char where[96];
    line_add(ret, SLIP_RULE, "", NULL);
    line_add(ret, SLIP_NOTE, "写“免提交”的由系统核验，不用带来。", NULL);
    snprintf(where, sizeof where, "咨询电话 %.32s",
             v->cfg.hall_phone ? v->cfg.hall_phone : "12345");
    line_add(ret, SLIP_TEXT, where, NULL);
    if (v->today) {
        char day[16];
        visit_matter_day(v->today, day);
        line_add(ret, SLIP_PAIR, "打印日期", day);
    }
}
