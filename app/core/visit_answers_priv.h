/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine: answers, where they come from, and what must be supplied. Thread:
 * the one that owns the visit. */
#ifndef YJ_CORE_VISIT_ANSWERS_PRIV_H
#define YJ_CORE_VISIT_ANSWERS_PRIV_H

#include "core/visit_priv.h"

/* ---- visit_repeat.c: members of repeated groups ---- */
static inline bool visit_repeats(const struct matter *m, int group)
{
    return group >= 0 && m->group[group].repeat_max > 0;
}
/** @return members of a group that are there; 1 of one that does not repeat */
int visit_repeat_count(const struct visit *v, int group);
/** Begin with as many members as must be there. */
void visit_repeat_begin(struct visit *v);
/** @return true when the group has something to ask. */
bool visit_repeat_is_asked(const struct visit *v, int group);
/** Look again how many members conditions see. @return true when that changed */
bool visit_repeat_see(struct visit *v);
/** A person stands in a repeated group once. @return true when the same field of another member
 * bears this identity number */
bool visit_repeat_is_twice(const struct visit *v, int var, const char *number);
/** What can be done on the page of a member: *ret_add, *ret_remove. @return how many of them */
int visit_repeat_actions(const struct visit *v, int group, int member, bool *ret_add,
                         bool *ret_remove);
void visit_repeat_choose(struct visit *v, int group, int member, int option);

/* ---- visit_choice.c: answers that are tapped: options, sets, consents, tasks to choose ---- */
/** Tap an option of a variable. @return true when the answer changed */
bool visit_choice_tap(struct visit *v, int var, int option);
/** @return true for a type that is tapped and never typed. */
bool visit_choice_is_tapped(const struct visit *v, int var);
/** @return true when a set ("a,b") holds a value. */
bool visit_choice_has(const char *set, const char *value);
/** Options a variable shows now. */
size_t visit_choice_count(const struct visit *v, int var);
void visit_choice_toggle_task(struct visit *v, int option);
void visit_choice_tap_group(struct visit *v, int group, int option);
/** @return how many tasks of the group are missing, 0: enough */
int visit_choice_group_missing(const struct visit *v, int group);
/** @return the first group with too few tasks, or -1 */
int visit_choice_short_group(const struct visit *v);

/* ---- visit_region.c: divisions, one level after another ---- */
/** @return false where no table of divisions is there: the code is typed */
bool visit_region_has_table(const struct visit *v);
/** @return divisions that can be chosen next, *ret_n of them */
const struct codes_entry *visit_region_next(const struct visit *v, int var, size_t *ret_n);
/** @return true for a variable of TYPE_REGION whose last level is not chosen yet. */
bool visit_region_is_partial(const struct visit *v, int var);
void visit_region_tap(struct visit *v, int var, int option);

/* ---- visit_shared.c: what the centre's data sharing knows; cards of other people ---- */
/** Ask once, as soon as the visitor is known and the network is there. */
void visit_shared_settle(struct visit *v);
void visit_shared_enquiry(const struct visit *v, struct enquiry *ret);
void visit_shared_answer(struct visit *v, int64_t job, int code,
                         const struct enquiry_answer *answer);
/** Forget it: another person. */
void visit_shared_forget(struct visit *v);
/** @return the value for a key ("share." left out), or "". */
const char *visit_shared_value(const struct visit *v, const char *key);

/* How the centre's answer stands for a material. */
enum visit_proof {
    PROOF_NONE,    /* nobody was or will be asked */
    PROOF_WAITING, /* no word yet, or none to be had now */
    PROOF_VERIFIED,
    PROOF_EXPIRED, /* found, and no longer valid today */
    PROOF_MISMATCH,
    PROOF_ABSENT,
};
/** @param ret  what was said of it, NULL when nothing was; may be NULL */
enum visit_proof visit_shared_proof(const struct visit *v, int material,
                                    const struct shared_item **ret);
/** @return true when the visitor must do something about the material. */
bool visit_is_to_supply(const struct visit *v, int material);

/* ---- visit_other.c: another person's card or code on a form page ---- */
/** @return true when the present page has a variable that takes from (prefill "other_card.",
 * "code."). */
bool visit_other_wanted(const struct visit *v, const char *from);
void visit_other_card(struct visit *v, const struct card *card);
/** @return true when a variable is filled from ("other_card.", "code.") */
bool visit_other_takes(const struct matter_var *var, const char *from);
/** @return true when the page takes codes: text was taken or refused */
bool visit_other_code(struct visit *v, const char *text);

/* ---- visit_answers.c, visit_typing.c, visit_show.c, visit_supply.c ---- */
struct answers visit_answers(const struct visit *v);
void visit_answers_update(struct visit *v);
/** Forget what was answered and supplied; the card stays. */
void visit_answers_reset(struct visit *v);
void visit_answers_set(struct visit *v, int var, const char *text);
bool visit_answers_shown(const struct visit *v, int var);
/** The answer as conditions and records see it: "" while it is not whole. */
const char *visit_answers_value(const struct visit *v, int var);
/** Put a value that was not typed; its source keeps it from being computed again. */
void visit_answers_put(struct visit *v, int var, const char *value, enum visit_source source);
/** What a card says about an item ("name", "birth") in the form the variable stores.
 * @param date  storage for a date */
const char *visit_answers_card_item(const struct card *card, const char *item,
                                    enum matter_type type, char date[16]);
/** @return false for a value that a variable of options does not know */
bool visit_answers_option_known(const struct matter_var *var, const char *value);
/** @return the variable that "=NAME" of another means, or -1. Inside a repeat: the same member. */
int visit_answers_copied(const struct matter *m, int var);
/** @return true when the answer is good; else its error is noted. */
bool visit_answers_check(struct visit *v, int var);
/** Check every asked variable. @return the first bad one, or -1. */
int visit_answers_check_all(struct visit *v);
bool visit_answers_is_masked(const struct matter_var *var);
/** The answer as shown: labels for options, masks for sensitive ones. "" when there is none. */
void visit_answers_show(const struct visit *v, int var, char *out, size_t cap);
/** The same in the visitor's language, for the screen. */
void visit_answers_say(const struct visit *v, int var, char *out, size_t cap);
/** In Chinese and unmasked, for paper. */
void visit_answers_label(const struct visit *v, int var, char *out, size_t cap);
unsigned visit_card_warnings(const struct card *card, int today);
/** Copy with a limit, never splitting a character. */
void visit_copy(char *out, size_t cap, const char *text);
/** Which actions a material offers now, in the order of its options. @return how many */
int visit_supply_actions(const struct visit *v, int material, enum material_action ret[3]);
/** @return the first material that still waits for the visitor, or -1 */
int visit_supply_missing(const struct visit *v);
size_t visit_tasks_count(const struct visit *v);
/** @return working days in which a material may be brought later */
int visit_later_days(const struct visit *v, int material);

#endif
