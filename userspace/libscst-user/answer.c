// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program answers, as the kernel takes it: it refuses what is no answer, and that would be
 * the end of the program.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "inside.h"

#define CHECK_CONDITION	0x02
#define VENDOR_SPECIFIC	0x7f

/* Bytes that were compared, and therefore may differ: as the kernel has it. */
static uint32_t compared(const struct scst_user_cmd *cmd)
{
	if (cmd->op == SCST_USER_COMPARE_WRITE)
		return cmd->len / 2;
	if (cmd->op != SCST_USER_VERIFY)
		return 0;
	if (cmd->flags & SCST_USER_SAME)
		return UINT32_MAX;
	return cmd->flags & SCST_USER_COMPARE ? cmd->len : 0;
}

static bool is_status(uint8_t status)
{
	return status == 0x00 || status == 0x04 || status == 0x08 || status == 0x18 ||
	       status == 0x28;
}

static bool is_sense(const struct scst_user_cmd *cmd, uint32_t len)
{
	uint8_t code = cmd->sense[0] & 0x7f;

	return len >= 3 && len <= SCST_USER_SENSE_MAX &&
	       ((code >= 0x70 && code <= 0x73) || code == VENDOR_SPECIFIC);
}

static bool is_cdb_answer(const struct scst_user_cmd *cmd, int result)
{
	uint32_t sense_len = (uint32_t)result >> 8;

	if ((result & 0xff) == CHECK_CONDITION)
		return is_sense(cmd, sense_len);
	return !sense_len && is_status(result & 0xff);
}

int scst_user_sound(const struct scst_user_cmd *cmd, int result)
{
	if (result < -4095)
		return -EIO;
	if (cmd->op == SCST_USER_CDB)
		return result < 0 || is_cdb_answer(cmd, result) ? result : -EIO;
	if (result > 0 || (result == -EILSEQ && cmd->differs_at >= compared(cmd)))
		return -EIO;
	return result;
}

/* With these statuses data count. */
static bool moves_data(int result)
{
	return result >= 0 && ((result & 0xff) == 0x00 || (result & 0xff) == CHECK_CONDITION);
}

uint32_t scst_user_moved(const struct scst_user_cmd *cmd, int result)
{
	if (cmd->op == SCST_USER_CDB && !moves_data(result))
		return 0;
	if (cmd->op == SCST_USER_CDB)
		return cmd->moved < cmd->len ? cmd->moved : cmd->len;
	if (!result && cmd->op == SCST_USER_READ)
		return cmd->len;
	return result == -EILSEQ ? cmd->differs_at : 0;
}
