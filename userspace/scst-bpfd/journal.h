/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BPFD_JOURNAL_H
#define BPFD_JOURNAL_H

#include <json-c/json.h>

/* The event as the journal's SCST_EVENT=, SCST_POLICY=, ...; as JSON on stderr without a journal. */
void bpfd_journal(struct json_object *event);

#endif
