/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that move, while one is on the panel and only its own rectangle: nothing is drawn on
 * pages without one. Main thread. */
#include "ui/ui_priv.h"
#include "ui/widget/picture.h"

/* Time between two pictures of a round. */
static int step_ms(const struct ui *ui)
{
    int ms = ui->ctx.tok.loop / ANIM_STEPS;
    return ms > 10 ? ms : 10;
}

struct moving {
    int step;
    bool is_found;
};

static void find_moving(void *arg, struct widget *w, int depth, bool is_visible)
{
    struct moving *m = arg;
    (void)depth;
    if (!picture_moves(w))
        return;
    picture_step(w, m->step);
    m->is_found = m->is_found || is_visible;
}

static bool is_moving(struct ui *ui, int step)
{
    struct moving m = {.step = step};
    if (ui->ctx.tok.loop <= 0 || !ui->now.root || ui_keyboard_shown(ui))
        return false;
    widget_visit(ui->now.root, find_moving, &m);
    return m.is_found;
}

void ui_anim_step(struct ui *ui)
{
    int64_t now = ui_now_ms(ui);
    if (now < ui->anim_due_ms)
        return;
    int step = ui->anim_due_ms > 0 ? (ui->ctx.anim_step + 1) % ANIM_STEPS : 0;
    bool moves = is_moving(ui, step);
    ui->anim_due_ms = moves ? now + step_ms(ui) : 0;
    if (moves && step != ui->ctx.anim_step)
        ui_mark_changes(ui);
    ui->ctx.anim_step = moves ? step : 0;
}

int ui_anim_due_ms(const struct ui *ui)
{
    if (!ui->anim_due_ms)
        return -1;
    int64_t left = ui->anim_due_ms - ui_now_ms(ui);
    return left > 0 ? (int)left : 0;
}
