// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <libsmartcols.h>

void cli_table_clear(struct cli_table *table)
{
	if (table->table)
		scols_unref_table(table->table);
}

static int no_memory(struct cli *cli)
{
	return scst_fail(&cli->err, -ENOMEM, "out of memory");
}

static int add_column(struct cli *cli, struct cli_table *table, const struct cli_column *column)
{
	struct libscols_column *added;

	if (table->nr == CLI_COLUMNS_MAX)
		return scst_fail(&cli->err, -EINVAL, "--output: more columns than there are");
	added = scols_table_new_column(table->table, column->name, 0,
				       column->number ? SCOLS_FL_RIGHT : 0);
	if (!added)
		return no_memory(cli);
	if (column->number)
		scols_column_set_json_type(added, SCOLS_JSON_NUMBER);
	table->columns[table->nr++] = column;
	return 0;
}

static const struct cli_column *find_column(const struct cli_column *columns, const char *name)
{
	for (; columns->name; columns++)
		if (!strcasecmp(columns->name, name))
			return columns;
	return NULL;
}

static int no_column(struct cli *cli, const struct cli_column *columns, const char *name)
{
	char known[256] = "";
	size_t len = 0;

	for (; columns->name; columns++)
		len += snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
				columns->name);
	return scst_fail(&cli->err, -EINVAL, "--output: there is no column %s, but %s", name,
			 known);
}

/* Those that were asked for, in that order, or all. */
static int add_columns(struct cli *cli, struct cli_table *table, const struct cli_column *columns)
{
	_cleanup_free_ char *names = cli->columns ? strdup(cli->columns) : NULL;
	char *rest = names, *word;
	int ret = 0;

	if (!cli->columns)
		for (const struct cli_column *c = columns; c->name && !ret; c++)
			ret = add_column(cli, table, c);
	while (!ret && rest && (word = strsep(&rest, ","))) {
		const struct cli_column *column = find_column(columns, word);

		ret = column ? add_column(cli, table, column) : no_column(cli, columns, word);
	}
	return ret;
}

/* A pipe gets no line that was cut to a terminal's width. */
int cli_table_new(struct cli *cli, const char *list, const struct cli_column *columns,
		  struct cli_table *table)
{
	table->table = scols_new_table();
	if (!table->table)
		return no_memory(cli);
	scols_table_enable_noheadings(table->table, cli->noheadings);
	if (cli->json) {
		scols_table_enable_json(table->table, 1);
		scols_table_set_name(table->table, list);
	}
	return add_columns(cli, table, columns);
}

int cli_table_add(struct cli_table *table, const void *row)
{
	struct libscols_line *line = scols_table_new_line(table->table, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->nr; i++) {
		const struct cli_column *column = table->columns[i];
		const char *value = column->value(row);

		/* as JSON a number that is not there is null */
		if (streq(value, "-") && column->number && scols_table_is_json(table->table))
			value = NULL;
		if (scols_line_set_data(line, i, value))
			return -ENOMEM;
	}
	return 0;
}

void cli_table_print(const struct cli_table *table)
{
	scols_print_table(table->table);
}

int cli_set_columns(struct cli *cli, const char *value)
{
	cli->columns = value;
	return 0;
}

int cli_set_noheadings(struct cli *cli, const char *value _unused_)
{
	cli->noheadings = true;
	return 0;
}
