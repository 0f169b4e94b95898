/* SPDX-License-Identifier: Apache-2.0 */
/* kioskctl enrol: a new terminal gets its certificate, by network or by USB stick. */
#ifndef YJ_APP_CTL_ENROL_H
#define YJ_APP_CTL_ENROL_H

/**
 *   enrol --settings FILE --ticket TICKET [--renew]
 *   enrol request --settings FILE --ticket TICKET --out FOLDER [--renew]
 *   enrol accept --settings FILE --in FOLDER
 * @param argv  the words behind "enrol"
 * @return exit status: 0 good, 1 refused (the reason is printed), 2 wrong arguments
 * Thread: main. Blocks: network (at most a minute), disk.
 */
int ctl_enrol(int argc, char **argv);

#endif
