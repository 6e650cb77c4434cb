// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of add_device, one row each.
 */
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vdisk.h"

struct pending {
	struct vdisk *vd;
	struct vdisk_args *args;
};

static int set_filename(struct pending *p, const char *value)
{
	char *filename;

	if (value[0] != '/' || p->vd->filename)
		return -EINVAL;
	filename = kstrdup(value, GFP_KERNEL);
	if (!filename)
		return -ENOMEM;
	p->vd->filename = filename;
	return 0;
}

static int set_blocksize(struct pending *p, const char *value)
{
	u64 size;

	if (scst_parse_u64(value, 512, 4096, &size) || !is_power_of_2(size))
		return -EINVAL;
	p->args->blocksize = size;
	return 0;
}

static int set_size(struct pending *p, const char *value)
{
	return scst_parse_u64(value, 512, S64_MAX, &p->args->size);
}

static int set_size_mb(struct pending *p, const char *value)
{
	u64 mb;

	if (scst_parse_u64(value, 1, S64_MAX >> 20, &mb))
		return -EINVAL;
	p->args->size = mb << 20;
	return 0;
}

static int set_read_only(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->dev.lu.read_only);
}

static int set_removable(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->dev.lu.removable);
}

static int set_maybe(s8 *out, const char *value)
{
	bool flag;

	if (scst_parse_bool(value, &flag))
		return -EINVAL;
	*out = flag;
	return 0;
}

static int set_rotational(struct pending *p, const char *value)
{
	return set_maybe(&p->args->rotational, value);
}

static int set_thin_provisioned(struct pending *p, const char *value)
{
	return set_maybe(&p->args->thin, value);
}

static int set_dummy(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->dev.lu.dummy);
}

static int set_read_zero(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->read_zero);
}

static int set_nv_cache(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->nv_cache);
}

static int set_write_through(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->write_through);
}

static int set_o_direct(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->o_direct);
}

static int set_tst(struct pending *p, const char *value)
{
	bool tst;

	if (scst_parse_bool(value, &tst))
		return -EINVAL;
	p->vd->dev.lu.tst = tst;
	return 0;
}

static int set_t10_dev_id(struct pending *p, const char *value)
{
	struct scst_lu *lu = &p->vd->dev.lu;

	if (!*value || strlen(value) >= sizeof(lu->t10_dev_id))
		return -EINVAL;
	strscpy(lu->t10_dev_id, value, sizeof(lu->t10_dev_id));
	return 0;
}

#define FILES	(VDISK_BLOCKIO | VDISK_FILEIO)
#define ALL	(FILES | VDISK_NULLIO)

/* clang-format off */
static const struct {
	const char *name;
	u8 kinds;
	int (*set)(struct pending *p, const char *value);
} rows[] = {
	{ "blocksize",		ALL,		set_blocksize		},
	{ "dummy",		VDISK_NULLIO,	set_dummy		},
	{ "filename",		FILES,		set_filename		},
	{ "nv_cache",		FILES,		set_nv_cache		},
	{ "o_direct",		VDISK_FILEIO,	set_o_direct		},
	{ "read_only",		ALL,		set_read_only		},
	{ "read_zero",		VDISK_NULLIO,	set_read_zero		},
	{ "removable",		ALL,		set_removable		},
	{ "rotational",		ALL,		set_rotational		},
	{ "size",		VDISK_NULLIO,	set_size		},
	{ "size_mb",		VDISK_NULLIO,	set_size_mb		},
	{ "t10_dev_id",		ALL,		set_t10_dev_id		},
	{ "thin_provisioned",	FILES,		set_thin_provisioned	},
	{ "tst",		ALL,		set_tst			},
	{ "write_through",	FILES,		set_write_through	},
};
/* clang-format on */

void vdisk_list_params(struct vdisk_kind *kind)
{
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kinds & kind->bit)
			len += scnprintf(kind->params + len, sizeof(kind->params) - len, "%s%s",
					 len ? ", " : "", rows[i].name);
}

static int set(struct pending *p, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int err;

		if (!(rows[i].kinds & p->vd->kind->bit) || strcasecmp(rows[i].name, name))
			continue;
		err = rows[i].set(p, value);
		if (err == -EINVAL)
			pr_err("scst_vdisk: %s: bad value for %s: %s\n", p->vd->dev.name, name,
			       value);
		return err;
	}
	pr_err("scst_vdisk: %s: unknown parameter %s\n", p->vd->dev.name, name);
	return -EINVAL;
}

int vdisk_parse_params(struct vdisk *vd, struct vdisk_args *args, struct scst_params *params)
{
	struct pending p = { .vd = vd, .args = args };
	char *name, *value;
	int more;

	while ((more = scst_params_next(params, &name, &value)) > 0) {
		int err = set(&p, name, value);

		if (err)
			return err;
	}
	return more;
}
