// SPDX-License-Identifier: GPL-2.0-only
/* All LUNs in a list, sorted: whoever closes ten thousand devices looks at each LUN once. */
#include "uses.h"

static int add_use(struct scst_uses *uses, const struct scst_where *at,
		   const struct scst_conf *lun)
{
	size_t nr = uses->nr;
	struct scst_use *bigger = uses->list;

	if (!(nr & (nr - 1)))	/* a power of two: full */
		bigger = reallocarray(bigger, nr ? 2 * nr : 1, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	uses->list = bigger;
	bigger[uses->nr++] = (struct scst_use){ .at = *at, .lun = lun, .order = nr };
	return 0;
}

static int add_luns(struct scst_uses *uses, const struct scst_conf *owner, struct scst_where at)
{
	struct scst_conf *lun;
	int err = 0;

	scst_conf_for_each(lun, owner, SCST_CONF_LUN) {
		at.lun = lun->name;
		at.device = scst_conf_device(lun);
		if (at.device)
			err = err ?: add_use(uses, &at, lun);
	}
	return err;
}

static int add_target(struct scst_uses *uses, const struct scst_conf *target,
		      struct scst_where at)
{
	struct scst_conf *group;
	int err = add_luns(uses, target, at);

	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: add_luns(uses, group, at);
	}
	return err;
}

static int by_device(const void *a, const void *b)
{
	const struct scst_use *x = a, *y = b;
	int order = strcmp(x->at.device, y->at.device);

	return order ?: (x->order < y->order ? -1 : 1);
}

int scst_uses_read(const struct scst_conf *conf, struct scst_uses *uses)
{
	struct scst_conf *driver, *target;
	int err = 0;

	scst_uses_clear(uses);
	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			if (!err && !streq(driver->name, "copy_manager"))
				err = add_target(uses, target, (struct scst_where){
					.driver = driver->name, .target = target->name });
	if (uses->nr)
		qsort(uses->list, uses->nr, sizeof(*uses->list), by_device);
	return err;
}

void scst_uses_clear(struct scst_uses *uses)
{
	free(uses->list);
	*uses = (struct scst_uses){};
}

const struct scst_use *scst_uses_of(const struct scst_uses *uses, const char *device, size_t *nr)
{
	size_t low = 0, high = uses->nr, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(uses->list[middle].at.device, device) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < uses->nr && streq(uses->list[end].at.device, device); end++)
		;
	*nr = end - low;
	return end > low ? &uses->list[low] : NULL;
}

bool scst_is_share(const struct scst_where *at)
{
	return streq(at->driver, SCST_SHARE_DRIVER) && streq(at->target, SCST_SHARE_TARGET);
}

bool scst_uses_share(const struct scst_uses *uses, const char *device)
{
	size_t nr;
	const struct scst_use *use = scst_uses_of(uses, device, &nr);

	for (size_t i = 0; i < nr; i++)
		if (scst_is_share(&use[i].at))
			return true;
	return false;
}
