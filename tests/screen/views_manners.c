/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-made views of good manners: what the hall says at home, why somebody is not satisfied, how
 * who cannot write signs, what works while not all does. */
#include "views_priv.h"

void view_home_hall(struct view *v)
{
    add(v, VIEW_NOTE, "content.spring-festival", NULL)->label = (struct view_text){
        .id = "home.notice", .arg = {"春节放假", "2 月 16 日到 22 日窗口休息，本机照常可以用"}};
    add(v, VIEW_NOTE, "content.new", NULL)->label = (struct view_text){
        .id = "home.notice", .arg = {"新的一件事", "退休、开餐馆现在都能在本机办"}};
    view_home_tree(v);
    add(v, VIEW_PARAGRAPH, "home.counters", NULL)->label =
        (struct view_text){.id = "home.counters", .arg = {"1286", "37"}};
    add(v, VIEW_PARAGRAPH, "home.counters.hall", NULL)->label =
        (struct view_text){.id = "home.counters_hall", .arg = {"20451", "312"}};
    add(v, VIEW_PARAGRAPH, "home.owner", NULL)->label = (struct view_text){
        .id = "home.owner_hours", .arg = {"12345", "示例市政务服务中心", "9:00–17:00"}};
}

void view_rating_reasons(struct view *v)
{
    static const char *const reasons[] = {"rating.reason.attitude",    "rating.reason.waiting",
                                          "rating.reason.hard_to_use", "rating.reason.materials",
                                          "rating.reason.machine",     "rating.reason.not_done",
                                          "rating.reason.other"};
    page(v, SCREEN_RATING, "rating.reasons_title", "rating.reasons_subtitle", 0);
    no_buttons(v);
    v->illustration = LIT("sorry");
    v->back = action("action.back", INTENT_BACK, false);
    v->next = action("rating.send", INTENT_NEXT, true);
    v->extra = action("rating.skip_reasons", INTENT_SKIP, false);
    struct view_item *r = add(v, VIEW_CHOICE, "rating.reasons", NULL);
    r->label = ID("rating.reasons");
    r->input = INPUT_SET;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        option(v, r, NULL, i == 1 || i == 4);
        v->option[v->n_options - 1].label = ID(reasons[i]);
    }
}

void view_sign_key(struct view *v)
{
    page(v, SCREEN_SIGN, "sign.title", "sign.subtitle_key", 5);
    v->next = action("sign.submit", INTENT_SIGN, true);
    v->extra = action("sign.by_key", INTENT_SIGN_BY_KEY, false);
    add(v, VIEW_PARAGRAPH, "sign.promise", NULL)->label = ID("sign.promise");
    v->ask = ID("sign.by_key_ask");
    v->ask_yes = action("sign.by_key_yes", INTENT_SIGN_BY_KEY, true);
    v->ask_no = action("sign.by_key_no", INTENT_STAY, false);
}

static void works(struct view *v, const char *id)
{
    struct view_item *i = add(v, VIEW_TASK, id, NULL);
    i->label = ID(id);
    i->value2 = ID("function.works");
    i->tone = TONE_OK;
}

static struct view_item *stopped(struct view *v, const char *id)
{
    struct view_item *i = add(v, VIEW_TASK, id, NULL);
    i->label = ID(id);
    i->value2 = ID("function.stopped");
    i->tone = TONE_ERROR;
    return i;
}

static void place(struct view *v, const char *id, const char *name, const char *address,
                  const char *phone)
{
    struct view_item *i = add(v, VIEW_PLACE, id, name);
    i->value = LIT(address);
    i->value2 = LIT("9:00–17:00");
    i->note = LIT(phone);
}

void view_out_of_service(struct view *v)
{
    page(v, SCREEN_OUT_OF_SERVICE, "out.title", NULL, 0);
    no_buttons(v);
    v->illustration = LIT("sorry");
    v->next = action("out.look", INTENT_NEXT, true);
    struct view_item *why = add(v, VIEW_NOTE, "out.store", NULL);
    why->label = ID("out.store");
    why->tone = TONE_ERROR;
    add(v, VIEW_PARAGRAPH, "out.where", NULL)->label =
        (struct view_text){.id = "out.where", .arg = {"12345"}};
    stopped(v, "function.apply")->note = ID("function.store");
    works(v, "function.cards");
    works(v, "function.codes");
    stopped(v, "function.receipts")->note =
        (struct view_text){.id = "device.short",
                           .arg = {"device.printer", "device.cause.paperOut"},
                           .is_arg_id = true};
    works(v, "function.progress");
    works(v, "function.look_up");
    add(v, VIEW_HEADING, "out.elsewhere", NULL)->label = ID("out.elsewhere");
    place(v, "place.1", "示例区政务服务中心", "示例路1号", "12345");
    place(v, "place.2", "示例街道便民服务站", "示例大街8号", "010-00000000");
}
