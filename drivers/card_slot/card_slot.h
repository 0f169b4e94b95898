/* SPDX-License-Identifier: Apache-2.0 */
/* Contact card slot as a driver: use it through card_slot_ops (drivers/driver.h).
 *
 * Settings ("devices"."card_slot"): "reader", a part of the PC/SC reader's name (default: the
 * first reader that takes contact cards); "exclusive", default true: nobody else may use the card
 * while it is read.
 *
 * What the application sees, beside the events of types/device.h:
 * - A card is read only when the slot was seen empty after ENABLE came. A card that is in the slot
 *   already, read before or not, must be pulled and pushed in again; status.media tells that it is
 *   there. This is stricter than the reader (drivers/reader/reader.h), which reads a card that was
 *   laid down unread while disabled: a card hidden in a slot is forgotten more easily than one on
 *   a plate, and must not speak for the next visitor.
 * - A card is reported once (CARD, kind CARD_SOCIAL_SECURITY); then its removal is watched, also
 *   while disabled, until CARD_REMOVED.
 * - CARD_FAILED comes once for a card: at once with ERR_SLOT_KIND for any other card, after 3
 *   tries with ERR_SLOT_CARD, also when it is pulled while it is read or holds up the reader.
 *   Then it must be pulled and pushed in again: that is the cure for contacts anyway. No
 *   CARD_REMOVED follows.
 * - Without the smart card service: DEVICE_HARDWARE_ERROR, ERR_SLOT_SERVICE, tried again after 1,
 *   2, 5, 10 s. Without a reader: DEVICE_NO_DEVICE. When service or reader come back, a card that
 *   was reported counts as the same one until the slot is seen empty; a card that was about to be
 *   read is read.
 * - step never blocks: the calls of PC/SC are made by the transport's worker. A card may
 *   take 10 s for all its answers. A call that does not come back is given up after 5 s (power-on
 *   10 s): DEVICE_HARDWARE_ERROR, ERR_TIMEOUT, and everything is opened anew. close blocks for the
 *   watch in flight: 250 ms; at most 500, and as much again when letting go of the card hangs. */
#ifndef YJ_CARD_SLOT_H
#define YJ_CARD_SLOT_H

#include "drivers/driver.h"

#endif
