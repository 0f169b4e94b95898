/* SPDX-License-Identifier: Apache-2.0 */
/* The reader model's face above: orders as words, state as JSON. Thread: any. */
#ifndef YJ_SIM_READER_FACE_H
#define YJ_SIM_READER_FACE_H

#include <jansson.h>

#include "reader_model.h"

/**
 * Carry out one order:
 *   card lay NAME | card lift        (also: lay NAME | lift)
 *   fault KIND[@COMMAND] [N | always | off] [p=PROB] [seed=S]        fault off
 *     KIND     xor len truncated stall silent late noise unplug, or swXX: an error SW3 in hex
 *     COMMAND  reset status samid find select read readfp address manage rf
 *   sw12 XX XX           SW1 and SW2 of the refusals that carry some
 *   warm MS [60 | 66]    the security module is not ready for so long
 *   split off | varying | 1..64       one-pipe answers in pieces
 *   garbage on | off     rubbish in front of every preamble
 *   sticky on | off      a card that was read is found again only after it was lifted
 * Names of cards are those of reader_face_cards.
 * @return 0, or -1 with a sentence
 */
int reader_order(struct reader_model *m, int n_words, char **words, char ret_error[160]);

/** Cards that orders may name; borrowed as long as orders come. NULL: none. */
void reader_face_cards(struct reader_model *m, const struct card_box *box);

/** @return its state and counters, owned by the caller */
json_t *reader_report(struct reader_model *m);

#endif
