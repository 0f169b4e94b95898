/* SPDX-License-Identifier: Apache-2.0 */
/* Why the terminal calls for staff. */
#ifndef YJ_TYPES_STAFF_H
#define YJ_TYPES_STAFF_H

enum staff_call {
    STAFF_NOT_CALLED,
    STAFF_CALLED_BY_VISITOR, /* the button */
    STAFF_CARD_LEFT,         /* a card lies there and its owner has gone */
    STAFF_RECEIPT_LEFT,
    STAFF_N_CALLS,
};

#endif
