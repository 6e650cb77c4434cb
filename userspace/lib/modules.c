// SPDX-License-Identifier: GPL-2.0-only
/* The table. A new handler or driver is a row here. */
#include "modules.h"

/* clang-format off */
static const struct {
	enum scst_conf_kind kind;
	const char *name;
	const char *module;
} rows[] = {
	{ SCST_CONF_HANDLER,	"vdisk_fileio",	 "scst_vdisk"	},
	{ SCST_CONF_HANDLER,	"vdisk_blockio", "scst_vdisk"	},
	{ SCST_CONF_HANDLER,	"vdisk_nullio",	 "scst_vdisk"	},
	{ SCST_CONF_HANDLER,	"vcdrom",	 "scst_vdisk"	},
	{ SCST_CONF_HANDLER,	"scst_user",	 "scst_user"	},
	{ SCST_CONF_HANDLER,	"scst_user_cdb", "scst_user"	},
	{ SCST_CONF_HANDLER,	"dev_disk",	"scst_disk"	},
	{ SCST_CONF_HANDLER,	"dev_disk_perf", "scst_disk"	},
	{ SCST_CONF_HANDLER,	"dev_tape",	"scst_tape"	},
	{ SCST_CONF_HANDLER,	"dev_tape_perf", "scst_tape"	},
	{ SCST_CONF_HANDLER,	"dev_changer",	"scst_changer"	},
	{ SCST_CONF_HANDLER,	"dev_cdrom",	"scst_cdrom"	},
	{ SCST_CONF_HANDLER,	"dev_modisk",	"scst_modisk"	},
	{ SCST_CONF_HANDLER,	"dev_modisk_perf", "scst_modisk"	},
	{ SCST_CONF_HANDLER,	"dev_processor", "scst_processor"	},
	{ SCST_CONF_HANDLER,	"dev_raid",	"scst_raid"	},
	{ SCST_CONF_DRIVER,	"iscsi",	 "iscsi_scst"	},
	{ SCST_CONF_DRIVER,	"scst_local",	 "scst_local"	},
	{ SCST_CONF_DRIVER,	"ib_srpt",	 "scst_srpt"	}, /* Linux's ib_srpt is LIO's */
};
/* clang-format on */

const char *scst_module_of(enum scst_conf_kind kind, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == kind && streq(rows[i].name, name))
			return rows[i].module;
	return NULL;
}

int scst_modules_of(const struct scst_conf *conf, struct scst_names *modules)
{
	int err = 0;

	for (size_t i = 0; i < conf->nr_children && !err; i++) {
		const struct scst_conf *child = conf->children[i];
		const char *module = scst_module_of(child->kind, child->name);

		if (module && !scst_names_has(modules, module))
			err = scst_names_add(modules, module);
	}
	return err;
}
