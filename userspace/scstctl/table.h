/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of things as a table of libsmartcols, for people or as JSON: all its columns, or those
 * that --output names, in that order. Whoever has a list has a row for each of its columns.
 */
#ifndef SCSTCTL_TABLE_H
#define SCSTCTL_TABLE_H

#include "cli.h"

struct libscols_table;

/* A column, "-" where there is nothing. The value is good until the next call. */
struct cli_column {
	const char *name;
	const char *(*value)(const void *row);
	bool number;
};

#define CLI_COLUMNS_MAX	8

struct cli_table {
	struct libscols_table *table;
	const struct cli_column *columns[CLI_COLUMNS_MAX];	/* those that are shown */
	size_t nr;
};

/* @columns end with one that has no name; @list is what JSON calls it. Return: 0 or -errno. */
int cli_table_new(struct cli *cli, const char *list, const struct cli_column *columns,
		  struct cli_table *table);
/* Return: 0 or -ENOMEM. */
int cli_table_add(struct cli_table *table, const void *row);
void cli_table_print(const struct cli_table *table);
void cli_table_clear(struct cli_table *table);

/* --output, --noheadings. With --output JSON, too, is that of the table. */
#define CLI_TABLE_OPTIONS						\
	{ "output", "COLUMNS", "which, with commas between them; also of JSON", cli_set_columns }, \
	{ "noheadings", NULL, "no line above the table", cli_set_noheadings }

int cli_set_columns(struct cli *cli, const char *value);
int cli_set_noheadings(struct cli *cli, const char *value);

#endif
