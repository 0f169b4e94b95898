/* SPDX-License-Identifier: Apache-2.0 */
/* Boot keyboard reports to characters. Pure. */
#include "drivers/scanner/wedge_keys.h"

#include <string.h>

#include "base/cleanup.h"

enum {
    SHIFT = 0x22,      /* left and right, in the byte of modifiers */
    OTHER_HELD = 0xDD, /* Ctrl, Alt, GUI of either side */
    KEY_ROLLOVER = 0x01,
    KEY_ERRORS = 0x03, /* 0x01..0x03: rollover, failures */
    KEY_A = 0x04,
    KEY_Z = 0x1D,
    KEY_1 = 0x1E,
    KEY_ENTER = 0x28,
    KEY_CAPS_LOCK = 0x39,
    KEY_KEYPAD_ENTER = 0x58,
};

/* 0x1E.. without and with Shift; blanks where a key types no character a code may hold. */
static const char plain[] = "1234567890"
                            "\n   "
                            " -=[]\\\\;'`,./";
static const char shifted[] = "!@#$%^&*()"
                              "\n   "
                              " _+{}||:\"~<>?";

/* 0x54.., with Num Lock on */
static const char keypad[] = "/*-+\n1234567890.";

/* @return the character, 0 when the key types none */
static char char_of(uint8_t key, bool is_shift, bool is_caps)
{
    if (key >= KEY_A && key <= KEY_Z)
        return (char)((is_shift != is_caps ? 'A' : 'a') + key - KEY_A);
    if (key == 0x2C)
        return ' ';
    if (key >= KEY_1 && key < KEY_1 + sizeof plain - 1) {
        char c = is_shift ? shifted[key - KEY_1] : plain[key - KEY_1];
        return c == ' ' ? 0 : c;
    }
    if (key >= 0x54 && key < 0x54 + sizeof keypad - 1)
        return keypad[key - 0x54];
    return 0;
}

static bool was_down(const struct wedge_keys *k, uint8_t key)
{
    return memchr(k->down, key, sizeof k->down) != NULL;
}

/* @return true when the key ends the code */
static bool key_press(struct wedge_keys *k, struct scanner_code *code, uint8_t modifiers,
                      uint8_t key)
{
    if (key == KEY_CAPS_LOCK) {
        k->is_caps_on = !k->is_caps_on;
        return false;
    }
    if (modifiers & OTHER_HELD) {
        scanner_code_spoil(code, ERR_SCANNER_TEXT);
        return false;
    }
    if (key == KEY_ENTER || key == KEY_KEYPAD_ENTER) {
        code->is_begun = true;
        return true;
    }
    char c = char_of(key, modifiers & SHIFT, k->is_caps_on);
    if (c == 0)
        scanner_code_spoil(code, ERR_SCANNER_TEXT);
    else
        scanner_code_add(code, (const uint8_t *)&c, 1);
    return false;
}

bool wedge_keys_feed(struct wedge_keys *k, struct scanner_code *code, const uint8_t *report,
                     size_t n)
{
    bool is_end = false;
    if (n < WEDGE_REPORT_BYTES) {
        scanner_code_spoil(code, ERR_SCANNER_REPORT);
        return false;
    }
    const uint8_t *keys = report + WEDGE_REPORT_BYTES - WEDGE_KEYS;
    if (keys[0] >= KEY_ROLLOVER && keys[0] <= KEY_ERRORS)
        return false;
    for (size_t i = 0; i < WEDGE_KEYS && !is_end; i++)
        if (keys[i] > KEY_ERRORS && !was_down(k, keys[i]) &&
            !memchr(keys, keys[i], i)) /* named twice in one report: pressed once */
            is_end = key_press(k, code, report[0], keys[i]);
    memcpy(k->down, keys, sizeof k->down);
    return is_end;
}
