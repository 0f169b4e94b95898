/* SPDX-License-Identifier: Apache-2.0 */
/* A4 documents of a visit as content: application form, promise, list of materials. Unmasked, in
 * Chinese whatever the screen shows: they are what a window clerk reads and files. Pure. Thread:
 * the one that owns the visit. */
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "core/codes.h"

enum { SCRATCH_BYTES = 512, N_SCRATCH = 8 };

struct page {
    struct document *doc;
    bool is_full; /* something did not fit: the whole is refused, nothing is left out silently */
    char scratch[N_SCRATCH][SCRATCH_BYTES]; /* texts on their way into the document, in turn */
    int n_scratch;
};

/* @return text valid until N_SCRATCH further calls */
static const char *form(struct page *p, const char *fmt, ...) YJ_PRINTF(2, 3);

static const char *form(struct page *p, const char *fmt, ...)
{
    char *text = p->scratch[p->n_scratch++ % N_SCRATCH];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, SCRATCH_BYTES, fmt, ap);
    va_end(ap);
    p->is_full |= n >= SCRATCH_BYTES;
    return text;
}

/* The texts are copied; NULL counts as "". */
static void block(struct page *p, enum document_block_kind kind, const char *left,
                  const char *right, const char *third)
{
    p->is_full |= !document_add(p->doc, kind, left, right, third);
}

static const char *keep(struct page *p, const char *text)
{
    const char *kept = document_text(p->doc, text);
    p->is_full |= !kept;
    return kept ? kept : "";
}

static void pair_if(struct page *p, const char *label, const char *value)
{
    if (value && value[0])
        block(p, DOCUMENT_PAIR, label, value, NULL);
}

static const char *day_text(struct page *p, const char *yyyymmdd)
{
    if (strlen(yyyymmdd) != 8)
        return yyyymmdd;
    return form(p, "%.4s年%.2s月%.2s日", yyyymmdd, yyyymmdd + 4, yyyymmdd + 6);
}

static const char *date_text(struct page *p, int64_t wall_ms)
{
    struct clock_civil c = clock_civil_of(wall_ms);
    return wall_ms ? form(p, "%04d年%02d月%02d日", c.year, c.month, c.day) : "";
}

/* ---- parts ---- */

static const char *card_word(enum card_kind kind)
{
    switch (kind) {
    case CARD_CITIZEN:
        return "居民身份证";
    case CARD_HMT:
        return "港澳台居民居住证";
    case CARD_FOREIGNER_2017:
    case CARD_FOREIGNER_2023:
        return "外国人永久居留身份证";
    case CARD_SOCIAL_SECURITY:
        break;
    }
    return "居民身份证（号码由社会保障卡读出）";
}

static const char *valid_text(struct page *p, const struct card *c)
{
    const char *end = c->is_long_term  ? "长期"
                      : c->valid_to[0] ? day_text(p, c->valid_to)
                                       : c->valid_to_raw; /* as it stands there, for the clerk */
    return c->valid_from[0] || end[0] ? form(p, "%s—%s", day_text(p, c->valid_from), end) : "";
}

static void put_person(struct page *p, const struct card *c)
{
    block(p, DOCUMENT_HEADING, "申请人", NULL, NULL);
    pair_if(p, "姓名", c->name[0] ? c->name : c->english_name);
    if (c->name[0])
        pair_if(p, "英文姓名", c->english_name);
    pair_if(p, "性别", codes_sex_name(c->sex));
    pair_if(p, "民族", codes_nation_name(c->nation));
    pair_if(p, "国籍", c->nationality);
    pair_if(p, "出生日期", day_text(p, c->birth));
    pair_if(p, "证件类型", card_word(c->kind));
    pair_if(p, "证件号码", c->number);
    pair_if(p, "通行证号码", c->permit_number);
    pair_if(p, "住址", c->address);
    pair_if(p, "签发机关", c->authority);
    pair_if(p, "有效期限", valid_text(p, c));
}

/* An answer as the paper form has it: labels for options, nothing masked. */
static const char *answer_text(struct page *p, const struct visit *v, size_t i)
{
    const struct matter_var *var = &v->s.matter->var[i];
    const char *value = visit_answers_value(v, (int)i);
    if (!value[0])
        return "（未填）";
    if (var->type == TYPE_BOOL)
        return !strcmp(value, "true") ? "是" : "否";
    if (var->type == TYPE_CONSENT)
        return "已同意";
    if (var->unit)
        return form(p, "%s %s", value, var->unit);
    bool is_label = var->type == TYPE_ENUM || var->type == TYPE_SET || var->type == TYPE_REGION;
    if (!is_label)
        return value;
    char shown[SCRATCH_BYTES];
    visit_answers_label(v, (int)i, shown, sizeof shown);
    return form(p, "%s", shown);
}

static void put_answer(struct page *p, const struct visit *v, size_t i)
{
    block(p, DOCUMENT_PAIR, v->s.matter->var[i].label, answer_text(p, v, i), NULL);
}

static void put_questions(struct page *p, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    bool has_heading = false;
    for (size_t i = 0; i < m->n_vars; i++) {
        if (!m->var[i].is_question || !visit_answers_shown(v, (int)i))
            continue;
        if (!has_heading)
            block(p, DOCUMENT_HEADING, "基本情况", NULL, NULL);
        has_heading = true;
        put_answer(p, v, i);
    }
}

/* Each member of a repeat under a heading of its own. */
static void put_group(struct page *p, const struct visit *v, size_t group)
{
    const struct matter *m = v->s.matter;
    bool repeats = visit_repeats(m, (int)group);
    int count = visit_repeat_count(v, (int)group);
    for (int member = 0; member < count; member++) {
        bool has_heading = false;
        for (size_t i = 0; i < m->n_vars; i++) {
            if (m->var[i].is_question || m->var[i].group != (int)group ||
                m->var[i].member != member || !visit_answers_shown(v, (int)i))
                continue;
            if (!has_heading && repeats)
                block(p, DOCUMENT_HEADING, form(p, "%s（%d）", m->group[group].title, member + 1),
                      NULL, NULL);
            else if (!has_heading)
                block(p, DOCUMENT_HEADING, m->group[group].title, NULL, NULL);
            has_heading = true;
            put_answer(p, v, i);
        }
    }
}

static void put_tasks(struct page *p, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    block(p, DOCUMENT_HEADING, "一并办理的事项", NULL, NULL);
    block(p, DOCUMENT_ROW_HEAD, "事项", "办理部门", "承诺时限");
    for (size_t i = 0; i < m->n_tasks; i++)
        if (v->s.plan.task[i] == TRI_TRUE)
            block(p, DOCUMENT_ROW, m->task[i].name, m->task[i].dept,
                  m->task[i].days ? form(p, "%d 个工作日", m->task[i].days) : "当场办");
}

static const char *mode_word(const struct visit *v, size_t i)
{
    switch (v->s.matter->material[i].mode) {
    case MODE_E1:
        return "免提交：系统生成";
    case MODE_E2:
        return "免提交：电子证照";
    case MODE_E3:
        return "免提交：联网核验";
    case MODE_E4:
        return "免提交：以前交过";
    case MODE_E5:
        return "免提交：签名承诺";
    case MODE_E6:
        return "需要提供";
    case MODE_E7:
        break;
    }
    return "可以过后补交";
}

/* What was or is to be done about a material. */
static const char *state_word(struct page *p, const struct visit *v, size_t i)
{
    const struct matter_material *m = &v->s.matter->material[i];
    bool is_later = m->mode == MODE_E7;
    if (v->s.has_record && visit_shared_proof(v, (int)i, NULL) == PROOF_VERIFIED)
        return "免提交：已核验";
    if (visit_is_to_supply(v, (int)i)) {
        switch (v->s.supply[i].kind) {
        case SUPPLY_SCANNED:
            return "已扫码提交";
        case SUPPLY_PROMISED:
            return "签名承诺代替";
        case SUPPLY_LATER:
            is_later = true;
            break;
        case SUPPLY_NONE:
            break;
        }
    }
    if (is_later)
        return form(p, "%d 个工作日内补交", visit_later_days(v, (int)i));
    return mode_word(v, i);
}

static void put_materials(struct page *p, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    block(p, DOCUMENT_HEADING, "材料", NULL, NULL);
    block(p, DOCUMENT_ROW_HEAD, "材料", "怎么交", "说明");
    for (size_t i = 0; i < m->n_materials; i++) {
        enum tri need = visit_matter_material(v, i);
        if (need == TRI_FALSE)
            continue;
        block(p, DOCUMENT_ROW, m->material[i].name, state_word(p, v, i),
              need == TRI_TRUE ? m->material[i].hint : "按您的情况可能需要");
    }
}

static void put_signature(struct page *p, const struct visit *v)
{
    if (v->s.is_signed_by_key) /* nobody takes the empty line for a form that was not signed */
        block(p, DOCUMENT_PARAGRAPH, "申请人未手写签名，在自助终端上两次按键确认以上内容。", NULL,
              NULL);
    block(p, DOCUMENT_SIGNATURE, v->s.is_signed_by_key ? "申请人（按键确认）" : "申请人（签名）",
          date_text(p, v->s.finished_wall_ms), NULL);
}

/* ---- documents ---- */

static void write_application(struct page *p, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    p->doc->title = keep(p, "“高效办成一件事”申请表");
    put_person(p, &v->s.card);
    put_questions(p, v);
    for (size_t g = 0; g < m->n_groups; g++)
        put_group(p, v, g);
    put_tasks(p, v);
    put_materials(p, v);
    block(p, DOCUMENT_PARAGRAPH, "本人填写的内容真实，同意一并提交给上述各部门办理。", NULL, NULL);
    put_signature(p, v);
    block(p, DOCUMENT_NOTE,
          "本表由自助终端按已提交的申请打印。申请已在终端提交，交表不是办理的条件。", NULL, NULL);
}

static void write_promise(struct page *p, const struct visit *v)
{
    const struct matter *m = v->s.matter;
    p->doc->title = keep(p, "告知承诺书");
    pair_if(p, "申请人", v->s.card.name[0] ? v->s.card.name : v->s.card.english_name);
    pair_if(p, "证件号码", v->s.card.number);
    block(p, DOCUMENT_HEADING, "告知", NULL, NULL);
    block(p, DOCUMENT_PARAGRAPH,
          "下列材料可以用书面承诺代替。部门会在办理中或办理后核查；承诺与事实不符的，"
          "部门可以撤销决定，并依法记入信用记录。",
          NULL, NULL);
    for (size_t i = 0; i < m->n_materials; i++)
        if (v->s.plan.material[i] == TRI_TRUE &&
            (m->material[i].mode == MODE_E5 || v->s.supply[i].kind == SUPPLY_PROMISED))
            block(p, DOCUMENT_ITEM, m->material[i].name, NULL, NULL);
    block(p, DOCUMENT_HEADING, "承诺", NULL, NULL);
    block(p, DOCUMENT_PARAGRAPH,
          "本人已经知道上述告知的内容。本人承诺：符合办理条件，上列材料所证明的情况属实，"
          "愿意接受核查，并承担不实承诺的责任。",
          NULL, NULL);
    put_signature(p, v);
}

static void write_materials(struct page *p, const struct visit *v)
{
    p->doc->title = keep(p, "材料清单");
    put_materials(p, v);
    block(p, DOCUMENT_NOTE, "写“免提交”的由系统核验，不用带来。", NULL, NULL);
}

static void write_frame(struct page *p, const struct visit *v)
{
    struct document *d = p->doc;
    d->subtitle = keep(p, v->s.matter->name);
    d->number = v->s.has_record ? keep(p, v->s.record.number) : "";
    d->qr = v->s.has_record ? keep(p, v->s.record.token) : "";
    d->footer = keep(p, form(p, "%s　咨询电话 %s", v->cfg.terminal_name ? v->cfg.terminal_name : "",
                             v->cfg.hall_phone ? v->cfg.hall_phone : "12345"));
    if (v->s.n_pages_out[d->kind] > 0)
        block(p, DOCUMENT_COPY_MARK, form(p, "第 %d 次打印", v->s.n_pages_out[d->kind] + 1), NULL,
              NULL);
}

int visit_document(const struct visit *v, enum document_kind kind, struct document *ret,
                   struct err *err)
{
    struct page p = {.doc = ret};
    /* the form may go with the record itself, before that has its number */
    bool is_going = kind == DOCUMENT_APPLICATION && v->state == STATE_SUBMITTING;
    bool is_possible = v->s.matter && (kind == DOCUMENT_MATERIALS || v->s.has_record || is_going);
    if (!is_possible || (kind == DOCUMENT_PROMISE && !visit_has_promise(v)))
        return ERR(err, ERR_WRONG_STATE, "there is no document to write");
    bytes_wipe(ret, sizeof *ret);
    ret->kind = kind;
    write_frame(&p, v);
    switch (kind) {
    case DOCUMENT_APPLICATION:
        write_application(&p, v);
        break;
    case DOCUMENT_PROMISE:
        write_promise(&p, v);
        break;
    case DOCUMENT_MATERIALS:
        write_materials(&p, v);
        break;
    case DOCUMENT_N_KINDS:
        break;
    }
    bytes_wipe(p.scratch, sizeof p.scratch);
    if (!p.is_full)
        return 0;
    bytes_wipe(ret, sizeof *ret);
    return ERR(err, ERR_TOO_BIG, "the matter does not fit one document");
}
