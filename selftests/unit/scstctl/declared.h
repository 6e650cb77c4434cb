/* SPDX-License-Identifier: GPL-2.0-only */
/* A configuration that is declared, planned and applied on the fake. In texts ' stands for ". */
#ifndef DECLARED_H
#define DECLARED_H

#include "unit.h"

#include "fake_scst.h"
#include "plan.h"

extern struct fake *fake;
extern struct scst_plan plan;		/* that was made last */
extern struct scst_names done;		/* steps of the last apply() */
extern unsigned int stop_behind;	/* so many steps apply() ends, as if it were killed */
extern void (*behind_each)(void);	/* of its steps, if this is set */
extern bool restored;			/* apply() is what is done at boot: nothing is declared */

extern char aside_path[PATH_MAX];	/* where apply() keeps what it puts aside */

int begin(void **state);
int end(void **state);

void make_plan(const char *text, bool prune, bool force);

/* Behind what was cut off before. Return: how many things failed. */
unsigned int apply(const char *text, bool prune);

/* These are the steps of the plan; what was done is what was planned. */
void is_planned(const char *const *lines, size_t nr);
void is_as_planned(void);

#define PLANNED(...)							\
	do {								\
		static const char *const lines[] = { __VA_ARGS__ };	\
									\
		is_planned(lines, ARRAY_SIZE(lines));			\
	} while (0)

/* Devices of @handler are made with these parameters, and no others, as the real one says. */
void made_with(const char *handler, const char *params);

/* Exactly this speaks against the plan. */
void is_refused(const char *line);

/* What the file at @path has. */
void is(const char *path, const char *value);

#define NULLIO(devices)	"'handlers': [ { 'name': 'vdisk_nullio', 'devices': [ " devices " ] } ]"
#define ISCSI(targets)	"'drivers': [ { 'name': 'iscsi', 'targets': [ " targets " ] } ]"
#define DEV(name)	"{ 'name': '" name "' }"
#define LUN(n, dev)	"{ 'lun': " #n ", 'device': '" dev "' }"

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

#endif
