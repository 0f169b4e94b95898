/* SPDX-License-Identifier: Apache-2.0 */
/* Turning from one page to the next: the old page fades while the new one slides in from the side
 * one is going to, for a fifth of a second. The display's own surface always holds the finished
 * page; only the panel is shown the pictures between. A touch ends the movement at once. Main
 * thread.
 *
 *   STILL --ui_show, other page--> WANTED --page drawn--> MOVING --time is over or touched--> STILL
 *     any --ui_wipe--> STILL, both pictures overwritten                                          */
#include <string.h>

#include "base/bytes.h"
#include "ui/ui_priv.h"

enum { FRAME_MS = 16, SLIDE_PERCENT = 6 };

static void surface_wipe(struct surface *s)
{
    if (s)
        bytes_wipe(s->px, (size_t)s->stride * (size_t)s->h * sizeof *s->px);
}

void ui_motion_wipe(struct ui *ui)
{
    surface_wipe(ui->motion.from);
    surface_wipe(ui->motion.frame);
    ui->motion.phase = MOTION_STILL;
}

void ui_motion_free(struct ui *ui)
{
    ui_motion_wipe(ui);
    surface_free(ui->motion.from);
    surface_free(ui->motion.frame);
}

void ui_motion_want(struct ui *ui, bool is_back)
{
    const struct surface *s = display_surface(ui->display);
    if (ui->ctx.tok.turn <= 0 || ui->motion.phase != MOTION_STILL || !ui->n_frames)
        return; /* the first page stands at once; a second change joins the first */
    if (!ui->motion.from) {
        ui->motion.from = surface_new(s->w, s->h);
        ui->motion.frame = surface_new(s->w, s->h);
    }
    memcpy(ui->motion.from->px, s->px, (size_t)s->stride * (size_t)s->h * sizeof *s->px);
    ui->motion.is_back = is_back;
    ui->motion.phase = MOTION_WANTED;
}

void ui_motion_begin(struct ui *ui)
{
    if (ui->motion.phase != MOTION_WANTED)
        return;
    /* the first picture is shown with this frame's share already done: the touch is answered now */
    ui->motion.start_ms = ui_now_ms(ui) - FRAME_MS;
    ui->motion.next_ms = 0;
    ui->motion.phase = MOTION_MOVING;
}

void ui_motion_end(struct ui *ui)
{
    const struct surface *s = display_surface(ui->display);
    struct rect all = {0, 0, s->w, s->h};
    bool was_moving = ui->motion.phase == MOTION_MOVING;
    ui->motion.phase = MOTION_STILL;
    if (was_moving)
        display_present(ui->display, &all, 1);
}

int ui_motion_due_ms(const struct ui *ui)
{
    if (ui->motion.phase != MOTION_MOVING)
        return -1;
    int64_t left = ui->motion.next_ms - ui_now_ms(ui);
    return left > 0 ? (int)left : 0;
}

/* Mix a row: part of 256 of b. Two channels at a time. */
static void mix_row(uint32_t *out, const uint32_t *a, const uint32_t *b, int n, uint32_t part)
{
    for (int i = 0; i < n; i++) {
        uint32_t rb = a[i] & 0xFF00FFU, g = a[i] & 0x00FF00U;
        uint32_t to_rb = b[i] & 0xFF00FFU, to_g = b[i] & 0x00FF00U;
        rb = (rb * (256 - part) + to_rb * part) >> 8 & 0xFF00FFU;
        g = (g * (256 - part) + to_g * part) >> 8 & 0x00FF00U;
        out[i] = 0xFF000000U | rb | g;
    }
}

/* @param dx  how far right of its place the new page still stands */
static void compose(struct surface *out, const struct surface *from, const struct surface *to,
                    uint32_t part, int dx)
{
    int first = dx > 0 ? dx : 0, end = dx > 0 ? to->w : to->w + dx, n = end - first;
    for (int y = 0; y < out->h; y++) {
        uint32_t *o = out->px + (size_t)y * (size_t)out->stride;
        const uint32_t *a = from->px + (size_t)y * (size_t)from->stride;
        const uint32_t *b = to->px + (size_t)y * (size_t)to->stride;
        mix_row(o + first, a + first, b + first - dx, n, part);
        /* beside the new page its own ground goes on */
        for (int x = 0; x < first; x++)
            mix_row(o + x, a + x, b, 1, part);
        for (int x = end; x < out->w; x++)
            mix_row(o + x, a + x, b + to->w - 1, 1, part);
    }
}

bool ui_motion_step(struct ui *ui)
{
    int64_t now = ui_now_ms(ui);
    if (ui->motion.phase != MOTION_MOVING || now < ui->motion.next_ms)
        return false;
    double t = (double)(now - ui->motion.start_ms) / ui->ctx.tok.turn;
    if (t >= 1) {
        ui_motion_end(ui);
        return true;
    }
    const struct surface *to = display_surface(ui->display);
    double left = (1 - t) * (1 - t); /* quick at first, then calm */
    int dx = (int)(left * to->w * SLIDE_PERCENT / 100);
    bool is_from_left = ui->motion.is_back != ui->ctx.tok.is_rtl;
    compose(ui->motion.frame, ui->motion.from, to, (uint32_t)((1 - left) * 256),
            is_from_left ? -dx : dx);
    display_present_picture(ui->display, ui->motion.frame);
    ui->motion.next_ms = now + FRAME_MS;
    ui->n_frames++;
    return true;
}
