/* SPDX-License-Identifier: Apache-2.0 */
/* A keyed hash for telling things apart without keeping them. Thread: any. Blocks: no. */
#ifndef YJ_BASE_HASH_H
#define YJ_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_KEY_BYTES = 16 };

/**
 * SipHash-2-4: who does not have the key cannot tell from the hash what was hashed, nor make two
 * things with the same one.
 * @param data  n bytes; NULL allowed when n is 0
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, section 2.
 */
uint64_t hash_keyed(const uint8_t key[HASH_KEY_BYTES], const void *data, size_t n);

#endif
