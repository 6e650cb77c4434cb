/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BPFD_JOURNAL_H
#define BPFD_JOURNAL_H

#include <json-c/json.h>

/* With fields SCST_EVENT=, SCST_POLICY=, ... in the journal; as JSON on stderr without one. */
void bpfd_journal(struct json_object *event);

#endif
