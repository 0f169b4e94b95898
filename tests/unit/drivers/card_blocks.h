/* SPDX-License-Identifier: Apache-2.0 */
/* Builds text blocks, photo and frames of invented cards from readable fields, for the tests of
 * the reader's codec. Written apart from the codec on purpose. */
#ifndef YJ_TESTS_CARD_BLOCKS_H
#define YJ_TESTS_CARD_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCK_TEXT = 256, BLOCK_PHOTO = 1024, BLOCK_FRAME_MAX = 2321 };

enum block_person { PERSON_CITIZEN, PERSON_J, PERSON_I, PERSON_Y, N_PERSONS };

void block_text(enum block_person person, uint8_t out[BLOCK_TEXT]);
void block_photo(uint8_t out[BLOCK_PHOTO]);
/* @param n_fingers -1: answer to 30 01; 0..2: to 30 10. @return bytes */
size_t block_frame(enum block_person person, int n_fingers, uint8_t out[BLOCK_FRAME_MAX]);
/* Any answer frame. @return bytes */
size_t block_answer(uint8_t sw3, const void *data, size_t n, uint8_t *out);
/* UTF-8 to UTF-16LE, padded with spaces to n bytes. */
void block_field(const char *text, uint8_t *out, size_t n);
/* Here and not in the tests: OpenSSL's header and the product's error codes share a name. */
bool block_has_sha256(const uint8_t *p, size_t n, const char *expected_hex);

#endif
