/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made views of what seldom happens: questions over the page, troubles, long texts, many
 * options. */
#include "views_priv.h"

#define LONG_TEXT                                                                                                                                \
    "根据有关规定，办理本事项需要核对申请人和共同申请人的身份、户籍、婚姻和参保信息，核对的范围以" \
    "办理本事项需要为限；核对的结果只用于本次申请，不用于其他目的，办理完毕以后按照档案管理的要求" \
    "保存。申请人对核对的结果有疑问的，可以向受理部门提出，受理部门应当在五个工作日内答复。"

void view_idle(struct view *v)
{
    view_home_tree(v);
    v->banner = ID("banner.offline");
    v->banner_tone = TONE_WAIT;
    add(v, VIEW_PARAGRAPH, "home.counters", "本机今天已经帮 37 个人办成了事");
}

void view_troubles(struct view *v)
{
    view_home_tree(v);
    v->banner = (struct view_text){.id = "banner.reader",
                                   .arg = {"device.reader", "device.cause.notConnected"},
                                   .is_arg_id = true};
    v->banner_tone = TONE_WARN;
    v->is_staff_called = true;
}

void view_leave(struct view *v)
{
    view_form_kinds(v);
    v->ask = ID("leave.ask");
    v->ask_yes = action("leave.yes", INTENT_HOME, false);
    v->ask_no = action("leave.no", INTENT_STAY, true);
}

void view_left_behind(struct view *v)
{
    page(v, SCREEN_GOODBYE, "left.title", NULL, 0);
    no_buttons(v);
    v->illustration = LIT("take-card");
    v->is_staff_called = true;
    add(v, VIEW_NOTE, "left.card", NULL)->label = ID("left.card");
    v->item[0].tone = TONE_WARN;
    add(v, VIEW_NOTE, "left.ticket", NULL)->label = ID("left.ticket");
    v->item[1].tone = TONE_WARN;
    add(v, VIEW_NOTE, "left.staff", NULL)->label = ID("left.staff");
}

/* Everything says more than a page holds. */
void view_long(struct view *v)
{
    page(v, SCREEN_QUESTIONS, "questions.title", NULL, 2);
    v->title = LIT("家里有人生病或者生活困难，想申请救助和补贴，请问属于下面哪一种情况？");
    v->subtitle = LIT(LONG_TEXT);
    v->alert = LIT("还有一处没有选：请您看一看下面标红的地方，选好以后再点下一步");
    v->alert_tone = TONE_ERROR;
    struct view_item *q = add(v, VIEW_CHOICE, "q.long", LONG_TEXT);
    q->note = LIT(LONG_TEXT);
    q->has_error = true;
    option(v, q, "本人或者共同生活的家庭成员享受最低生活保障或者特困人员救助供养待遇", false);
    option(v, q, "本人持有残疾人证，残疾等级为一级、二级，或者三级、四级的智力、精神残疾", true);
    option(v, q, "都不是", false);
    add(v, VIEW_NOTE, "n.long", LONG_TEXT)->tone = TONE_WARN;
    struct view_item *f = field(v, "field.long", "住所或者经营场所的详细地址", NULL, INPUT_ADDRESS);
    f->value = LIT("示例省示例市示例区示例街道示例社区居民委员会示例路1号示例大厦3单元18层1806室");
    f->note = LIT(LONG_TEXT);
    struct view_item *p = add(v, VIEW_PAIR, "p.long", "户口落在哪里，和谁在一个户口本上");
    p->value = LIT("示例省示例市示例区示例街道示例社区居民委员会示例路1号示例大厦3单元18层1806室");
}

void view_many(struct view *v)
{
    static char words[48][32];
    page(v, SCREEN_FORM, "form.title", NULL, 3);
    struct view_item *f = field(v, "field.many", "从事的行业", NULL, INPUT_SET);
    for (int i = 0; i < 48; i++) {
        char *w = words[i];
        memcpy(w, "第00类服务和制造业", sizeof "第00类服务和制造业");
        w[3] = (char)('0' + i / 10);
        w[4] = (char)('0' + i % 10);
        option(v, f, w, i % 9 == 0);
    }
    field(v, "field.after", "其他", NULL, INPUT_TEXT)->is_required = false;
}
