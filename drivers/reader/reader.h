/* SPDX-License-Identifier: Apache-2.0 */
/* Identity-card reader as a driver: use it through reader_ops (drivers/driver.h).
 *
 * What the application sees, beside the events of types/device.h:
 * - While enabled the driver looks for a card every 250 ms; a card is read once and reported once
 *   (CARD), then its removal is watched, also while disabled, until CARD_REMOVED. Every CARD is
 *   followed by exactly one CARD_REMOVED, before the next CARD; unplug and faults between them
 *   change nothing. A card of which no CARD came has no CARD_REMOVED either.
 * - CARD has code 0, or ERR_READER_CARD_DOUBT when fields of the card do not agree with each other
 *   (card->doubts): something for staff to look at, never a reason to refuse.
 * - A card that rests when ENABLE comes is not read again: it must be lifted. That keeps a card
 *   left behind from speaking for the next visitor, also one that an earlier run of this program
 *   has read. status.media tells that it lies there.
 * - CARD_FAILED comes after 3 tries; while the card stays, a new round begins after 1 s. A card
 *   whose text cannot be understood (ERR_READER_CARD_DATA, _TEXT) fails once and must be lifted.
 * - On unplug media becomes MEDIA_UNKNOWN; after replug it is found out whether the same card
 *   lies there still (nothing is told), another one (CARD_REMOVED, then as any card), or none
 *   (CARD_REMOVED).
 * - PORTRAIT comes only when "photo_decoder" is set, at most photo_decoder_ms after its CARD;
 *   never after ENABLE has asked for the next card.
 * - Stopping: the host pushes STOP and calls wake (which ends wait); step never blocks longer
 *   than two short OUT transfers (500 ms each, of a device that does not listen); then the host
 *   calls close, which waits at most 500 ms for a photo decoder to die.
 *
 * Settings (settings file, "devices"."reader"), all optional: see PROTOCOL.md, settings. */
#ifndef YJ_READER_H
#define YJ_READER_H

#include "drivers/driver.h"

#endif
