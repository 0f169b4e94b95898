/* SPDX-License-Identifier: Apache-2.0 */
/* Specimen cards: from readable fields to what the chip holds. Invented persons only. */
#ifndef YJ_SIM_READER_CARDS_H
#define YJ_SIM_READER_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CARD_TEXT = 256, CARD_PHOTO = 1024, CARD_FINGER = 512, CARD_ADDRESS = 70, CARD_MANAGE = 24 };

/* What one card answers. Source: GA/T 490, field table of docs idcard section 3. */
struct sim_card {
    char name[32]; /* key in the file */
    char kind;     /* 'C' citizen, 'J', 'I', 'Y' */
    uint8_t text[CARD_TEXT];
    uint8_t photo[CARD_PHOTO];
    uint8_t fingers[2 * CARD_FINGER];
    int n_fingers;
    bool has_address, has_manage;
    uint8_t address[CARD_ADDRESS]; /* newest added address */
    uint8_t manage[CARD_MANAGE];   /* 8 chip serial, 16 card serial */
};

struct card_box;

/**
 * Read a cards file: an object of cards by name. Fields: kind (citizen, J, I, Y), name, english,
 * sex, ethnic, birth, address, number, authority, from, to, permit, issues, nation, version,
 * agency, renewals, link, added_address, manage (48 hex digits), fingerprints (0..2),
 * photo ("pattern", the default, or "blank"), patch (array of "OFFSET:HEX": bytes written over the
 * finished text block, for what no text can say).
 * @param ret_error  one sentence on failure
 * @return the cards, owned by the caller, or NULL
 */
struct card_box *card_box_load(const char *path, char ret_error[160]);
void card_box_free(struct card_box *box);

/** @return the card, borrowed until the box is freed, or NULL. */
const struct sim_card *card_box_find(const struct card_box *box, const char *name);

#endif
