/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and code tables of civil administration: identity numbers, social credit codes, bank
 * cards, telephones, the kiosk's own number, nations, dates, and their masks for screen and paper.
 * Pure, any thread, never blocks.
 * Arguments are NUL-terminated and never NULL unless said so. */
#ifndef YJ_CORE_CODES_H
#define YJ_CORE_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum {
    CODES_IDNO_BYTES = 19,   /* 18 characters and a NUL */
    CODES_NUMBER_BYTES = 25, /* 24 digits and a NUL */
    CODES_USCC_BYTES = 19,   /* 18 characters and a NUL */
};

/* ---- dates: an int YYYYMMDD, 0 = none ---- */

/** @return true when the day exists in the Gregorian calendar, 1800-01-01 to 2199-12-31. */
bool codes_date_exists(int date);

/** @return "YYYY-MM-DD" (exactly) as YYYYMMDD, 0 when it is not written so or does not exist. */
int codes_date_parse(const char *text);

/** @return full months from a day to a day; a shorter month counts as full on its last day. A
 *          start after the end gives a negative number. Both dates must exist. */
int codes_months_between(int from, int to);

/** @return days from a day to a day, negative when the start is after the end. Both must exist. */
int codes_days_between(int from, int to);

/** @return the day n days later (n < 0: before), 0 when it is out of range. date must exist. */
int codes_date_add_days(int date, int n);

/** @return the same day n months later (n < 0: before), of a shorter month its last day; 0 when it
 *          is out of range. date must exist. */
int codes_date_add_months(int date, int n);

/** @return 1 Monday to 7 Sunday. date must exist. */
int codes_weekday(int date);

/* ---- GB 11643 identity number ---- */

/* Why a number is refused, in the order in which it is looked at. */
enum codes_idno {
    IDNO_OK,
    IDNO_FIFTEEN, /* the old number of 15 digits */
    IDNO_LENGTH,  /* not 18 characters */
    IDNO_CHARS,   /* something else than 17 digits and a digit or X */
    IDNO_DATE,    /* digits 7 to 14 are no day of the calendar */
    IDNO_FUTURE,  /* born after today */
    IDNO_AGE,     /* older than 130 years */
    IDNO_CHECK,   /* check character (ISO 7064 MOD 11-2) */
};

/**
 * Judge a number. The division code is not looked at: old codes live on in valid numbers. Lower
 * case x is accepted.
 * @param today  YYYYMMDD
 * Source: GB 11643-1999 clauses 4 and 5.
 */
enum codes_idno codes_idno_check(const char *idno, int today);

/**
 * Bring typed text into the stored form: blanks dropped, full-width digits made narrow, x made X.
 * @param ret  CODES_IDNO_BYTES; empty when the text does not fit
 * @return true when it fits; the number itself is not judged
 */
bool codes_idno_normalise(const char *text, char *ret);

/** @return birth date of an 18-character number, 0 when it holds none. */
int codes_idno_birth(const char *idno);

/** @return '1' male, '2' female (GB/T 2261.1), 0 when digit 17 is no digit. */
char codes_idno_sex(const char *idno);

/**
 * Number of the foreigner permanent residence card of 2017 ("I"): three letters, twelve digits,
 * the last of them a check digit (weights 7 3 1, modulo 10, as in ICAO Doc 9303-3 clause 4.9).
 */
bool codes_foreigner_check(const char *number);

/* ---- GB 32100 unified social credit code ---- */

/* Why a code is refused, in the order in which it is looked at. */
enum codes_uscc {
    USCC_OK,
    USCC_LENGTH,       /* not 18 characters */
    USCC_CHARS,        /* something else than digits and capitals without I O S V Z */
    USCC_AUTHORITY,    /* characters 1 and 2: no registration authority, no kind */
    USCC_REGION,       /* characters 3 to 8 are no digits */
    USCC_ORGANISATION, /* character 17: check of the organisation code (GB 11714) */
    USCC_CHECK,        /* character 18 */
};

/**
 * Judge a code as it is stored (capitals). The division code is not looked at: old codes live on.
 * Source: GB 32100-2015 clauses 4 and 5; GB 11714-1997 clause 4.
 */
enum codes_uscc codes_uscc_check(const char *code);

/**
 * Bring typed text into the stored form: blanks and hyphens dropped, full-width characters made
 * narrow, small letters made capitals.
 * @param ret  CODES_USCC_BYTES; empty when the text does not fit
 * @return true when it fits; the code itself is not judged
 */
bool codes_uscc_normalise(const char *text, char *ret);

/**
 * The one code in a scanned text (the symbol of a business licence is often an address that holds
 * it). It stands between characters that are no letters and digits; %XX of an address are read as
 * what they stand for.
 * @param ret  CODES_USCC_BYTES; empty when there is none
 * @return true when exactly one valid code is there, once or several times; false for two
 */
bool codes_uscc_find(const char *text, char *ret);

/* ---- other numbers ---- */

/** @return true for a mobile number of the mainland: 11 digits, 13 to 19. */
bool codes_mobile_check(const char *number);

/** @return true for a line with its area code: 0731-82345678, 01082345678, 010-82345678-123. */
bool codes_tel_check(const char *number);

/** @return true for an address of at most 64 characters: local part, @, domain with a dot. */
bool codes_email_check(const char *address);

/** @return true for 16 to 19 digits whose last is the Luhn digit (ISO/IEC 7812-1 annex B). */
bool codes_bankcard_check(const char *number);

/**
 * The kiosk's own number: region6 + terminal4 + yyyymmdd + serial5 + check digit.
 * @param terminal_id  10 digits, region and terminal
 * @param date         YYYYMMDD, must exist
 * @param serial       0..99999
 * @param ret          CODES_NUMBER_BYTES
 * @return true; false (ret empty) when an argument is out of range
 * Source: ISO/IEC 7064 MOD 11,10.
 */
bool codes_number_build(const char *terminal_id, int date, unsigned serial, char *ret) YJ_CHECK;

/** @return true for 24 digits with a right check digit. */
bool codes_number_check(const char *number);

/* ---- code tables ---- */

struct codes_entry {
    const char *code, *name;
};

/** GB/T 2261.1: 0, 1, 2, 9. @return entries, *ret_n of them. Static. */
const struct codes_entry *codes_sex(size_t *ret_n);

/** GB/T 3304: 01..56, 97, 98, the names with 族. @return entries, *ret_n of them. Static. */
const struct codes_entry *codes_nation(size_t *ret_n);

/** @return name of a code, NULL when unknown. Static. */
const char *codes_sex_name(const char *code);
const char *codes_nation_name(const char *code);

/* ---- masks: what may stand on a screen or a slip ---- */

/**
 * One character of a name is hidden: 张三 becomes 张*, 陳大文 becomes 陳*文. Text that is not UTF-8
 * becomes "*".
 * @param cap  bytes of ret, at least 2; the result is never longer than the name plus 1
 */
void codes_mask_name(const char *name, char *ret, size_t cap);

/** 1101**********002X: four characters stay at each end, of shorter text two. */
void codes_mask_idno(const char *idno, char *ret, size_t cap);

/** 138****0000 */
void codes_mask_mobile(const char *number, char *ret, size_t cap);

/** 0731****678 */
void codes_mask_tel(const char *number, char *ret, size_t cap);

/** z***@example.com: the first character and the domain stay. */
void codes_mask_email(const char *address, char *ret, size_t cap);

/** Bank card: only the last four digits stay. */
void codes_mask_bankcard(const char *number, char *ret, size_t cap);

/** Any other sensitive text (an address): the first six characters stay, then ***. */
void codes_mask_text(const char *text, char *ret, size_t cap);

#endif
