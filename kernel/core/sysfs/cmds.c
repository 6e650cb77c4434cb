// SPDX-License-Identifier: GPL-2.0
/*
 * trace_cmds, trace_mcmds: the commands and task management functions that are under way, with the
 * step where each waits. What does not fit into a page is only counted.
 */
#include "command/command.h"
#include "objects/objects.h"
#include "tasks/inject.h"
#include "tasks/tasks.h"
#include "sysfs.h"

struct listing {
	char *buf;
	ssize_t len;
	unsigned int left_out;
};

#define LINE_MAX	(SCST_NAME_LEN + 128)

static bool has_room(struct listing *listing)
{
	bool room = listing->len <= PAGE_SIZE - LINE_MAX;

	listing->left_out += !room;
	return room;
}

static ssize_t end_listing(struct listing *listing)
{
	if (listing->left_out)
		listing->len += sysfs_emit_at(listing->buf, listing->len, "and %u more\n",
					      listing->left_out);
	return listing->len;
}

/* The slot may end and begin again meanwhile: each field is read once, and none is followed. */
static void list_cmd(struct listing *listing, const struct scst_session *sess,
		     const struct scst_cmd *cmd, u32 state)
{
	if (!has_room(listing))
		return;
	listing->len += sysfs_emit_at(listing->buf, listing->len,
				      "%s lun=%u tag=%llu opcode=0x%02x step=%s%s%s\n",
				      sess->initiator, cmd->lun, cmd->tag, cmd->cdb[0],
				      scst_step_name(READ_ONCE(cmd->step)),
				      scst_inject_holder(cmd).text,
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
	return end_listing(&listing);
}

/* clang-format off */
static const char *const functions[] = {
	[SCST_TMF_ABORT_TASK]		= "ABORT_TASK",
	[SCST_TMF_ABORT_TASK_SET]	= "ABORT_TASK_SET",
	[SCST_TMF_CLEAR_ACA]		= "CLEAR_ACA",
	[SCST_TMF_CLEAR_TASK_SET]	= "CLEAR_TASK_SET",
	[SCST_TMF_LUN_RESET]		= "LUN_RESET",
	[SCST_TMF_TARGET_RESET]		= "TARGET_RESET",
	[SCST_TMF_I_T_NEXUS_RESET]	= "I_T_NEXUS_RESET",
	[SCST_TMF_QUERY_TASK]		= "QUERY_TASK",
	[SCST_TMF_QUERY_TASK_SET]	= "QUERY_TASK_SET",
	[SCST_TMF_QUERY_ASYNC_EVENT]	= "QUERY_ASYNC_EVENT",
};
/* clang-format on */

/* It has not begun, or waits until commands have left; in between it is quick. */
static void list_tmf(const struct scst_tmf *tmf, void *arg)
{
	const char *name = tmf->fn < ARRAY_SIZE(functions) ? functions[tmf->fn] : "unknown";
	struct listing *listing = arg;

	if (!has_room(listing))
		return;
	listing->len += sysfs_emit_at(listing->buf, listing->len,
				      "%s fn=%s lun=%u tag=%llu state=%s\n", tmf->sess->initiator,
				      name, tmf->lun, tmf->tag,
				      READ_ONCE(tmf->nexus) ? "waiting" : "queued");
}

ssize_t scst_trace_mcmds_show(void *obj, char *buf)
{
	struct listing listing = { .buf = buf };

	scst_tmfs_walk(list_tmf, &listing);
	return end_listing(&listing);
}
