// SPDX-License-Identifier: GPL-2.0
/*
 * The file in which SCST keeps mode parameters that an initiator had saved,
 * /var/lib/scst/vdev_mode_pages/<device>, so that they survive the change to this target:
 *
 *	<device>	the first line, written last
 *	NAME=VALUE	for each parameter that has not its default; no value has two digits
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "saved.h"

/* clang-format off */
/* Where the standard has them: page, byte, bit. */
static const struct param {
	const char *name;
	u8 page, byte, bit;
	bool inverted;
} params[] = {
	{ "TAS",	   0x0a, 5, 6, false },
	{ "QERR",	   0x0a, 3, 1, false },
	{ "TMF_ONLY",	   0x0a, 2, 4, false },
	{ "SWP",	   0x0a, 4, 3, false },
	{ "D_SENSE",	   0x0a, 2, 2, false },
	{ "DPICZ",	   0x0a, 2, 3, false },
	{ "QUEUE_ALG",	   0x0a, 3, 4, false },
	{ "WRITE_THROUGH", 0x08, 2, 2, true  },	/* WCE says the contrary */
};
/* clang-format on */

static const struct param *find_param(const u8 *name, u32 len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(params); i++)
		if (strlen(params[i].name) == len && !memcmp(params[i].name, name, len))
			return &params[i];
	return NULL;
}

static bool take_param(const struct scst_lu *lu, const struct param *param, u8 value,
		       struct scst_mode *mode)
{
	u8 entry[SCST_SAVED_MODE_LEN];

	if (!param || (param->inverted && value > 1))
		return false;
	entry[0] = param->page;
	entry[1] = 0;
	entry[2] = param->byte;
	entry[3] = param->bit;
	entry[4] = param->inverted ? !value : value;
	return scst_saved_take_mode(lu, entry, mode);
}

/* Return: false: it is no line of SCST's. */
static bool take_line(const struct scst_lu *lu, const u8 *line, u32 len, struct scst_mode *mode,
		      unsigned int *dropped)
{
	if (len < 3 || line[len - 2] != '=' || line[len - 1] < '0' || line[len - 1] > '9')
		return false;
	*dropped += !take_param(lu, find_param(line, len - 2), line[len - 1] - '0', mode);
	return true;
}

bool scst_saved_decode_scst(const struct scst_lu *lu, const char *name, const u8 *file, u32 len,
			    struct scst_saved *out, unsigned int *dropped)
{
	struct scst_saved saved = { .mode = lu->mode_default };
	u32 at, end, name_len = strlen(name);
	unsigned int nr_dropped = 0;

	if (len <= name_len || memcmp(file, name, name_len) || file[name_len] != '\n')
		return false;
	for (at = name_len + 1; at < len; at = end + 1) {
		for (end = at; end < len && file[end] != '\n'; end++)
			;
		if (end == len || !take_line(lu, file + at, end - at, &saved.mode, &nr_dropped))
			return false;
	}
	*out = saved;
	*dropped = nr_dropped;
	return true;
}
