/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel made of tables: targets, their users and portals. Tests bend it as they need. */
#ifndef FAKE_ENV_H
#define FAKE_ENV_H

#include "env.h"

#define FAKE_ATTRS_MAX	8

struct fake_attr {
	uint32_t tid;
	enum scst_iscsi_attr_kind kind;
	const char *text;
};

struct fake {
	struct scst_iscsi_driver driver;
	struct scst_iscsi_target target[2];
	uint32_t crowd;		/* of targets more, like the second */
	struct fake_attr attr[FAKE_ATTRS_MAX];
	size_t nr_attrs;
	struct portal portal[PORTALS_MAX];
	size_t nr_portals;
	bool isns_denies;
	const char *masked;	/* the initiator that finds no LUN at target[1] */
	int err;		/* everything fails with it */
	unsigned int calls;	/* of the functions that ask the kernel */

	struct chap_algorithms algorithms;
	struct env env;
};

#define FAKE_TARGET	"iqn.2026-01.org.example:a"
#define FAKE_TARGET2	"iqn.2026-01.org.example:b"
#define FAKE_INITIATOR	"iqn.2026-01.org.example:host"
#define FAKE_PORTAL	"192.0.2.1"

void fake_init(struct fake *fake);
void fake_add_attr(struct fake *fake, uint32_t tid, enum scst_iscsi_attr_kind kind,
		   const char *text);

#endif
