/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scst_script: a transport and a back end which do what a script says, for what no initiator of
 * this host can be made to do: task attributes, NACA, task management at a chosen moment, a
 * back end that answers when it is told to. transport.c, backend.c; this is what both need.
 */
#ifndef _SCST_SCRIPT_H
#define _SCST_SCRIPT_H

#include <scst/handler.h>
#include <scst/target.h>

#define NR_SLOTS	64	/* of a session, and with it of tags */

extern const struct scst_handler_ops script_handler_ops;

static inline int word_u64(char **text, u64 max, u64 *out)
{
	char *word = scst_mgmt_word(text);

	return word ? scst_parse_u64(word, 0, max, out) : -EINVAL;
}

#endif
