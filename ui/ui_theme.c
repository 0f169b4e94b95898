/* SPDX-License-Identifier: Apache-2.0 */
/* The theme of the screens: which one is used, and what a visitor's wishes make of it. Main thread.
 */
#include <string.h>

#include "base/log.h"
#include "ui/ui_priv.h"

/* A brand that cannot be used must not keep a terminal closed: the product's own look stands in. */
int ui_load_theme(struct ui *ui, const struct ui_cfg *cfg, struct err *err)
{
    const char *name = cfg->theme ? cfg->theme : "default";
    struct err why = {0};
    int r = theme_new(cfg->assets_dir, name, &ui->theme, &why);
    if (r < 0 && strcmp(name, "default") == 0)
        return ERR(err, r, "%s", why.msg); /* nothing is left to stand in */
    if (r < 0) {
        log_line(LOG_ERROR, "ui", "theme refused, the default is used: %s", why.msg);
        memcpy(ui->theme_problem, why.msg, sizeof why.msg);
        r = theme_new(cfg->assets_dir, "default", &ui->theme, err);
    }
    if (r == 0) {
        image_set_replace(ui->images, "mark", theme_brand_picture(ui->theme, THEME_LOGO));
        image_set_replace(ui->images, "hall", theme_brand_picture(ui->theme, THEME_HOME));
    }
    return r;
}

const char *ui_theme_problem(const struct ui *ui)
{
    return ui->theme_problem[0] ? ui->theme_problem : NULL;
}

const char *ui_product_name(const struct ui *ui)
{
    const char *brand = theme_brand_name(ui->theme, text_set_language(ui->texts));
    return brand ? brand : text_get(ui->texts, "ui.product");
}

/* What the choices of the settings will look like, from the theme in use. */
static void make_samples(struct ui *ui, const struct theme_panel *panel, const struct prefs *prefs)
{
    struct prefs other = *prefs;
    struct tokens t;
    for (int i = 0; i < PREFS_N_CONTRAST; i++) {
        other.contrast = (uint8_t)i;
        theme_resolve(ui->theme, panel, &other, &ui->samples.contrast[i]);
    }
    other.is_elder = false;
    for (int i = 0; i < PREFS_N_TEXT; i++) {
        other.text = (uint8_t)i;
        theme_resolve(ui->theme, panel, &other, &t);
        ui->samples.text_px[i] = t.text_strong;
    }
}

void ui_use_theme(struct ui *ui, const struct prefs *prefs)
{
    const struct surface *s = display_surface(ui->display);
    struct theme_panel panel = {ui->px_per_mm, s->w, s->h};
    struct image_look look;
    theme_resolve(ui->theme, &panel, prefs, &ui->ctx.tok);
    theme_look(ui->theme, ui->ctx.tok.contrast, &look);
    image_set_look(ui->images, &look);
    make_samples(ui, &panel, prefs);
}
