// SPDX-License-Identifier: GPL-2.0
/*
 * trace_cmds: the commands that are under way, with the step where each waits. What does not fit
 * into a page is only counted.
 */
#include "command/command.h"
#include "objects/objects.h"
#include "sysfs.h"

struct listing {
	char *buf;
	ssize_t len;
	unsigned int left_out;
};

#define LINE_MAX	(SCST_NAME_LEN + 128)

/* The slot may end and begin again meanwhile: each field is read once, and none is followed. */
static void list_cmd(struct listing *listing, const struct scst_session *sess,
		     const struct scst_cmd *cmd, u32 state)
{
	if (listing->len > PAGE_SIZE - LINE_MAX) {
		listing->left_out++;
		return;
	}
	listing->len += sysfs_emit_at(listing->buf, listing->len,
				      "%s lun=%u tag=%llu opcode=0x%02x step=%s%s\n",
				      sess->initiator, cmd->lun, cmd->tag, cmd->cdb[0],
				      scst_step_name(READ_ONCE(cmd->step)),
				      state & SCST_CMD_ABORTED ? " aborted" : "");
}

static void list_session(struct scst_session *sess, void *arg)
{
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = sess->cmds + i * sess->cmd_size;
		u32 state = smp_load_acquire(&cmd->state);

		if (state & SCST_CMD_LIVE)
			list_cmd(arg, sess, cmd, state);
	}
}

ssize_t scst_trace_cmds_show(void *obj, char *buf)
{
	struct listing listing = { .buf = buf };

	scst_sessions_walk(list_session, &listing);
	if (listing.left_out)
		listing.len += sysfs_emit_at(buf, listing.len, "and %u more\n", listing.left_out);
	return listing.len;
}
