/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made views of finding a matter, of progress and of the longer forms. */
#include "views_priv.h"

struct named {
    const char *id, *name, *icon, *note;
};

static void tile(struct view *v, const struct named *n)
{
    struct view_item *i = add(v, VIEW_TILE, n->id, n->name);
    i->icon = n->icon;
    i->note = LIT(n->note);
}

static void matters(struct view *v, const struct named *n, int count)
{
    for (int k = 0; k < count; k++) {
        struct view_item *i = add(v, VIEW_MATTER, n[k].id, n[k].name);
        i->icon = n[k].icon;
        i->note = LIT(n[k].note);
    }
}

static void home(struct view *v, bool is_business)
{
    static const struct named person[] = {
        {"stage.birth", "出生", "stage-birth", "2 件事"},
        {"stage.education", "教育", "stage-education", "4 件事"},
        {"stage.work", "就业", "stage-work", "6 件事"},
        {"stage.life", "生活", "stage-life", "12 件事"},
        {"stage.home", "置业", "stage-home", "5 件事"},
        {"stage.travel", "出行", "stage-travel", "4 件事"},
        {"stage.medical", "就医", "stage-medical", "2 件事"},
        {"stage.relief", "救助", "stage-relief", "2 件事"},
        {"stage.retirement", "养老", "stage-retirement", "3 件事"},
        {"stage.death", "身后", "stage-death", "2 件事"}};
    static const struct named business[] = {
        {"stage.entry", "准入准营", "stage-entry", "7 件事"},
        {"stage.hiring", "招聘用工", "stage-hiring", "1 件事"},
        {"stage.tax", "纳税缴费", "stage-tax", "1 件事"},
        {"stage.growth", "经营发展", "stage-growth", "10 件事"},
        {"stage.construction", "工程建设", "stage-construction", "5 件事"},
        {"stage.exit", "注销退出", "stage-exit", "2 件事"}};
    static const struct named popular[] = {
        {"matter.NB.BIRTH", "新生儿出生", "newborn", "出生证明、上户口、医保，一次办好"},
        {"matter.PEN.RETIRE", "企业职工退休", "stage-retirement", "退休审批、医保、公积金一起办"},
        {"matter.EDU.ENTER", "教育入学", "stage-education", "学区核验和报名，不用到学校交材料"},
        {"matter.CARD", "社会保障卡居民服务", "stage-life", "申领、补换、启用"}};
    page(v, SCREEN_HOME, "home.title", "home.subtitle", 0);
    no_buttons(v);
    add(v, VIEW_SEARCH, "home.search", NULL);
    struct view_item *audience = add(v, VIEW_CHOICE, "home.audience", NULL);
    option(v, audience, "个人", !is_business);
    option(v, audience, "企业", is_business);
    for (int i = 0; i < (is_business ? 6 : 10); i++)
        tile(v, is_business ? &business[i] : &person[i]);
    matters(v, popular, 4);
    tile(v, &(struct named){"home.guide", "不知道办哪件", "guide", "答几个问题帮您找"});
    tile(v, &(struct named){"home.progress", "查办到哪一步", "progress", "扫回执或放身份证"});
}

void view_home_tree(struct view *v)
{
    home(v, false);
}

void view_home_business(struct view *v)
{
    home(v, true);
    v->banner = ID("banner.offline");
    v->banner_tone = TONE_WAIT;
}

static struct view_item *search(struct view *v, const char *words)
{
    page(v, SCREEN_FIND, NULL, NULL, 0);
    v->title = LIT("找要办的事");
    memset(&v->next, 0, sizeof v->next);
    struct view_item *i = add(v, VIEW_SEARCH, "find.search", NULL);
    i->value = LIT(words);
    i->edit = words;
    return i;
}

void view_find_begin(struct view *v)
{
    search(v, NULL);
    add(v, VIEW_PARAGRAPH, "find.examples",
        "想到什么就写什么，比如“生孩子”“办退休”“开小店”。只写拼音也可以");
}

static const struct named hits[] = {
    {"matter.1", "新生儿出生", "newborn", "出生证明、上户口、医保，一次办好"},
    {"matter.2", "育儿补贴申领", "stage-birth", "三岁以下的孩子每年可以领"},
    {"matter.3", "生育津贴和生育医疗费用支付", "stage-medical", "单位职工生育以后申领"},
    {"matter.4", "公民婚育", "stage-life", "领证之后，迁户口、改婚姻状况一起办"},
    {"matter.5", "社会保障卡居民服务", "stage-life", "申领、补换、启用"},
    {"matter.6", "义务教育阶段新生入学", "stage-education", "学区核验和报名，不用到学校交材料"},
    {"matter.7", "居民身份证挂失补领", NULL, "丢了身份证，挂失和补领一起办"},
    {"matter.8", "住房公积金个人住房贷款购房", "stage-home", "过户、抵押、贷款一次提出"},
    {"matter.9", "残疾人服务", "stage-relief", "办证、补贴、康复、培训"}};

void view_find_hits(struct view *v)
{
    search(v, "生孩子");
    matters(v, hits, 9);
    v->item[v->n_items - 1].value = LIT("只能看指南");
}

void view_find_none(struct view *v)
{
    search(v, "飞船");
    add(v, VIEW_NOTE, "find.none", "没有找到“飞船”。换个说法试试，或者请工作人员帮忙。")->tone =
        TONE_WARN;
    tile(v, &(struct named){"home.guide", "不知道办哪件", "guide", "答几个问题帮您找"});
}

void view_find_stage(struct view *v)
{
    page(v, SCREEN_FIND, NULL, NULL, 0);
    v->title = LIT("出生");
    v->subtitle = LIT("点一件事看看怎么办");
    memset(&v->next, 0, sizeof v->next);
    matters(v, hits, 3);
}

static void guide(struct view *v, const char *question, const char *const *choices, int n)
{
    page(v, SCREEN_GUIDE, NULL, NULL, 0);
    v->title = LIT(question);
    memset(&v->next, 0, sizeof v->next);
    struct view_item *q = add(v, VIEW_CHOICE, "guide.choices", NULL);
    for (int i = 0; i < n; i++)
        option(v, q, choices[i], false);
}

void view_guide_two(struct view *v)
{
    guide(v, "今天为谁的事来？", NULL, 0);
    v->n_items = 0; /* choices as tiles */
    v->subtitle = LIT("选最像的一个就行");
    tile(v, &(struct named){"guide.who.1", "为自己和家人", NULL, NULL});
    tile(v, &(struct named){"guide.who.2", "为公司或店铺", NULL, NULL});
}

void view_guide_eight(struct view *v)
{
    static const char *const choices[] = {
        "添了宝宝",         "孩子要上学",
        "找工作、交社保",   "结婚了，或者要迁户口",
        "买房、租房、装修", "家里有人生病或者生活困难，想申请救助和补贴",
        "退休、养老",       "亲人走了，有事要办"};
    guide(v, "家里有什么事？", choices, 8);
}

void view_progress_ask(struct view *v)
{
    page(v, SCREEN_PROGRESS, NULL, NULL, 0);
    v->title = LIT("查办到哪一步");
    memset(&v->next, 0, sizeof v->next);
    add(v, VIEW_PARAGRAPH, "progress.how",
        "请把回执上的二维码对准扫码口，或者把身份证放在读卡区。");
}

void view_progress_cases(struct view *v)
{
    static const struct {
        const char *id, *name, *state, *date, *note;
        enum view_tone tone;
    } cases[] = {{"case.0", "新生儿出生", "要补正", "2026年11月20日收件",
                  "出生医学证明看不清，请重新扫描", TONE_WARN},
                 {"case.1", "社会保障卡居民服务", "正在办", "2026年11月2日收件", NULL, TONE_WAIT},
                 {"case.2", "义务教育阶段新生入学", "办好了", "2026年7月1日收件", NULL, TONE_OK},
                 {"case.3", "残疾人服务", "没有通过", "2026年5月6日收件",
                  "原因在通知书上，可以再次申请", TONE_ERROR}};
    page(v, SCREEN_PROGRESS, NULL, NULL, 0);
    v->title = LIT("您的申请");
    v->subtitle = LIT("点一件看详细情况");
    memset(&v->next, 0, sizeof v->next);
    for (int i = 0; i < 4; i++) {
        struct view_item *c = add(v, VIEW_CASE, cases[i].id, cases[i].name);
        c->value = LIT(cases[i].state);
        c->value2 = LIT(cases[i].date);
        c->note = LIT(cases[i].note);
        c->tone = cases[i].tone;
    }
}

void view_progress_tasks(struct view *v)
{
    static const struct {
        const char *id, *name, *dept, *state, *note;
        enum view_tone tone;
    } tasks[] = {
        {"task.cert", "出生医学证明", "卫生健康部门", "办好了", "办件编号 110105202611200001",
         TONE_OK},
        {"task.hukou", "出生登记（上户口）", "公安部门", "要补正", "办件编号 110105202611200002",
         TONE_WARN},
        {"task.medins", "城乡居民基本医疗保险参保登记", "医疗保障部门", "正在办",
         "办件编号 110105202611200003，11月30日前办好", TONE_WAIT},
        {"task.card", "社会保障卡申领", "人力资源和社会保障部门", "等前一件", NULL, TONE_NEUTRAL}};
    page(v, SCREEN_PROGRESS, NULL, NULL, 0);
    v->title = LIT("新生儿出生");
    v->subtitle = LIT("2026年11月20日收件");
    v->next = action("action.next", INTENT_NEXT, true);
    add(v, VIEW_NOTE, "fix.0", "出生登记：出生医学证明看不清，请重新扫描")->tone = TONE_WARN;
    for (int i = 0; i < 4; i++) {
        struct view_item *t = add(v, VIEW_TASK, tasks[i].id, tasks[i].name);
        t->value = LIT(tasks[i].dept);
        t->value2 = LIT(tasks[i].state);
        t->note = LIT(tasks[i].note);
        t->tone = tasks[i].tone;
    }
}

void view_form_members(struct view *v)
{
    page(v, SCREEN_FORM, NULL, NULL, 3);
    v->title = LIT("继承人");
    add(v, VIEW_HEADING, "member.1", "第1位继承人");
    field(v, "field.heirs.1.name", "姓名", "张三", INPUT_NAME)->is_enabled = false;
    struct view_item *f = field(v, "field.heirs.1.share", "份额（%）", "50", INPUT_NUMBER);
    f->note = LIT("所有人的份额加起来是100");
    add(v, VIEW_HEADING, "member.2", "第2位继承人");
    field(v, "field.heirs.2.name", "姓名", NULL, INPUT_NAME);
    f = field(v, "field.heirs.2.share", "份额（%）", "60", INPUT_NUMBER);
    f->note = LIT("份额加起来超过100了");
    f->has_error = true;
    f = add(v, VIEW_ACTIONS, "field.heirs.more", "要增加或者去掉吗？");
    option(v, f, "再加一位继承人", false);
    option(v, f, "去掉这一个", false);
}

void view_form_kinds(struct view *v)
{
    static const char *const industries[] = {"农、林、牧、渔业", "采矿业",
                                             "制造业",           "建筑业",
                                             "批发和零售业",     "交通运输、仓储和邮政业",
                                             "住宿和餐饮业",     "信息传输、软件和信息技术服务业",
                                             "金融业",           "房地产业"};
    static const char *const provinces[] = {"北京市",       "天津市", "河北省", "山西省",
                                            "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省"};
    page(v, SCREEN_FORM, NULL, NULL, 3);
    v->title = LIT("店铺的信息");
    struct view_item *f = field(v, "field.shop.services", "卖什么", NULL, INPUT_SET);
    option(v, f, "热食", true);
    option(v, f, "冷食", false);
    option(v, f, "糕点", true);
    f = field(v, "field.shop.industry", "行业", NULL, INPUT_SET);
    for (size_t i = 0; i < sizeof industries / sizeof *industries; i++)
        option(v, f, industries[i], i == 4 || i == 6);
    f = field(v, "field.shop.region", "店铺在哪里", "北京市 › 朝阳区", INPUT_STEPS);
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++)
        option(v, f, provinces[i], false);
    field(v, "field.shop.area", "营业面积（平方米）", "86.5", INPUT_NUMBER);
    field(v, "field.shop.email", "电子邮箱", "zhangsan@example.com", INPUT_EMAIL)->is_required =
        false;
}

void view_consent(struct view *v)
{
    page(v, SCREEN_FORM, NULL, NULL, 3);
    v->title = LIT("授权与承诺");
    struct view_item *c = add(v, VIEW_CHOICE, "field.consent", "告知承诺书");
    c->note = LIT(
        "本人已经知道办理本事项需要满足的条件和需要提交的材料。本人承诺：一、所填写的内容和提供的"
        "材料真实、准确、完整；二、已经满足告知书写明的条件和要求，能够按照规定的期限和要求补齐"
        "可以后补的材料；三、愿意配合受理部门事后的核查，发现与承诺不一致的，按要求改正；四、同意"
        "受理部门为办理本事项，向公安、民政、人力资源和社会保障、医疗保障、卫生健康等部门核对本人"
        "和未成年子女的身份、户籍、婚姻、参保和出生医学信息，核对的范围以办理本事项需要为限，不用"
        "于其他目的；五、知道虚假承诺的后果：受理部门将撤销已经作出的决定，收回已经发出的证照和"
        "已经领取的补贴，并将失信信息依法记入信用记录，给他人造成损失的承担赔偿责任，构成犯罪的"
        "依法追究刑事责任。本承诺书自勾选同意起生效，其效力及于本次申请的全部联办事项。本人如果"
        "不愿意承诺，可以改为提交相应的证明材料，到综合窗口办理，办理的时限和费用不会因此不同。"
        "对承诺内容有疑问的，可以请现场工作人员说明，或者拨打12345咨询。");
    option(v, c, "我已经看完并且同意", false);
}

void view_places(struct view *v)
{
    page(v, SCREEN_MATTER, NULL, NULL, 0);
    v->title = LIT("外国人来华工作");
    v->subtitle = LIT("这件事请到窗口办理");
    v->next = action("action.next", INTENT_NEXT, true);
    add(v, VIEW_NOTE, "note.0", "来之前请先在网上提出申请，收到通知以后再来。");
    add(v, VIEW_HEADING, "places", "到哪里办");
    struct view_item *p = add(v, VIEW_PLACE, "place.0", "示例市政务服务中心一楼 3 号窗口");
    p->value = LIT("示例市朝阳区示例路1号");
    p->value2 = LIT("周一到周五 9:00–12:00，13:30–17:00");
    p->note = LIT("12345");
    p = add(v, VIEW_PLACE, "place.1", "示例区分中心");
    p->value2 = LIT("周一到周六 9:00–17:00（7月1日到8月31日 8:30–16:30）");
}
