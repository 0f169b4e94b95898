/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine: states, timers and effects, and what taps, cards, codes and answers
 * do on each page. visit_priv.h has the state they work on. Thread: the one that owns the visit. */
#ifndef YJ_CORE_VISIT_FLOW_PRIV_H
#define YJ_CORE_VISIT_FLOW_PRIV_H

#include "core/visit_priv.h"

struct visit_builder;
struct visit_layout;
struct visit_slot;

/* ---- visit.c: states, timers, effects ---- */
void visit_enter(struct visit *v, enum visit_state state);
void visit_end(struct visit *v);
struct visit_effect *visit_effect_add(struct visit *v, enum visit_effect_kind kind);
void visit_alert_set(struct visit *v, const char *id, enum view_tone tone, const char *arg);
int64_t visit_wall_now(const struct visit *v);
bool visit_device_usable(const struct visit *v, enum device_kind kind);
/** @return true when a device is neither usable nor on its way there; a device that was never
 * fitted is dead where every terminal has one (reader, scanner, printer). */
bool visit_device_dead(const struct visit *v, enum device_kind kind);
/** @return true when it is dead or wants a hand soon (little paper). */
bool visit_device_troubled(const struct visit *v, enum device_kind kind);

/** @return true in the states whose silence is watched. */
bool visit_is_watched(const struct visit *v);

/** What the present state does with a tap. */
void visit_state_intent(struct visit *v, const struct intent *in);
bool visit_state_can_leave(const struct visit *v);

/* ---- visit_taps.c: taps that mean the same everywhere ---- */
void visit_taps_take(struct visit *v, const struct intent *in);
/** A question over the page: what was true of double taps holds for it too. */
void visit_open_modal(struct visit *v, enum visit_modal modal);
void visit_close_modal(struct visit *v);
/** Ask before what was typed or chosen is lost. @return false when there is nothing to lose */
bool visit_taps_ask_leave(struct visit *v);

/** Call staff, or (STAFF_NOT_CALLED) tell them that they need not come. */
void visit_staff_call(struct visit *v, enum staff_call why);

/* ---- visit_prefs.c: how the visitor wants it ---- */
/** Values out of range are dropped: a screen and its machine may be a page apart. */
void visit_prefs_set(struct visit *v, int pref, int value);
/** The next visitor begins as the settings say. */
void visit_prefs_reset(struct visit *v);
/** @return true while nothing differs from what a visitor begins with */
bool visit_prefs_are_default(const struct visit *v);
void visit_prefs_headset(struct visit *v, bool is_plugged);
/** @return by how much every time to react is longer: 2 where words are heard, or read in large
 * letters, else 1 */
int visit_prefs_slow(const struct visit *v);
/** @return seconds the idle question waits */
int visit_prefs_countdown(const struct visit *v);

/* ---- visit_hall.c: what stands at home for everybody; what works and what does not ---- */
/** @return how many stand there: at most 2 */
int visit_hall_lay_notices(struct visit_builder *b);
void visit_hall_lay_foot(struct visit_builder *b);
void visit_hall_lay_functions(struct visit_builder *b);
void visit_hall_view(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_hall_counters(struct visit *v, const struct service_counters *counters);
/** @return after how many milliseconds the next notices stand at home, 0: these stay */
int visit_hall_notices_ms(const struct visit *v);
void visit_hall_next_notices(struct visit *v);
/** @return true when the function can be used now */
bool visit_hall_works(const struct visit *v, enum visit_function function);
/** Out of service: somebody wants to look things up all the same. */
void visit_flow_out_of_service(struct visit *v, const struct intent *in);

/* ---- visit_rating.c: five levels, and the reasons for the last two ---- */
void visit_flow_rating(struct visit *v, const struct intent *in);
void visit_lay_rating(struct visit_builder *b);
void visit_rating_view(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** The page timer: a level that was tapped counts, with the reasons that were. */
void visit_rating_timer(struct visit *v);
/** @return true once a low level was tapped and reasons are asked for */
bool visit_rating_asks_reasons(const struct visit *v);
/** @return the record's word for a reason */
const char *visit_rating_word(enum visit_rating_reason reason);

/* ---- visit_devices.c: what devices report; things left behind ---- */
void visit_devices_take(struct visit *v, const struct device_event *e);
/** @return true while a card lies on the reader or stands in the slot. */
bool visit_devices_hold_card(const struct visit *v);
/** The visit has ended: @return true when its visitor left something behind. */
bool visit_devices_note_left(struct visit *v);
/** The page timer of LEFT_BEHIND. */
void visit_devices_alarm(struct visit *v);
void visit_devices_left_behind(struct visit *v, const struct intent *in);
/** Say {1} device and {2} cause in one sentence. code 0: what its status says. */
void visit_alert_device(struct visit *v, const char *id, enum view_tone tone, enum device_kind kind,
                        int code);

/* ---- visit_settle.c ---- */
void visit_settle(struct visit *v);
void visit_timer_take(struct visit *v, enum visit_timer timer);

/* ---- visit_flow.c, visit_flow_card.c, visit_flow_end.c: what a tap or a card does ---- */
void visit_flow_home(struct visit *v, const struct intent *in);
void visit_flow_matter(struct visit *v, const struct intent *in);
void visit_flow_notice(struct visit *v, const struct intent *in);
void visit_flow_identify(struct visit *v, const struct intent *in);
void visit_flow_questions(struct visit *v, const struct intent *in);
void visit_flow_form(struct visit *v, const struct intent *in);
void visit_flow_materials(struct visit *v, const struct intent *in);
void visit_flow_review(struct visit *v, const struct intent *in);
void visit_flow_sign(struct visit *v, const struct intent *in);
/** The second confirmation of somebody who does not draw. */
void visit_flow_signed_by_key(struct visit *v);
void visit_flow_stopped(struct visit *v, const struct intent *in);
void visit_flow_goodbye(struct visit *v, const struct intent *in);
void visit_flow_card(struct visit *v, const struct card *card);
void visit_flow_card_failed(struct visit *v, int code);
/** Keep the variable the page stands on in sight after pages moved. */
void visit_flow_relocate(struct visit *v);

void visit_flow_supply(struct visit *v, int material, enum visit_supply_kind kind);
/** @return the slot a tap means on the present page, NULL when there is none */
const struct visit_slot *visit_flow_slot(const struct visit *v, int item,
                                         struct visit_layout *layout);
/** @return false where there is no such page of the present state */
bool visit_flow_turn(struct visit *v, int by);
/** Enter a state at its first or last page. */
void visit_flow_enter_at(struct visit *v, enum visit_state state, bool at_end);
/** Of the states that a matter may leave empty, enter the next or the one before with a page. */
void visit_flow_enter_after(struct visit *v, enum visit_state from);
void visit_flow_enter_before(struct visit *v, enum visit_state from);
void visit_flow_show_var(struct visit *v, int var);
/** @return true when everything that must be answered is; else it leads to what is not. */
bool visit_flow_complete(struct visit *v);
void visit_flow_page_back(struct visit *v);
/** Go to a page of the present state; one that is too far means the last. */
void visit_flow_set_page(struct visit *v, int page);
/** An answer has changed what stands on the page. */
void visit_flow_changed(struct visit *v);

/* ---- visit_matter.c: the page of a matter ---- */
void visit_matter_lay(struct visit_builder *b);
void visit_matter_line(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_matter_task(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** @return true when it can be handed in here and today. */
bool visit_matter_can_begin(const struct visit *v);
/** @return whether a material is needed. Before the first question nothing is out of the question:
 * what only a choice brings about is unknown then, not false. */
enum tri visit_matter_material(const struct visit *v, size_t material);
/** @return the day (YYYYMMDD) by which days are over from today, 0: not known; *ret_is_certain */
int visit_matter_due(const struct visit *v, int days, bool *ret_is_certain);
/** "2026-11-23" */
void visit_matter_day(int day, char ret[16]);

/* ---- visit_find.c: home, stages, search ---- */
void visit_flow_find(struct visit *v, const struct intent *in);
/** Look again for what was typed: the words or the day changed. */
void visit_find_search(struct visit *v);
/** BACK from a matter: to where it was chosen, with nothing left of what was filled in. */
void visit_find_return(struct visit *v);
/** BACK to the home page: it shows the tree that was chosen. */
void visit_find_leave(struct visit *v);
/** @return after how much silence the home page goes back to its first look, 0: it has it */
int visit_find_home_ms(const struct visit *v);
/** @return what a stage shows: places in the set, in order; at most cap of them */
size_t visit_find_stage(const struct visit *v, const struct home_stage *stage, int *ret,
                        size_t cap);
/** @return true when it stands in the lists today: valid, and inside its window when it is open */
bool visit_find_is_listed(const struct visit *v, int matter);
/** @return the stage FIND shows */
const struct home_stage *visit_find_the_stage(const struct visit *v);
void visit_lay_home(struct visit_builder *b);
void visit_lay_find(struct visit_builder *b);

/* ---- visit_guide.c ---- */
void visit_guide_begin(struct visit *v);
void visit_flow_guide(struct visit *v, const struct intent *in);
const struct guide_step *visit_guide_step(const struct visit *v);
void visit_lay_guide(struct visit_builder *b);

/* ---- visit_progress.c: how applications stand ---- */
void visit_progress_begin(struct visit *v);
void visit_flow_progress(struct visit *v, const struct intent *in);
bool visit_progress_wants_card(const struct visit *v);
bool visit_progress_wants_code(const struct visit *v);
void visit_progress_card(struct visit *v, const struct card *card);
void visit_progress_code(struct visit *v, const char *text);
void visit_progress_code_failed(struct visit *v, int code);
/** An answer whose job may be the one of this visit. */
void visit_progress_answer(struct visit *v, int64_t job, int code,
                           const struct enquiry_answer *answer);
void visit_progress_enquiry(const struct visit *v, struct enquiry *ret);
/** The page timer: the visitor is told that there is no answer yet. */
void visit_progress_timer(struct visit *v);
int visit_progress_wait_ms(const struct visit *v);
/** @return the report on the screen, NULL when there is none */
const struct case_report *visit_progress_report(const struct visit *v);
/** @return the state of a whole application, from its tasks */
enum case_state visit_progress_state(const struct case_report *report);
void visit_lay_progress(struct visit_builder *b);

/* ---- visit_fix.c: corrections ---- */
/** @return true when something of the report can be put right here by the card that was shown */
bool visit_fix_possible(const struct visit *v, const struct case_report *report);
/** @return how many places of a report can be put right on a terminal */
size_t visit_fix_count(const struct visit *v, const struct case_report *report);
/** Begin to put the report on the screen right; says why when it cannot be. */
void visit_fix_begin(struct visit *v);
/** BACK from the notice: to the report. */
void visit_fix_leave(struct visit *v);
/** While fixing, a plan holds what was named and nothing else; call after every matter_plan. */
void visit_fix_plan(struct visit *v);
/** @return the number of the application that is being put right, "" when none is; "corrects" of
 *          the record. Borrowed until the next step. */
const char *visit_fix_number(const struct visit *v);
/** @return the label of what a correction names in this matter, NULL when it has no such thing */
const char *visit_fix_label(const struct matter *m, const struct case_fix *fix);
/** @return the matter of the catalogue with this code, NULL when there is none */
const struct matter *visit_fix_matter_of(const struct visit *v, const char *code);

/* ---- visit_codes.c: what a scanned code does ---- */
/** Refuse a code in words; too many in a row make a pause. */
void visit_codes_refuse(struct visit *v, const char *id, const char *arg);
void visit_codes_take(struct visit *v, const char *text);
void visit_codes_failed(struct visit *v, int code);
/** The application is stored: its tokens are used up. */
void visit_codes_remember(struct visit *v);

/* ---- visit_print.c: the receipt and what comes after a restart ---- */
void visit_print_stored(struct visit *v, const struct record_ref *record);
void visit_print_done(struct visit *v, int64_t job, enum print_result result);
void visit_print_receipt(struct visit *v, const struct intent *in);
void visit_print_recover(struct visit *v, const struct intent *in);
void visit_print_timer(struct visit *v);
void visit_print_unfinished(struct visit *v, const struct journal_entry *entry);
bool visit_print_can_recover(const struct visit *v);
void visit_print_begin_recover(struct visit *v);
/** @return what the receipt page offers now, in order */
int visit_print_offers(const struct visit *v, enum visit_offer ret[VISIT_N_OFFERS]);

/* ---- visit_pages.c: orders for A4 pages ---- */
bool visit_pages_possible(const struct visit *v);
/** @return true when the list of materials can be ordered, on whichever printer there is. */
bool visit_pages_list_possible(const struct visit *v);
/** @return true when some printer could ever print it. */
bool visit_pages_list_offered(const struct visit *v);
void visit_pages_order_list(struct visit *v);
/** @return true when the job was a list of materials. */
bool visit_pages_list_done(struct visit *v, int64_t job, enum print_result result);
void visit_pages_order(struct visit *v, unsigned kinds);
void visit_pages_done(struct visit *v, int64_t job, enum print_result result, int code);
/** @return true when the applicant promises something instead of handing it in. */
bool visit_has_promise(const struct visit *v);

#endif
