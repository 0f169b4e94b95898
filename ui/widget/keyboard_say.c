/* SPDX-License-Identifier: Apache-2.0 */
/* Words for keys that a voice would not read or would read wrongly. Thread: main. */
#include <stdio.h>
#include <string.h>

#include "ui/widget/keyboard_priv.h"

/* Signs and the ids of their names. */
static const struct {
    const char *sign, *word;
} signs[] = {
    {"·", "ime.say.dot"},
    {"，", "ime.say.comma"},
    {"。", "ime.say.stop"},
    {"、", "ime.say.pause"},
    {"：", "ime.say.colon"},
    {"；", "ime.say.semicolon"},
    {"“", "ime.say.quote"},
    {"”", "ime.say.unquote"},
    {"（", "ime.say.bracket"},
    {"）", "ime.say.unbracket"},
    {"(", "ime.say.bracket"},
    {")", "ime.say.unbracket"},
    {"《", "ime.say.title"},
    {"》", "ime.say.untitle"},
    {"-", "ime.say.dash"},
    {"/", "ime.say.slash"},
    {"#", "ime.say.hash"},
    {"&", "ime.say.and"},
    {".", "ime.say.point"},
    {"@", "ime.say.at"},
    {"'", "ime.say.apostrophe"},
    {" ", "ime.say.blank"},
    {"_", "ime.say.underline"},
    {"：；", "ime.say.colon"},
    {"（）《》", "ime.say.bracket"},
    {".@-_", "ime.say.point"},
    {"-_", "ime.say.dash"},
};

const char *keyboard_sign_id(const char *sign)
{
    for (size_t i = 0; i < YJ_COUNT(signs); i++)
        if (strcmp(signs[i].sign, sign) == 0)
            return signs[i].word;
    return NULL;
}

/* Letters one by one: "abc" is no word. */
static const char *spelled(const char *label, char *buf, size_t cap)
{
    size_t w = 0;
    for (size_t i = 0; label[i] && w + 3 < cap; i++) {
        if (i)
            buf[w++] = ' ';
        buf[w++] = label[i];
    }
    buf[w] = '\0';
    return buf;
}

const char *kb_say(const struct keyboard *kb, const struct kb_item *it, char *buf, size_t cap)
{
    bool is_typed = it->act == ACT_TEXT || it->act == ACT_GROUP;
    const char *sign = is_typed ? keyboard_sign_id(it->label) : NULL;
    if (it->act == ACT_PREV || it->act == ACT_NEXT)
        return kb_word(kb, it->act == ACT_PREV ? "ui.page_up" : "ui.page_down");
    if (sign)
        return kb_word(kb, sign);
    if (it->act == ACT_GROUP && it->arg != KB_NO_GROUP)
        return spelled(it->label, buf, cap);
    if (it->act == ACT_METHOD) {
        snprintf(buf, cap, "%s %s", kb_word(kb, "ime.say.method"), it->label);
        return buf;
    }
    return it->label;
}
