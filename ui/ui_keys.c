/* SPDX-License-Identifier: Apache-2.0 */
/* What a key of the keypad means: it moves the focus, presses what has it, types, or does what the
 * footer's buttons do. Real keyboards are mapped to the same keys. Main thread. */
#include <string.h>

#include "ui/ui_focus.h"
#include "ui/ui_priv.h"

static void press_keyboard(struct ui *ui, const char *name)
{
    if (!keyboard_press(ui->keyboard, name))
        ui_say_refused(ui);
    ui->must_build = true;
}

struct typed {
    bool has_text, has_letters;
};

static void look_at_typed(void *arg, const struct keyboard_item *key)
{
    struct typed *t = arg;
    if (strcmp(key->id, "keyboard.text") == 0)
        t->has_text = key->text[0] != '\0';
    if (strcmp(key->id, "keyboard.reading") == 0)
        t->has_letters = key->text[0] != '\0';
}

/* Deletes while there is something to delete, then closes. */
static void keyboard_back(struct ui *ui)
{
    struct typed t = {0};
    keyboard_each_item(ui->keyboard, look_at_typed, &t);
    press_keyboard(ui, t.has_text || t.has_letters ? "Backspace" : "Escape");
}

static bool takes_digits(enum view_input input)
{
    return input == INPUT_IDNO || input == INPUT_MOBILE || input == INPUT_DIGITS ||
           input == INPUT_NUMBER;
}

/* A digit on a field for numbers opens it and is its first digit. */
static void type_digit(struct ui *ui, const char *name)
{
    const struct focus_stop *s = ui_focus_stop(ui);
    if (!ui_keyboard_shown(ui)) {
        const struct widget_action *a = s && s->w ? &s->w->action : NULL;
        if (!a || a->act != ACT_EDIT || a->item < 0 || (size_t)a->item >= ui->view.n_items ||
            !takes_digits(ui->view.item[a->item].input)) {
            ui_say_refused(ui);
            return;
        }
        ui_edit_item(ui, a->item);
    }
    press_keyboard(ui, name);
}

static void type_star(struct ui *ui)
{
    if (ui_keyboard_shown(ui) && !keyboard_press(ui->keyboard, "X") &&
        !keyboard_press(ui->keyboard, "."))
        ui_say_refused(ui);
    ui->must_build = true;
}

static void select_here(struct ui *ui)
{
    const struct focus_stop *s = ui_focus_stop(ui);
    ui->focus->is_shown = ui->must_build = true;
    if (!s || !s->can_press) {
        ui_say_refused(ui);
        return;
    }
    if (s->w) {
        ui_tap(ui, s->w, ui_now_ms(ui));
        return;
    }
    struct rect r = s->rect;
    keyboard_touch_down(ui->keyboard, r.x + r.w / 2, r.y + r.h / 2);
    keyboard_touch_up(ui->keyboard, r.x + r.w / 2, r.y + r.h / 2);
    ui->must_build = true;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = s ? strlen(s) : 0, m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static bool can_do(const struct view_action *a)
{
    return (a->label.id || a->label.lit) && a->is_enabled;
}

static bool press_stop(struct ui *ui, bool (*is_wanted)(const struct focus_stop *))
{
    for (int i = 0; i < ui->focus->n_stops; i++) {
        const struct focus_stop *s = &ui->focus->stop[i];
        if (s->w && s->can_press && is_wanted(s)) {
            ui_tap(ui, s->w, ui_now_ms(ui));
            return true;
        }
    }
    return false;
}

static bool is_close(const struct focus_stop *s)
{
    return ends_with(s->w->id, ".close") || s->w->action.act == ACT_SHEET_DONE;
}

static bool is_stay(const struct focus_stop *s)
{
    return s->w->action.act == ACT_INTENT && s->w->action.intent == INTENT_STAY;
}

static bool is_back(const struct focus_stop *s)
{
    return s->w->id && strcmp(s->w->id, "back") == 0;
}

static void go_back(struct ui *ui)
{
    bool is_done = false;
    if (ui->focus->layer == FOCUS_KEYS) {
        keyboard_back(ui);
        return;
    }
    if (ui->focus->layer == FOCUS_QUESTION)
        is_done = press_stop(ui, is_stay); /* the answer that changes nothing, where there is one */
    else
        is_done = press_stop(ui, ui->focus->layer == FOCUS_SHEET ? is_close : is_back);
    if (!is_done)
        ui_say_refused(ui);
}

static void go_home(struct ui *ui)
{
    if (ui->focus->layer == FOCUS_QUESTION || !can_do(&ui->view.home)) {
        ui_say_refused(ui);
        return;
    }
    keyboard_close(ui->keyboard);
    ui->edit_item = -1;
    ui->state.sheet_item = -1;
    ui->must_build = true;
    ui_push_intent(ui, &(struct intent){.kind = ui->view.home.intent});
}

static void call_staff(struct ui *ui)
{
    if (ui->view.can_call_staff)
        ui_push_intent(ui, &(struct intent){.kind = INTENT_CALL_STAFF});
    else
        ui_say_refused(ui);
}

static void set_pref(struct ui *ui, enum pref pref, int value)
{
    ui_push_intent(ui,
                   &(struct intent){.kind = INTENT_SET_PREF, .item = (int)pref, .option = value});
}

static void key_of_sound(struct ui *ui, enum nav_key key)
{
    const struct prefs *p = &ui->view.prefs;
    if (key == NAV_LOUDER)
        set_pref(ui, PREF_VOLUME, (p->volume + 1) % PREFS_N_VOLUME);
    else if (key == NAV_SOFTER)
        set_pref(ui, PREF_VOLUME, p->volume ? p->volume - 1 : 0);
    else if (key == NAV_FASTER)
        set_pref(ui, PREF_SPEED, (p->speed + 1) % PREFS_N_SPEED);
    else
        set_pref(ui, PREF_SPEED, p->speed ? p->speed - 1 : 0);
}

/* Without speech the first key shows where one is; after that they move. */
static void move(struct ui *ui, enum nav_key key)
{
    int by = key == NAV_NEXT || key == NAV_RIGHT ? 1 : -1;
    bool was_shown = ui->focus->is_shown;
    if (key == NAV_RIGHT && ui_keyboard_shown(ui) && keyboard_tap_next(ui->keyboard)) {
        ui_say_tapped(ui); /* the letter is the right one: the same digit begins another */
        return;
    }
    ui->focus->is_shown = ui->must_build = true;
    ui->focus->has_turned = false;
    if (!was_shown && ui->view.prefs.speech != SPEECH_ALL)
        ui->focus->must_say = true;
    else if (key == NAV_NEXT || key == NAV_PREVIOUS)
        ui_focus_move(ui, by);
    else if (!ui_focus_move_inside(ui, by))
        ui_say_refused(ui);
}

static void do_key(struct ui *ui, enum nav_key key)
{
    static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    if (key >= NAV_DIGIT_0 && key <= NAV_DIGIT_9) {
        type_digit(ui, digits[key - NAV_DIGIT_0]);
        return;
    }
    switch ((int)key) {
    case NAV_PREVIOUS:
    case NAV_NEXT:
    case NAV_LEFT:
    case NAV_RIGHT:
        move(ui, key);
        break;
    case NAV_SELECT:
        if (ui->focus->is_shown || ui->view.prefs.speech == SPEECH_ALL)
            select_here(ui);
        else /* nobody presses what is not seen */
            move(ui, NAV_NEXT);
        break;
    case NAV_BACK:
        go_back(ui);
        break;
    case NAV_HOME:
        go_home(ui);
        break;
    case NAV_HELP:
        call_staff(ui);
        break;
    case NAV_REPEAT:
        ui_say_again(ui);
        break;
    case NAV_STAR:
        type_star(ui);
        break;
    case NAV_HASH:
        if (ui_keyboard_shown(ui))
            press_keyboard(ui, "Return");
        break;
    case NAV_LOUDER:
    case NAV_SOFTER:
    case NAV_FASTER:
    case NAV_SLOWER:
        key_of_sound(ui, key);
        break;
    default: /* no key */
        break;
    }
}

void ui_key(struct ui *ui, enum nav_key key)
{
    if (!ui->has_view || key == NAV_NONE)
        return;
    ui_activity(ui, ui_now_ms(ui));
    ui_motion_end(ui);
    if (ui->must_build) /* a key means what the panel will show, not what it showed */
        ui_build(ui);
    ui_say_hush(ui);
    bool was_typing = ui_keyboard_shown(ui);
    do_key(ui, key);
    if (ui->must_build)
        ui_build(ui);
    if (was_typing || ui_keyboard_shown(ui))
        ui_say_typed(ui);
}

bool ui_focus_key_name(struct ui *ui, const char *name)
{
    static const struct {
        const char *name;
        enum nav_key key;
    } keys[] = {{"Tab", NAV_NEXT},       {"Down", NAV_NEXT},           {"Up", NAV_PREVIOUS},
                {"Left", NAV_LEFT},      {"Right", NAV_RIGHT},         {"Return", NAV_SELECT},
                {"Space", NAV_SELECT},   {"Keypad Enter", NAV_SELECT}, {"Escape", NAV_BACK},
                {"Backspace", NAV_BACK}, {"Home", NAV_HOME},           {"F1", NAV_HELP},
                {"F2", NAV_REPEAT},      {"Keypad *", NAV_STAR}};
    bool is_typing = ui_keyboard_shown(ui);
    for (size_t i = 0; i < YJ_COUNT(keys); i++) {
        if (strcmp(keys[i].name, name) != 0)
            continue;
        /* the open keyboard has a meaning of its own for most, unless its keys have the focus */
        bool is_moving = keys[i].key >= NAV_PREVIOUS && keys[i].key <= NAV_RIGHT;
        bool is_press =
            keys[i].key == NAV_SELECT && ui->focus->is_shown && strcmp(name, "Space") != 0;
        if (is_typing && !is_moving && !is_press)
            return false;
        ui_key(ui, keys[i].key);
        return true;
    }
    const char *digit = strncmp(name, "Keypad ", 7) == 0 ? name + 7 : name;
    if (is_typing || digit[0] < '0' || digit[0] > '9' || digit[1])
        return false;
    ui_key(ui, (enum nav_key)(NAV_DIGIT_0 + (digit[0] - '0')));
    return true;
}
