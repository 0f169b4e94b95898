/* SPDX-License-Identifier: Apache-2.0 */
/* Handwriting over zinnia. Thread: main.
 *
 * zinnia keeps nothing between two recognitions: the character it is given and the answer it makes
 * are made and destroyed here, within one call. */
#include "ui/ime/handwriting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zinnia.h>

#include "base/bytes.h"
#include "base/mem.h"

struct handwriting {
    char *model;
    zinnia_recognizer_t *recogniser; /* NULL until the first recognition */
    struct handwriting_point point[HANDWRITING_MAX_POINTS];
    size_t n_points;
    char text[HANDWRITING_MAX_CANDIDATES][HANDWRITING_TEXT_BYTES];
    size_t n_texts;
};

struct handwriting *handwriting_new(const char *model)
{
    struct handwriting *hw = mem_zalloc(1, sizeof *hw);
    hw->model = mem_strdup(model ? model : YJ_HANDWRITING_MODEL);
    return hw;
}

void handwriting_free(struct handwriting *hw)
{
    if (!hw)
        return;
    handwriting_wipe(hw);
    if (hw->recogniser)
        zinnia_recognizer_destroy(hw->recogniser);
    free(hw->model);
    free(hw);
}

bool handwriting_is_there(const struct handwriting *hw)
{
    return access(hw->model, R_OK) == 0;
}

static int inside(int v)
{
    return v < 0 ? 0 : v > HANDWRITING_SIDE ? HANDWRITING_SIDE : v;
}

static bool add(struct handwriting *hw, int x, int y, size_t stroke)
{
    if (hw->n_points == HANDWRITING_MAX_POINTS || stroke >= HANDWRITING_MAX_STROKES)
        return false;
    hw->point[hw->n_points++] =
        (struct handwriting_point){(int16_t)inside(x), (int16_t)inside(y), (uint16_t)stroke};
    return true;
}

bool handwriting_down(struct handwriting *hw, int x, int y)
{
    return add(hw, x, y, handwriting_strokes(hw));
}

bool handwriting_move(struct handwriting *hw, int x, int y)
{
    if (!hw->n_points)
        return false;
    const struct handwriting_point *last = &hw->point[hw->n_points - 1];
    if (last->x == inside(x) && last->y == inside(y))
        return false;
    return add(hw, x, y, last->stroke);
}

bool handwriting_undo(struct handwriting *hw)
{
    if (!hw->n_points)
        return false;
    uint16_t stroke = hw->point[hw->n_points - 1].stroke;
    while (hw->n_points && hw->point[hw->n_points - 1].stroke == stroke)
        bytes_wipe(&hw->point[--hw->n_points], sizeof hw->point[0]);
    return true;
}

void handwriting_clear(struct handwriting *hw)
{
    bytes_wipe(hw->point, sizeof hw->point);
    bytes_wipe(hw->text, sizeof hw->text);
    hw->n_points = hw->n_texts = 0;
}

void handwriting_wipe(struct handwriting *hw)
{
    handwriting_clear(hw);
}

const struct handwriting_point *handwriting_points(const struct handwriting *hw, size_t *ret_n)
{
    *ret_n = hw->n_points;
    return hw->point;
}

size_t handwriting_strokes(const struct handwriting *hw)
{
    return hw->n_points ? hw->point[hw->n_points - 1].stroke + 1U : 0;
}

static int open_model(struct handwriting *hw, struct err *err)
{
    if (hw->recogniser)
        return 0;
    zinnia_recognizer_t *r = zinnia_recognizer_new();
    if (!r || !zinnia_recognizer_open(r, hw->model)) {
        if (r)
            zinnia_recognizer_destroy(r);
        return ERR(err, ERR_UI_ASSET, "the handwriting model is missing or cannot be used");
    }
    hw->recogniser = r;
    return 0;
}

static void take_answer(struct handwriting *hw, const zinnia_result_t *answer)
{
    /* zinnia's reading functions do not change what they read */
    zinnia_result_t *a = (zinnia_result_t *)(uintptr_t)answer;
    size_t n = zinnia_result_size(a);
    for (size_t i = 0; i < n && hw->n_texts < HANDWRITING_MAX_CANDIDATES; i++) {
        const char *text = zinnia_result_value(a, i);
        size_t len = strlen(text);
        if (len > 0 && len < HANDWRITING_TEXT_BYTES && bytes_utf8_valid(text, len))
            memcpy(hw->text[hw->n_texts++], text, len + 1);
    }
}

int handwriting_recognise(struct handwriting *hw, struct err *err)
{
    bytes_wipe(hw->text, sizeof hw->text);
    hw->n_texts = 0;
    if (!hw->n_points)
        return 0;
    int rc = open_model(hw, err);
    if (rc)
        return rc;
    zinnia_character_t *c = zinnia_character_new();
    zinnia_character_set_width(c, HANDWRITING_SIDE);
    zinnia_character_set_height(c, HANDWRITING_SIDE);
    for (size_t i = 0; i < hw->n_points; i++)
        zinnia_character_add(c, hw->point[i].stroke, hw->point[i].x, hw->point[i].y);
    zinnia_result_t *answer =
        zinnia_recognizer_classify(hw->recogniser, c, HANDWRITING_MAX_CANDIDATES);
    if (answer) {
        take_answer(hw, answer);
        zinnia_result_destroy(answer);
    }
    zinnia_character_destroy(c);
    return 0;
}

size_t handwriting_count(const struct handwriting *hw)
{
    return hw->n_texts;
}

const char *handwriting_candidate(const struct handwriting *hw, size_t index)
{
    return index < hw->n_texts ? hw->text[index] : NULL;
}
