// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of add_device, one row each.
 */
#include <linux/log2.h>
#include <linux/string.h>

#include "vdisk.h"

/* Sizes are kept in bytes until the block size is known, whatever the order of the parameters. */
struct pending {
	struct vdisk *vd;
	u64 size;
	u32 blocksize;
};

static int set_blocksize(struct pending *p, const char *value)
{
	u64 size;

	if (scst_parse_u64(value, 512, 4096, &size) || !is_power_of_2(size))
		return -EINVAL;
	p->blocksize = size;
	return 0;
}

static int set_size(struct pending *p, const char *value)
{
	return scst_parse_u64(value, 512, S64_MAX, &p->size);
}

static int set_size_mb(struct pending *p, const char *value)
{
	u64 mb;

	if (scst_parse_u64(value, 1, S64_MAX >> 20, &mb))
		return -EINVAL;
	p->size = mb << 20;
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

static int set_rotational(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->dev.lu.rotational);
}

static int set_dummy(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->dev.lu.dummy);
}

static int set_read_zero(struct pending *p, const char *value)
{
	return scst_parse_bool(value, &p->vd->read_zero);
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

static const struct {
	const char *name;
	int (*set)(struct pending *p, const char *value);
} rows[] = {
	{ "blocksize",	set_blocksize	},
	{ "dummy",	set_dummy	},
	{ "read_only",	set_read_only	},
	{ "read_zero",	set_read_zero	},
	{ "removable",	set_removable	},
	{ "rotational",	set_rotational	},
	{ "size",	set_size	},
	{ "size_mb",	set_size_mb	},
	{ "t10_dev_id",	set_t10_dev_id	},
	{ "tst",	set_tst		},
};

const char vdisk_nullio_params[] =
	"blocksize, dummy, read_only, read_zero, removable, rotational, size, size_mb, "
	"t10_dev_id, tst";

static int set(struct pending *p, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcasecmp(rows[i].name, name))
			continue;
		if (!rows[i].set(p, value))
			return 0;
		pr_err("scst_vdisk: %s: bad value for %s: %s\n", p->vd->dev.name, name, value);
		return -EINVAL;
	}
	pr_err("scst_vdisk: %s: unknown parameter %s\n", p->vd->dev.name, name);
	return -EINVAL;
}

int vdisk_parse_params(struct vdisk *vd, struct scst_params *params)
{
	struct scst_lu *lu = &vd->dev.lu;
	struct pending p = {
		.vd = vd,
		.size = lu->nblocks << lu->block_shift,
		.blocksize = 1 << lu->block_shift,
	};
	char *name, *value;
	int more;

	while ((more = scst_params_next(params, &name, &value)) > 0) {
		int err = set(&p, name, value);

		if (err)
			return err;
	}
	if (more < 0)
		return more;
	lu->block_shift = ilog2(p.blocksize);
	lu->nblocks = p.size >> lu->block_shift;
	if (!lu->nblocks) {
		pr_err("scst_vdisk: %s: size is below one block\n", vd->dev.name);
		return -EINVAL;
	}
	return 0;
}
