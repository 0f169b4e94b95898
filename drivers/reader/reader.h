/* SPDX-License-Identifier: Apache-2.0 */
/* Identity-card reader as a driver: use it through reader_ops (drivers/driver.h).
 *
 * What the application sees, beside the events of types/device.h:
 * - While enabled the driver looks for a card every 250 ms; a card is read once and reported once
 *   (CARD), then its removal is watched, also while disabled, until CARD_REMOVED.
 * - A card that rests when ENABLE comes is not read again: it must be lifted. That keeps a card
 *   left behind from speaking for the next visitor. status.media tells that it lies there.
 * - CARD_FAILED comes after 3 tries; while the card stays, a new round begins after 1 s.
 * - On unplug media becomes MEDIA_UNKNOWN and no CARD_REMOVED comes; after replug the watch goes
 *   on by asking whether a card can be found, so CARD_REMOVED follows when it has been taken.
 * - Stopping: the host pushes STOP and calls wake (which ends wait); step never blocks longer
 *   than one short OUT transfer (500 ms); then the host calls close. */
#ifndef YJ_READER_H
#define YJ_READER_H

#include "drivers/driver.h"

#endif
