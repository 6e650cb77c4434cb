// SPDX-License-Identifier: GPL-2.0-only
/* scstctl top on a terminal, with ncurses. */
#include "top.h"

#include <ncurses.h>
#include <time.h>

#define PERIOD_MS	1000

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static const struct {
	int key;
	enum top_sort sort;
} sort_keys[] = {
	{ 'c', TOP_COMMANDS },
	{ 'b', TOP_BYTES },
	{ 'l', TOP_LATENCY },
	{ 'f', TOP_FAILED },
	{ 'n', TOP_NAME },
};

static const struct {
	int key;
	enum top_by by;
} by_keys[] = {
	{ 'u', TOP_BY_NEXUS },
	{ 'i', TOP_BY_INITIATOR },
	{ 'd', TOP_BY_DEVICE },
};

/* Return: false to leave. */
static bool take_key(struct top_view *view, int key)
{
	for (size_t i = 0; i < ARRAY_SIZE(sort_keys); i++)
		if (sort_keys[i].key == key)
			view->sort = sort_keys[i].sort;
	for (size_t i = 0; i < ARRAY_SIZE(by_keys); i++)
		if (by_keys[i].key == key)
			view->by = by_keys[i].by;
	if (key == 'r')
		view->reverse = !view->reverse;
	return key != 'q';
}

static void print_line(int y, int attributes, const char *text)
{
	attron(attributes);
	mvaddnstr(y, 0, text, COLS);
	attroff(attributes);
}

static void draw(const struct top_rates *rates, const struct top_view *view)
{
	double commands = 0, bytes = 0;
	char line[TOP_LINE];
	int y = 2;

	erase();
	for (size_t i = 0; i < rates->busy.nr; i++) {
		commands += rates->busy.rows[i].top.commands;
		bytes += rates->busy.rows[i].top.bytes;
	}
	snprintf(line, sizeof(line), "%.0f commands/s, %.2f MB/s  by %s, sorted by %s%s",
		 rates->seconds ? commands / rates->seconds : 0,
		 rates->seconds ? bytes / rates->seconds / 1e6 : 0, top_bys[view->by],
		 top_sorts[view->sort], view->reverse ? ", reverse" : "");
	print_line(0, A_BOLD, line);
	print_line(1, A_REVERSE, TOP_HEAD);
	for (size_t i = 0; i < rates->busy.nr && y < LINES - 1; i++) {
		top_format(&rates->busy.rows[i], view, rates->seconds, line);
		print_line(y++, 0, line);
	}
	print_line(LINES - 1, A_DIM,
		   "sort: c b l f n  r: reverse  rows: u lun, i initiator, d device  q: quit");
	refresh();
}

/* Keys until the next reading is due; each shows at once. Return: false to leave. */
static bool wait_for_keys(struct top_view *view, const struct cli_counts *now,
			  const struct cli_counts *before, double seconds, double due)
{
	for (double left = due - now_ms(); left > 0; left = due - now_ms()) {
		struct top_rates rates = { .seconds = seconds };
		int key;

		timeout((int)left + 1);
		key = getch();
		if (key == ERR)
			continue;
		if (!take_key(view, key))
			return false;
		top_rates_make(now, before, view, &rates);
		draw(&rates, view);
		cli_counts_clear(&rates.busy);
	}
	return true;
}

static int show_readings(struct cli *cli, struct scst_counts *counts, struct top_view *view)
{
	_cleanup_(cli_counts_clear) struct cli_counts before = {}, now = {};
	double then = now_ms(), seconds = 0;
	int ret = cli_counts_take(cli, counts, &now);

	while (!ret) {
		struct top_rates rates = { .seconds = seconds };

		top_rates_make(&now, &before, view, &rates);
		if (!seconds)
			rates.busy.nr = 0;	/* the first reading says nothing of now */
		draw(&rates, view);
		cli_counts_clear(&rates.busy);
		if (!wait_for_keys(view, &now, seconds ? &before : &now, seconds ?: 1,
				   then + PERIOD_MS))
			return 0;
		cli_counts_clear(&before);
		before = now;
		now = (struct cli_counts){};
		ret = cli_counts_take(cli, counts, &now);
		seconds = (now_ms() - then) / 1e3;
		then = now_ms();
	}
	return ret;
}

int top_screen(struct cli *cli, struct scst_counts *counts, struct top_view *view)
{
	SCREEN *screen = newterm(NULL, stdout, stdin);
	int ret;

	if (!screen)
		return scst_fail(&cli->err, -EOPNOTSUPP,
				 "this terminal cannot be drawn on: try --count");
	cbreak();
	noecho();
	curs_set(0);
	ret = show_readings(cli, counts, view);
	endwin();
	delscreen(screen);
	return ret;
}
