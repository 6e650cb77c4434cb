// SPDX-License-Identifier: GPL-2.0-only
#include "fake_env.h"

static int fake_driver(void *arg, struct scst_iscsi_driver *driver)
{
	struct fake *fake = arg;

	fake->calls++;
	*driver = fake->driver;
	return fake->err;
}

/* Target @tid of the crowd. */
static void one_of_the_crowd(const struct fake *fake, uint32_t tid,
			     struct scst_iscsi_target *target)
{
	*target = fake->target[1];
	target->tid = tid;
	sprintf(target->name, "iqn.2026-01.org.example:crowd%u", tid);
}

static int fake_target(void *arg, struct scst_iscsi_target *target)
{
	struct fake *fake = arg;
	uint32_t last = ARRAY_SIZE(fake->target);

	fake->calls++;
	for (size_t i = 0; i < ARRAY_SIZE(fake->target) && !fake->err; i++) {
		const struct scst_iscsi_target *t = &fake->target[i];

		if (target->name[0] ? streq(target->name, t->name) : t->tid > target->tid) {
			*target = *t;
			return 0;
		}
	}
	if (!fake->err && !target->name[0] && target->tid < last + fake->crowd) {
		one_of_the_crowd(fake, target->tid + 1, target);
		return 0;
	}
	return fake->err ?: -ENOENT;
}

static int fake_attr(void *arg, struct scst_iscsi_attr_get *attr)
{
	struct fake *fake = arg;
	uint32_t index = attr->index;

	fake->calls++;
	for (size_t i = 0; i < fake->nr_attrs && !fake->err; i++) {
		const struct fake_attr *a = &fake->attr[i];

		if (a->tid != attr->tid || (uint32_t)a->kind != attr->attr || index--)
			continue;
		return scst_format(attr->text, sizeof(attr->text), "%s", a->text);
	}
	return fake->err ?: -ENOENT;
}

static int fake_access(void *arg, const struct scst_iscsi_access *access)
{
	struct fake *fake = arg;

	fake->calls++;
	return fake->err ?: access->tid != 2 || !fake->masked ||
				    !streq(access->initiator, fake->masked);
}

static bool fake_isns_allows(void *arg, const char *target, const char *initiator)
{
	const struct fake *fake = arg;

	return !fake->isns_denies;
}

static size_t fake_portals(void *arg, const struct portal *local, struct portal *out)
{
	const struct fake *fake = arg;

	memcpy(out, fake->portal, sizeof(fake->portal));
	return fake->nr_portals;
}

static const struct env_ops ops = {
	.driver		= fake_driver,
	.target		= fake_target,
	.attr		= fake_attr,
	.access		= fake_access,
	.isns_allows	= fake_isns_allows,
	.portals	= fake_portals,
};

static void init_target(struct scst_iscsi_target *target, uint32_t tid, const char *name)
{
	static const uint32_t keys[] = {
#define KEY(name, type, rfc, ours, least, most, seen) ours,
		SCST_ISCSI_KEYS(KEY)
#undef KEY
	};
	static const uint32_t settings[] = {
#define SETTING(name, ours, least, most) ours,
		SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING
	};

	*target = (struct scst_iscsi_target){ .tid = tid, .enabled = 1 };
	strcpy(target->name, name);
	memcpy(target->key, keys, sizeof(keys));
	memcpy(target->setting, settings, sizeof(settings));
}

void fake_init(struct fake *fake)
{
	*fake = (struct fake){
		.driver = { .abi = SCST_ISCSI_ABI, .enabled = 1 },
		.portal = { { FAKE_PORTAL, 3260 }, { "2001:db8::1", 3260 } },
		.nr_portals = 2,
		.algorithms = CHAP_ALGORITHMS_DEFAULT,
	};
	init_target(&fake->target[0], 1, FAKE_TARGET);
	init_target(&fake->target[1], 2, FAKE_TARGET2);
	fake->env = (struct env){ &ops, fake, &fake->algorithms, false };
}

void fake_add_attr(struct fake *fake, uint32_t tid, enum scst_iscsi_attr_kind kind,
		   const char *text)
{
	fake->attr[fake->nr_attrs++] = (struct fake_attr){ tid, kind, text };
}
