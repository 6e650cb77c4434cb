// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths and texts of all steps. In the tables a '%' and a letter stand for what a step says:
 *
 *	%h handler  %d device  %D driver  %t target  %g group  %i initiator  %l LUN
 *	%L luns/ of the group, or of the target	     %G device group	     %T target group
 *	%o the group that an initiator goes to	     %n %v attribute	     %p parameters
 */
#include "step.h"

#include <scst/scst.h>

#include "sysfs.h"

/* clang-format off */
static const char *const dirs[SCST_CONF_KINDS] = {
	[SCST_CONF_ROOT]		= "",
	[SCST_CONF_HANDLER]		= "handlers/%h",
	[SCST_CONF_DEVICE]		= "devices/%d",
	[SCST_CONF_DRIVER]		= "targets/%D",
	[SCST_CONF_TARGET]		= "targets/%D/%t",
	[SCST_CONF_LUN]			= "%L/%l",
	[SCST_CONF_GROUP]		= "targets/%D/%t/ini_groups/%g",
	[SCST_CONF_INITIATOR]		= "targets/%D/%t/ini_groups/%g/initiators/%i",
	[SCST_CONF_ALUA]		= "device_groups",
	[SCST_CONF_DEVICE_GROUP]	= "device_groups/%G",
	[SCST_CONF_GROUP_DEVICE]	= "device_groups/%G/devices/%d",
	[SCST_CONF_TARGET_GROUP]	= "device_groups/%G/target_groups/%T",
	[SCST_CONF_GROUP_TARGET]	= "device_groups/%G/target_groups/%T/%t",
};

#define GROUPS		"targets/%D/%t/ini_groups/mgmt"
#define INITIATORS	"targets/%D/%t/ini_groups/%g/initiators/mgmt"
#define IN_DEVICES	"device_groups/%G/devices/mgmt"
#define IN_TARGETS	"device_groups/%G/target_groups/mgmt"

static const struct {
	const char *path;
	const char *text;
} steps[SCST_STEP_KINDS] = {
	[SCST_STEP_OPEN_DEVICE]		= { "handlers/%h/mgmt",	"add_device %d%p"	},
	[SCST_STEP_CLOSE_DEVICE]	= { "handlers/%h/mgmt",	"del_device %d"		},
	[SCST_STEP_ADD_TARGET]		= { "targets/%D/mgmt",	"add_target %t%p"	},
	[SCST_STEP_REMOVE_TARGET]	= { "targets/%D/mgmt",	"del_target %t"		},
	[SCST_STEP_ADD_GROUP]		= { GROUPS,		"create %g"		},
	[SCST_STEP_REMOVE_GROUP]	= { GROUPS,		"del %g"		},
	[SCST_STEP_ADD_INITIATOR]	= { INITIATORS,		"add %i"		},
	[SCST_STEP_REMOVE_INITIATOR]	= { INITIATORS,		"del %i"		},
	[SCST_STEP_MOVE_INITIATOR]	= { INITIATORS,		"move %i %o"		},
	[SCST_STEP_CLEAR_INITIATORS]	= { INITIATORS,		"clear"			},
	[SCST_STEP_ADD_LUN]		= { "%L/mgmt",		"add %d %l%p"		},
	[SCST_STEP_REMOVE_LUN]		= { "%L/mgmt",		"del %l"		},
	[SCST_STEP_REPLACE_LUN]		= { "%L/mgmt",		"replace %d %l%p"	},
	[SCST_STEP_CLEAR_LUNS]		= { "%L/mgmt",		"clear"			},
	[SCST_STEP_ADD_DEVICE_GROUP]	= { "device_groups/mgmt", "create %G"		},
	[SCST_STEP_REMOVE_DEVICE_GROUP]	= { "device_groups/mgmt", "del %G"		},
	[SCST_STEP_ADD_GROUP_DEVICE]	= { IN_DEVICES,		"add %d"		},
	[SCST_STEP_REMOVE_GROUP_DEVICE]	= { IN_DEVICES,		"del %d"		},
	[SCST_STEP_ADD_TARGET_GROUP]	= { IN_TARGETS,		"add %T"		},
	[SCST_STEP_REMOVE_TARGET_GROUP]	= { IN_TARGETS,		"del %T"		},
	[SCST_STEP_ADD_GROUP_TARGET]	= { "device_groups/%G/target_groups/%T/mgmt", "add %t" },
	[SCST_STEP_REMOVE_GROUP_TARGET]	= { "device_groups/%G/target_groups/%T/mgmt", "del %t" },
	[SCST_STEP_ADD_DRIVER_ATTR]	= { "targets/%D/mgmt",	"add_attribute %n %v"	},
	[SCST_STEP_REMOVE_DRIVER_ATTR]	= { "targets/%D/mgmt",	"del_attribute %n %v"	},
	[SCST_STEP_ADD_TARGET_ATTR]	= { "targets/%D/mgmt",	"add_target_attribute %t %n %v" },
	[SCST_STEP_REMOVE_TARGET_ATTR]	= { "targets/%D/mgmt",	"del_target_attribute %t %n %v" },
	[SCST_STEP_ADD_SESSION]		= { "targets/%D/mgmt",	"add_session %t %v"	},
	[SCST_STEP_REMOVE_SESSION]	= { "targets/%D/mgmt",	"del_session %t %v"	},
	[SCST_STEP_SET_ROOT]		= { "%n",		"%v"			},
	[SCST_STEP_SET_HANDLER]		= { "handlers/%h/%n",	"%v"			},
	[SCST_STEP_SET_DEVICE]		= { "devices/%d/%n",	"%v"			},
	[SCST_STEP_SET_DRIVER]		= { "targets/%D/%n",	"%v"			},
	[SCST_STEP_SET_TARGET]		= { "targets/%D/%t/%n",	"%v"			},
	[SCST_STEP_SET_GROUP]		= { "targets/%D/%t/ini_groups/%g/%n", "%v"	},
	[SCST_STEP_SET_LUN]		= { "%L/%l/%n",		"%v"			},
	[SCST_STEP_SET_INITIATOR]	= { "targets/%D/%t/ini_groups/%g/initiators/%i/%n", "%v" },
	[SCST_STEP_SET_ALUA]		= { "device_groups/%n",	"%v"			},
	[SCST_STEP_SET_DEVICE_GROUP]	= { "device_groups/%G/%n", "%v"			},
	[SCST_STEP_SET_TARGET_GROUP]	= { "device_groups/%G/target_groups/%T/%n", "%v" },
	[SCST_STEP_SET_GROUP_TARGET]	= { "device_groups/%G/target_groups/%T/%t/%n", "%v" },
};

static const enum scst_step_kind setters[SCST_CONF_KINDS] = {
	[SCST_CONF_ROOT]		= SCST_STEP_SET_ROOT,
	[SCST_CONF_HANDLER]		= SCST_STEP_SET_HANDLER,
	[SCST_CONF_DEVICE]		= SCST_STEP_SET_DEVICE,
	[SCST_CONF_DRIVER]		= SCST_STEP_SET_DRIVER,
	[SCST_CONF_TARGET]		= SCST_STEP_SET_TARGET,
	[SCST_CONF_LUN]			= SCST_STEP_SET_LUN,
	[SCST_CONF_GROUP]		= SCST_STEP_SET_GROUP,
	[SCST_CONF_INITIATOR]		= SCST_STEP_SET_INITIATOR,
	[SCST_CONF_ALUA]		= SCST_STEP_SET_ALUA,
	[SCST_CONF_DEVICE_GROUP]	= SCST_STEP_SET_DEVICE_GROUP,
	[SCST_CONF_TARGET_GROUP]	= SCST_STEP_SET_TARGET_GROUP,
	[SCST_CONF_GROUP_TARGET]	= SCST_STEP_SET_GROUP_TARGET,
};
/* clang-format on */

static int write_below_root(const struct scst_live *live, const char *path, const char *text)
{
	char full[PATH_MAX];

	if (scst_format(full, sizeof(full), "%s/%s", live->root, path))
		return -ENAMETOOLONG;
	return scst_sysfs_write(full, text);
}

struct scst_live scst_live_default(void)
{
	return (struct scst_live){ .root = SCST_SYSFS_ROOT, .write = write_below_root };
}

/* What a letter stands for; NULL if the step does not say it. */
static const char *named(const struct scst_step *step, char letter)
{
	const struct scst_where *at = &step->at;
	const struct {
		char letter;
		const char *name;
	} names[] = {
		{ 'h', at->handler },	   { 'd', at->device },	      { 'D', at->driver },
		{ 't', at->target },	   { 'g', at->group },	      { 'i', at->initiator },
		{ 'l', at->lun },	   { 'G', at->device_group }, { 'T', at->target_group },
		{ 'o', step->to },	   { 'n', step->name },	      { 'v', step->value },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].letter == letter)
			return names[i].name;
	return NULL;
}

static bool can_be_a_file(const char *name)
{
	return name && *name && !strchr(name, '/') && !streq(name, ".") && !streq(name, "..");
}

/* What stands in a pattern for itself, up to the next '%'. Return: its length, or -ENAMETOOLONG. */
static int put_literal(const char *pattern, char *out, size_t room)
{
	size_t len = strcspn(pattern, "%");

	if (len >= room)
		return -ENAMETOOLONG;
	memcpy(out, pattern, len);
	out[len] = '\0';
	return len;
}

/* Return: 0; -EINVAL for a name that would lead elsewhere; -ENAMETOOLONG. */
static int expand_path(const char *pattern, const struct scst_step *step, char out[PATH_MAX])
{
	size_t len = strlen(out);

	for (; *pattern; pattern++) {
		const char *name;
		int err;

		if (*pattern != '%') {
			err = put_literal(pattern, out + len, PATH_MAX - len);
			pattern += err > 0 ? err - 1 : 0;
			err = err > 0 ? 0 : err;
		} else if (*++pattern == 'L') {
			err = expand_path(step->at.group ? "targets/%D/%t/ini_groups/%g/luns" :
							   "targets/%D/%t/luns", step, out);
		} else {
			name = named(step, *pattern);
			if (!can_be_a_file(name))
				return -EINVAL;
			err = scst_format(out + len, PATH_MAX - len, "%s", name);
		}
		if (err)
			return err;
		len = strlen(out);
	}
	return 0;
}

void scst_where_enter(struct scst_where *at, const struct scst_conf *child)
{
	const char **const names[SCST_CONF_KINDS] = {
		[SCST_CONF_HANDLER]		= &at->handler,
		[SCST_CONF_DEVICE]		= &at->device,
		[SCST_CONF_DRIVER]		= &at->driver,
		[SCST_CONF_TARGET]		= &at->target,
		[SCST_CONF_LUN]			= &at->lun,
		[SCST_CONF_GROUP]		= &at->group,
		[SCST_CONF_INITIATOR]		= &at->initiator,
		[SCST_CONF_DEVICE_GROUP]	= &at->device_group,
		[SCST_CONF_GROUP_DEVICE]	= &at->device,
		[SCST_CONF_TARGET_GROUP]	= &at->target_group,
		[SCST_CONF_GROUP_TARGET]	= &at->target,
	};

	if (names[child->kind])
		*names[child->kind] = child->name;
}

int scst_where_dir(enum scst_conf_kind kind, const struct scst_where *at, char out[PATH_MAX])
{
	const struct scst_step step = { .at = *at };

	out[0] = '\0';
	return expand_path(dirs[kind], &step, out);
}

int scst_step_path(const struct scst_step *step, char out[PATH_MAX])
{
	out[0] = '\0';
	return expand_path(steps[step->kind].path, step, out);
}

static void put_param(FILE *out, const struct scst_conf_attr *attr)
{
	for (size_t i = 0; i < attr->values.nr; i++)
		fprintf(out, "%s=%s;", attr->name, attr->values.list[i]);
	if (!attr->values.nr)
		fprintf(out, "%s=;", attr->name);
}

/*
 * " name=value;name=value;". cluster_mode comes last: it takes over reservations of other nodes,
 * for which the device has to be all there.
 */
static void put_params(FILE *out, const struct scst_conf *params)
{
	const struct scst_conf_attr *last = scst_conf_attr(params, "cluster_mode");

	if (!params || !params->nr_attrs)
		return;
	fputc(' ', out);
	for (size_t i = 0; i < params->nr_attrs; i++)
		if (&params->attrs[i] != last)
			put_param(out, &params->attrs[i]);
	if (last)
		put_param(out, last);
}

void scst_step_say(const struct scst_step *step, const char *pattern, FILE *out)
{
	for (; *pattern; pattern++) {
		if (*pattern != '%')
			fputc(*pattern, out);
		else if (*++pattern == 'p')
			put_params(out, step->params);
		else
			fputs(named(step, *pattern) ?: "", out);
	}
}

int scst_step_text(const struct scst_step *step, char **text)
{
	size_t len;
	FILE *out = open_memstream(text, &len);

	if (!out)
		return -ENOMEM;
	scst_step_say(step, steps[step->kind].text, out);
	if (fclose(out)) {
		free(*text);
		return -ENOMEM;
	}
	return 0;
}

int scst_step_run(const struct scst_live *live, const struct scst_step *step)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int err;

	err = scst_step_path(step, path);
	if (!err)
		err = scst_step_text(step, &text);
	return err ?: live->write(live, path, text);
}

enum scst_step_kind scst_step_set(enum scst_conf_kind kind)
{
	return setters[kind];
}

bool scst_step_enables(const struct scst_step *step)
{
	return step->kind == SCST_STEP_SET_TARGET && streq(step->name, "enabled") &&
	       strtol(step->value, NULL, 0);
}
