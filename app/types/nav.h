/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the tactile keypad beside the headphone socket, by meaning. Which usage code of which
 * model means what is data (assets/devices/keypad.json). */
#ifndef YJ_TYPES_NAV_H
#define YJ_TYPES_NAV_H

enum nav_key {
    NAV_NONE,
    NAV_PREVIOUS, /* one item back in the reading order */
    NAV_NEXT,     /* one item on */
    NAV_LEFT,     /* inside an item: previous value, candidate, letter */
    NAV_RIGHT,
    NAV_SELECT,
    NAV_BACK, /* the screen's back button, or closes what is open; in an editor: delete */
    NAV_HOME,
    NAV_HELP,   /* call staff */
    NAV_REPEAT, /* say it once more */
    NAV_LOUDER, /* volume, wraps from loudest to quietest for keypads with one such key */
    NAV_SOFTER,
    NAV_FASTER,
    NAV_SLOWER,
    NAV_DIGIT_0, /* ten digits in order */
    NAV_DIGIT_9 = NAV_DIGIT_0 + 9,
    NAV_STAR, /* X of an ID number; '.' of a number */
    NAV_HASH, /* done: closes the editor with what is typed */
    NAV_N_KEYS,
};

#endif
