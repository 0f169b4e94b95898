/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made views: what the visit machine shows, with invented persons. */
#include "views.h"

#include "views_priv.h"

static void home(struct view *v)
{
    page(v, SCREEN_HOME, "home.title", "home.subtitle", 0);
    no_buttons(v);
    struct view_item *m = add(v, VIEW_MATTER, "matter.NB.BIRTH", "新生儿出生");
    m->note = LIT("出生证明、上户口、医保、生育津贴，一次办好");
    m->icon = "newborn";
}

static void home_many(struct view *v)
{
    static const char *const names[] = {"新生儿出生", "灵活就业", "公民婚育",
                                        "退休",       "公民身后", "残疾人服务"};
    static const char *const ids[] = {"m.1", "m.2", "m.3", "m.4", "m.5", "m.6"};
    page(v, SCREEN_HOME, "home.title", "home.subtitle", 0);
    no_buttons(v);
    v->banner = ID("banner.offline");
    v->banner_tone = TONE_WAIT;
    for (int i = 0; i < 6; i++) {
        struct view_item *m = add(v, VIEW_MATTER, ids[i], names[i]);
        m->note = LIT("多个部门的事，填一次表就好");
        m->icon = i ? NULL : "newborn";
    }
}

static void task(struct view *v, const char *id, const char *name, const char *dept,
                 const char *days, enum view_tone tone)
{
    struct view_item *i = add(v, VIEW_TASK, id, name);
    i->value = LIT(dept);
    i->note = (struct view_text){.id = "task.days", .arg = {days}};
    i->tone = tone;
}

static void matter(struct view *v)
{
    page(v, SCREEN_MATTER, "home.title", NULL, 0);
    v->title = LIT("新生儿出生");
    v->subtitle = LIT("填一次表，几个部门同时办");
    v->next = action("matter.begin", INTENT_NEXT, true);
    static const char *const figures[][3] = {{"跑动次数", "4 次", "0 次"},
                                             {"提交材料", "22 份", "4 份"},
                                             {"办理时限", "72 天", "5 天"},
                                             {"办理环节", "7 个", "1 个"}};
    for (int i = 0; i < 4; i++) {
        struct view_item *m = add(v, VIEW_METRIC, figures[i][0], figures[i][0]);
        m->value = LIT(figures[i][1]);
        m->value2 = LIT(figures[i][2]);
    }
    add(v, VIEW_HEADING, "matter.tasks", "一起办的事");
    task(v, "task.cert", "出生医学证明", "卫生健康部门", "1", TONE_OK);
    task(v, "task.hukou", "出生登记（上户口）", "公安部门", "3", TONE_OK);
    task(v, "task.medins", "城乡居民基本医疗保险参保登记", "医疗保障部门", "3", TONE_OK);
    task(v, "task.card", "社会保障卡申领", "人力资源和社会保障部门", "5", TONE_WAIT);
    struct view_item *last = add(v, VIEW_TASK, "task.allow", "生育津贴支付申领");
    last->value = LIT("医疗保障部门");
    last->note = (struct view_text){.id = "task.after", .arg = {"出生登记（上户口）", "5"}};
    add(v, VIEW_HEADING, "matter.materials", "要用到的材料");
    struct view_item *m = add(v, VIEW_MATERIAL, "material.id", "父母双方居民身份证");
    m->note = (struct view_text){.id = "material.certificate", .arg = {"居民身份证"}};
    m->tone = TONE_OK;
    m = add(v, VIEW_MATERIAL, "material.marriage", "结婚证");
    m->note = (struct view_text){.id = "material.certificate", .arg = {"结婚证"}};
    m->tone = TONE_OK;
    m = add(v, VIEW_MATERIAL, "material.birth", "出生医学信息");
    m->note = ID("material.needed");
    m->tone = TONE_WAIT;
}

static void notice(struct view *v)
{
    page(v, SCREEN_NOTICE, "notice.title", NULL, 1);
    v->next = action("notice.agree", INTENT_NEXT, true);
    add(v, VIEW_PARAGRAPH, "notice.1",
        "本机为办理您选择的事项而读取身份信息，只用于本次办理，办完即清除。点击“同意”继续，也可以到"
        "窗口办理。");
    add(v, VIEW_PARAGRAPH, "notice.2",
        "我们会读取：姓名、公民身份号码、住址、证件有效期。您填写的内容会加密保存，只有受理部门能够"
        "打开。");
    add(v, VIEW_PARAGRAPH, "notice.3",
        "您可以随时停下。已填的内容只保存到您离开；没有点“提交”以前，什么都不会送出去。需要帮助时，"
        "请点下面的“请人帮忙”。");
}

static void identify(struct view *v)
{
    page(v, SCREEN_IDENTIFY, "identify.title", "identify.subtitle", 1);
    memset(&v->next, 0, sizeof v->next);
    v->illustration = LIT("lay-card");
    add(v, VIEW_PROGRESS, "identify.state", NULL)->label = ID("identify.waiting");
    add(v, VIEW_NOTE, "identify.kinds", NULL)->label = ID("identify.kinds");
}

static void identified(struct view *v)
{
    identify(v);
    v->item[0].label = (struct view_text){.id = "identify.read", .arg = {"张三"}};
    v->item[0].tone = TONE_OK;
    v->next = action("action.next", INTENT_NEXT, true);
    v->extra = action("identify.another", INTENT_EDIT, false);
    v->alert = ID("identify.failed.moved");
    v->alert_tone = TONE_WARN;
}

static void questions(struct view *v)
{
    page(v, SCREEN_QUESTIONS, "questions.title", "questions.subtitle", 2);
    struct view_item *q = add(v, VIEW_CHOICE, "q_married", "孩子的父母是不是已经结婚登记？");
    option(v, q, "是", true);
    option(v, q, "不是", false);
    q = add(v, VIEW_CHOICE, "q_hukou_with", "孩子的户口跟谁？");
    option(v, q, "跟爸爸", false);
    option(v, q, "跟妈妈", true);
    q = add(v, VIEW_CHOICE, "q_card", "社会保障卡用哪家银行？");
    q->note = LIT("卡做好以后会通知您去领");
    option(v, q, "示例银行", false);
    option(v, q, "示例农村商业银行", false);
    option(v, q, "先不办卡", false);
    q = add(v, VIEW_CHOICE, "q_days", "妈妈有没有参加职工生育保险？");
    q->note = ID("field.required.choose");
    q->has_error = true;
    option(v, q, "参加了", false);
    option(v, q, "没有参加", false);
    option(v, q, "不清楚", false);
}

static void form(struct view *v)
{
    page(v, SCREEN_FORM, "form.title", NULL, 3);
    v->title = LIT("新生儿的信息");
    v->alert = ID("form.fix");
    v->alert_tone = TONE_ERROR;
    field(v, "field.baby.name", "孩子的姓名", "张小宝", INPUT_NAME)->note =
        LIT("要和出生医学证明上的一样");
    struct view_item *f = field(v, "field.baby.sex", "孩子的性别", NULL, INPUT_ENUM);
    option(v, f, "男", true);
    option(v, f, "女", false);
    field(v, "field.baby.birth", "出生日期", "2026-10-01", INPUT_DATE);
    f = field(v, "field.mother.phone", "妈妈的手机号码", "138****000", INPUT_MOBILE);
    f->note = ID("field.bad.mobile");
    f->has_error = true;
    field(v, "field.address", "户口落在哪里", "北京市朝阳区示例路1号", INPUT_ADDRESS);
    f = field(v, "field.nation", "民族", NULL, INPUT_ENUM);
    static const char *const nations[] = {"汉族", "蒙古族", "回族",   "藏族",   "维吾尔族", "苗族",
                                          "彝族", "壮族",   "布依族", "朝鲜族", "满族",     "侗族",
                                          "瑶族", "白族",   "土家族", "哈尼族", "傣族",     "黎族"};
    for (size_t i = 0; i < sizeof nations / sizeof *nations; i++)
        option(v, f, nations[i], false);
    f = field(v, "field.note", "想对工作人员说的话", NULL, INPUT_TEXT);
    f->is_required = false;
}

static void form_one(struct view *v)
{
    page(v, SCREEN_FORM, "form.title", NULL, 3);
    v->title = LIT("新生儿的信息");
    field(v, "field.baby.name", "孩子的姓名", NULL, INPUT_NAME)->note =
        LIT("要和出生医学证明上的一样");
}

static void materials(struct view *v)
{
    page(v, SCREEN_MATERIALS, "materials.title", "materials.subtitle", 4);
    v->next.is_enabled = false;
    add(v, VIEW_HEADING, "materials.to_supply", NULL)->label = ID("materials.to_supply");
    struct view_item *m = add(v, VIEW_MATERIAL, "material.birth", "出生医学信息");
    m->note = ID("supply.none");
    m->value = LIT("医院给的出生医学信息二维码，手机上或纸上的都行");
    m->tone = TONE_WAIT;
    option(v, m, "现在扫码", false);
    option(v, m, "过后补交", false);
    option(v, m, "签承诺代替", true);
    add(v, VIEW_HEADING, "materials.exempt", NULL)->label = ID("materials.exempt");
    m = add(v, VIEW_MATERIAL, "material.id", "父母双方居民身份证");
    m->note = (struct view_text){.id = "material.certificate", .arg = {"居民身份证"}};
    m->tone = TONE_OK;
    m = add(v, VIEW_MATERIAL, "material.marriage", "结婚证");
    m->note = ID("material.checked_offline");
    m->tone = TONE_WAIT;
    m = add(v, VIEW_MATERIAL, "material.apply", "申请表");
    m->note = ID("material.generated");
    m->tone = TONE_OK;
}

static void review(struct view *v)
{
    static const char *const pairs[][2] = {{"申请人", "张*"},
                                           {"证件号码", "1101**********002X"},
                                           {"孩子的姓名", "张小宝"},
                                           {"孩子的性别", "男"},
                                           {"出生日期", "2026年10月1日"},
                                           {"妈妈的手机号码", "138****0000"},
                                           {"户口落在哪里", "北京市朝阳区示例路1号"},
                                           {"民族", "汉族"},
                                           {"户口跟谁", "跟妈妈"},
                                           {"社会保障卡", "示例农村商业银行"}};
    page(v, SCREEN_REVIEW, "review.title", "review.subtitle", 5);
    v->subtitle.arg[0] = "5";
    v->next = action("review.confirm", INTENT_NEXT, true);
    for (int i = 0; i < 10; i++) {
        struct view_item *p = add(v, VIEW_PAIR, pairs[i][0], pairs[i][0]);
        p->value = LIT(pairs[i][1]);
        p->is_enabled = i > 1;
    }
}

static void sign(struct view *v)
{
    page(v, SCREEN_SIGN, "sign.title", "sign.subtitle", 5);
    v->next = action("sign.submit", INTENT_SIGN, true);
    add(v, VIEW_NOTE, "sign.note", "我已核对以上内容，确认属实。");
}

static void submitting(struct view *v)
{
    page(v, SCREEN_SUBMITTING, "submit.title", NULL, 5);
    no_buttons(v);
    add(v, VIEW_PROGRESS, "submit.state", "正在加密保存，马上就好");
}

static void receipt(struct view *v)
{
    page(v, SCREEN_RECEIPT, "receipt.title", NULL, 6);
    no_buttons(v);
    v->next = action("receipt.done", INTENT_NEXT, true);
    v->next.is_enabled = false;
    add(v, VIEW_NUMBER, "receipt.number", "回执编号")->value = LIT("110105000120261123000017");
    struct view_item *p = add(v, VIEW_PROGRESS, "receipt.print", "正在打印回执，请稍等");
    p->tone = TONE_WAIT;
    add(v, VIEW_PARAGRAPH, "receipt.next",
        "已经交给 5 个部门同时办理。办好后会发短信到您的手机，也可以拨打 12345 查询。");
}

static void receipt_qr(struct view *v)
{
    receipt(v);
    v->illustration = (struct view_text){0};
    v->next.is_enabled = true;
    v->extra = action("receipt.try_again", INTENT_REPRINT, false);
    v->n_items = 1;
    add(v, VIEW_NOTE, "receipt.why", "打印机缺纸，请用手机扫描二维码保存回执")->tone = TONE_WARN;
    add(v, VIEW_QR, "receipt.qr", "用手机扫一扫，保存回执")->value =
        LIT("YJ1.eyJuIjoiMTEwMTA1MDAwMTIwMjYxMTIzMDAwMDE3IiwidCI6MTc5NTQyMjgwMH0.MEUCIQDexample"
            "KJHGfdsaqwertyuiopZXCVBNMasdfghjkl0123456789");
}

static void rating(struct view *v)
{
    page(v, SCREEN_RATING, "rating.title", "rating.subtitle", 0);
    no_buttons(v);
    v->next = action("rating.skip", INTENT_SKIP, false);
    struct view_item *r = add(v, VIEW_RATING, "rating", NULL);
    option(v, r, "非常满意", false);
    option(v, r, "满意", false);
    option(v, r, "基本满意", false);
    option(v, r, "不满意", false);
    option(v, r, "非常不满意", false);
}

static void goodbye(struct view *v)
{
    page(v, SCREEN_GOODBYE, "goodbye.title", "goodbye.subtitle", 0);
    no_buttons(v);
    v->next = action("goodbye.done", INTENT_NEXT, true);
    v->illustration = LIT("take-card");
    struct view_item *n = add(v, VIEW_NOTE, "goodbye.card", NULL);
    n->label = ID("goodbye.card");
    n->tone = TONE_WARN;
    n = add(v, VIEW_NOTE, "goodbye.receipt", NULL);
    n->label = ID("goodbye.receipt");
    n->tone = TONE_OK;
}

static void stopped(struct view *v)
{
    page(v, SCREEN_STOPPED, "stopped.title", NULL, 0);
    memset(&v->next, 0, sizeof v->next);
    v->back.is_main = true;
    v->illustration = LIT("sorry");
    struct view_item *n = add(v, VIEW_NOTE, "gate.reason", "孩子出生已经超过6个月");
    n->tone = TONE_WARN;
    add(v, VIEW_HEADING, "gate.advice", NULL)->label = ID("gate.advice");
    add(v, VIEW_PARAGRAPH, "gate.text",
        "请到示例市政务服务中心一楼 3 "
        "号窗口办理，请带上父母身份证、结婚证和出生医学证明。周一到周五 "
        "9:00 到 17:00，电话 12345。");
}

static void asking(struct view *v)
{
    form(v);
    v->ask = (struct view_text){.id = "idle.ask", .arg = {"18"}};
    v->ask_countdown_s = 18;
    v->ask_yes = action("idle.stay", INTENT_STAY, true);
    v->ask_no = action("idle.leave", INTENT_HOME, false);
}

const struct sample samples[] = {
    {"home", home},
    {"home-many", home_many},
    {"matter", matter},
    {"notice", notice},
    {"identify", identify},
    {"identified", identified},
    {"questions", questions},
    {"form", form},
    {"form-one", form_one},
    {"materials", materials},
    {"review", review},
    {"sign", sign},
    {"submitting", submitting},
    {"receipt", receipt},
    {"receipt-qr", receipt_qr},
    {"rating", rating},
    {"goodbye", goodbye},
    {"stopped", stopped},
    {"out-of-service", view_out_of_service},
    {"asking", asking},
    {"home-tree", view_home_tree},
    {"home-business", view_home_business},
    {"find-begin", view_find_begin},
    {"find-hits", view_find_hits},
    {"find-none", view_find_none},
    {"find-stage", view_find_stage},
    {"guide-two", view_guide_two},
    {"guide-eight", view_guide_eight},
    {"progress-ask", view_progress_ask},
    {"progress-cases", view_progress_cases},
    {"progress-tasks", view_progress_tasks},
    {"form-members", view_form_members},
    {"form-kinds", view_form_kinds},
    {"consent", view_consent},
    {"places", view_places},
    {"idle", view_idle},
    {"troubles", view_troubles},
    {"leave", view_leave},
    {"left-behind", view_left_behind},
    {"long", view_long},
    {"many", view_many},
    {"home-hall", view_home_hall},
    {"rating-reasons", view_rating_reasons},
    {"sign-key", view_sign_key},
};
const int n_samples = sizeof samples / sizeof *samples;

void sample_make_as(const struct sample *s, const struct prefs *prefs, enum sample_words words,
                    struct view *ret)
{
    static const struct view empty = {.ask_countdown_s = -1};
    *ret = empty;
    ret->can_call_staff = true;
    ret->prefs = *prefs;
    s->fill(ret);
    ret->revision = (uint32_t)(s - samples) * 2 + 1 + prefs->is_elder;
    view_reword(ret, words);
}

void sample_make(const struct sample *s, bool is_elder, struct view *ret)
{
    struct prefs prefs = {.text = is_elder ? TEXT_LARGE : TEXT_NORMAL, .is_elder = is_elder};
    sample_make_as(s, &prefs, WORDS_CHINESE, ret);
}

const struct sample *sample_of(const char *name)
{
    for (int i = 0; i < n_samples; i++)
        if (strcmp(samples[i].name, name) == 0)
            return &samples[i];
    return NULL;
}
