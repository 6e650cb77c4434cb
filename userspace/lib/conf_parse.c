// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst.conf in two steps. The text becomes words in words, nested maps that know nothing of SCST:
 *
 *	LUN 0 disk1 {			LUN - 0 - disk1 - read_only - 1
 *		read_only 1
 *	}
 *
 * and a table says which of these are sections; all others are attributes and their values. It is
 * the Perl program's way, with its odd ends: `HANDLER {` without a name makes handlers of what is
 * inside, and a word that stands alone forgets the values that were there before.
 */
#include "conf_parse.h"

#include <ctype.h>
#include <stdarg.h>

#define NESTED_MAX	64	/* a file has five levels; more is an attack on the stack */

/* ---- words in words ------------------------------------------------------------------------- */

struct word {
	char *text;
	unsigned int line;
	bool lost;			/* of what stood in it */
	struct word **inside;
	size_t nr;
};

static void free_word(struct word *word)
{
	for (size_t i = 0; i < word->nr; i++)
		free_word(word->inside[i]);
	free(word->inside);
	free(word->text);
	free(word);
}

DEFINE_CLEANUP(struct word *, free_word)

static struct word *new_word(const char *text, unsigned int line)
{
	struct word *word = calloc(1, sizeof(*word));

	if (!word)
		return NULL;
	word->line = line;
	word->text = strdup(text);
	if (!word->text) {
		free(word);
		return NULL;
	}
	return word;
}

static struct word *find_word(const struct word *in, const char *text)
{
	for (size_t i = 0; i < in->nr; i++)
		if (streq(in->inside[i]->text, text))
			return in->inside[i];
	return NULL;
}

static int append_word(struct word *in, struct word *word)
{
	struct word **bigger = in->inside;

	if (!(in->nr & (in->nr - 1)))	/* a power of two: full */
		bigger = reallocarray(bigger, in->nr ? 2 * in->nr : 1, sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	in->inside = bigger;
	in->inside[in->nr++] = word;
	return 0;
}

static void forget_word(struct word *in, struct word *word)
{
	size_t i = 0;

	while (in->inside[i] != word)
		i++;
	memmove(&in->inside[i], &in->inside[i + 1], (in->nr - i - 1) * sizeof(word));
	in->nr--;
	free_word(word);
}

/* The word that is there, or a new one at the end. */
static struct word *reach_word(struct word *in, const char *text, unsigned int line)
{
	_cleanup_(free_wordp) struct word *word = find_word(in, text);

	if (word)
		return TAKE_PTR(word);
	word = new_word(text, line);
	if (!word || append_word(in, word))
		return NULL;
	return TAKE_PTR(word);
}

/* ---- lines ---------------------------------------------------------------------------------- */

struct parser {
	const char *file;
	const char *at;			/* in the text without comments */
	unsigned int line;
	unsigned int depth;
	bool closed;			/* the block that was read last has its } */
	bool torn;			/* braces do not match: who knows what belongs to what */
	struct scst_names *faults;
	struct scst_error *err;
};

/*
 * Faults never fail: without memory there is one less. They go to logs, and a value may be a
 * secret: they name the first word of a statement and no more.
 */
static void _printf_(3, 4) fault(const struct parser *p, unsigned int line, const char *fmt, ...)
{
	char text[512], full[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(full, sizeof(full), "%s:%u: %s", p->file, line, text);
	(void)!scst_names_add(p->faults, full);
}

/*
 * "[GROUP x]" and its like. What stands before the last blank is the kind; SCST converts such
 * files, from what drivers and targets there are at the moment.
 */
static bool is_old_grammar(const char *line, size_t len)
{
	static const char *const kinds[] = { "HANDLER", "GROUP", "ASSIGNMENT" };
	const char *open = memchr(line, '[', len), *close = memrchr(line, ']', len), *blank;

	if (!open || !close || close < open)
		return false;
	for (blank = close; blank > open && !isspace((unsigned char)*blank); )
		blank--;
	while (blank > open && isspace((unsigned char)blank[-1]))
		blank--;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if ((size_t)(blank - open - 1) == strlen(kinds[i]) && blank > open &&
		    !memcmp(open + 1, kinds[i], blank - open - 1))
			return true;
	return false;
}

/*
 * How much of a line is left before its comment. One that does not begin the line takes the
 * character before it along.
 */
static size_t cut_comment(const struct parser *p, const char *line, size_t len)
{
	if (len && line[0] == '#')
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (line[i] != '#' || line[i - 1] == '\\')
			continue;
		if (!isspace((unsigned char)line[i - 1]))
			fault(p, p->line, "the comment takes the '%c' before it along; "
			      "put a blank there, or \\# for a #", line[i - 1]);
		return i - 1;
	}
	return len;
}

/* "\x" is x, before anything else is looked at. */
static char *copy_unescaped(char *out, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\\' && i + 1 < len)
			i++;
		*out++ = line[i];
	}
	return out;
}

/* The text without comments and backslashes, line by line what it was. */
static int strip(struct parser *p, const char *text, char **out)
{
	_cleanup_free_ char *buf = malloc(strlen(text) + 1);
	char *end = buf;

	if (!buf)
		return scst_fail(p->err, -ENOMEM, "out of memory");
	for (p->line = 1; *text; p->line++) {
		size_t len = strcspn(text, "\n"), left = cut_comment(p, text, len);

		if (is_old_grammar(text, left))
			return scst_fail(p->err, -EINVAL, "%s:%u: a configuration of SCST 1.x, "
					 "which is not read any more: write it anew, see "
					 "scst.conf(5)", p->file, p->line);
		end = copy_unescaped(end, text, left);
		text += len;
		if (*text)
			*end++ = *text++;
	}
	*end = '\0';
	*out = TAKE_PTR(buf);
	return 0;
}

/* ---- statements ----------------------------------------------------------------------------- */

/* The end of a word between quotes, or NULL: the quote is an ordinary character. */
static const char *closing_quote(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && !*++at)
			return NULL;
	return *at ? at : NULL;
}

/* The next word of @at: -ENOENT if there is none. */
static int next_token(const char **at, char **out)
{
	const char *start = *at, *close;

	while (isspace((unsigned char)*start))
		start++;
	if (!*start)
		return -ENOENT;
	close = *start == '"' ? closing_quote(start) : NULL;
	if (close) {
		start++;
		*at = close + 1;
	} else {
		for (close = start; *close && !isspace((unsigned char)*close); )
			close++;
		*at = close;
	}
	*out = strndup(start, close - start);
	return *out ? 0 : -ENOMEM;
}

#define STATEMENT_WORDS	3

struct statement {
	char *words[STATEMENT_WORDS];
	size_t nr;
	bool lost;			/* there were more */
};

static void clear_statement(struct statement *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->words[i]);
}

static int read_statement(const struct parser *p, const char *text, unsigned int line,
			  struct statement *s)
{
	char *token;
	int err;

	while (!(err = next_token(&text, &token))) {
		if (s->nr < STATEMENT_WORDS) {
			s->words[s->nr++] = token;
			continue;
		}
		fault(p, line, "\"%s\" and more than two words behind it: what follows those is "
		      "lost; with blanks they need quotes", s->words[0]);
		s->lost = true;
		free(token);
		return 0;
	}
	return err == -ENOENT ? 0 : err;
}

/*
 * The last word of a statement is new, with what the block has inside; those before it are what
 * they were. So a section that is there already is replaced.
 */
static int place(const struct parser *p, struct word *in, const struct statement *s,
		 unsigned int line, struct word *block)
{
	const char *last = s->words[s->nr - 1];
	struct word *old;

	for (size_t i = 0; i + 1 < s->nr; i++) {
		in = reach_word(in, s->words[i], line);
		if (!in)
			return -ENOMEM;
	}
	old = find_word(in, last);
	block->lost |= s->lost || (old && (old->nr || old->lost));
	if (old && old->nr)
		fault(p, line, "\"%s\" once more: what line %u says of it is forgotten", last,
		      old->line);
	if (old)
		forget_word(in, old);
	free(block->text);
	block->text = strdup(last);
	block->line = line;
	return block->text ? append_word(in, block) : -ENOMEM;
}

/* @block is the statement's from here on, whatever happens. */
static int end_statement(struct parser *p, struct word *in, const char *text, unsigned int line,
			 struct word *block)
{
	_cleanup_(free_wordp) struct word *mine = block ?: new_word("", line);
	_cleanup_(clear_statement) struct statement s = {};
	int err;

	if (!mine || read_statement(p, text, line, &s))
		return -ENOMEM;
	if (!s.nr)
		return 0;
	err = place(p, in, &s, line, mine);
	if (!err)
		TAKE_PTR(mine);
	return err;
}

/* What stands between the last end of a statement and here. "0" alone is false to Perl. */
static int take_text(const char *start, const char *end, char **text, bool *something)
{
	*text = strndup(start, end - start);
	if (!*text)
		return -ENOMEM;
	*something = **text && !streq(*text, "0");
	return 0;
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\f\v")];
}

/* A statement that has no newline behind it: @c is what it has. */
static void lose_unfinished(const struct parser *p, struct word *in, const char *text, char c)
{
	text += strspn(text, " \t\r\f\v");
	fault(p, p->line, "the statement that begins with \"%.*s\" is lost: it ends with its "
	      "line%s", (int)strcspn(text, " \t\r\f\v"), text, c ? ", not with a }" : "");
	in->lost = true;
}

static int parse_block(struct parser *p, struct word *in);

/* A block, and the statement before it on its line that it belongs to. */
static int parse_head(struct parser *p, struct word *in, const char *text, bool something)
{
	_cleanup_(free_wordp) struct word *block = new_word("", p->line);
	unsigned int line = p->line;
	int err;

	if (!block)
		return -ENOMEM;
	if (!something || is_blank(text))
		fault(p, line, "a { without a name on its line: all of its block is lost");
	in->lost |= !something || is_blank(text);
	if (++p->depth > NESTED_MAX)
		return scst_fail(p->err, -EINVAL, "%s:%u: blocks are nested more than %d times",
				 p->file, line, NESTED_MAX);
	err = parse_block(p, block);
	p->depth--;
	if (err)
		return err;
	if (!p->closed)
		fault(p, line, "the { of this line has no }");
	p->torn |= !p->closed;
	if (!something)
		return 0;
	return end_statement(p, in, text, line, TAKE_PTR(block));
}

/* Up to the brace that ends it, or the end of the text. What is behind it is the caller's. */
static int parse_block(struct parser *p, struct word *in)
{
	const char *start = p->at;

	for (;;) {
		_cleanup_free_ char *text = NULL;
		bool something;
		char c;
		int err;

		p->at += strcspn(p->at, "{}\n");
		c = *p->at;
		err = take_text(start, p->at, &text, &something);
		if (err)
			return err;
		if ((c == '}' || !c) && !is_blank(text))
			lose_unfinished(p, in, text, c);
		if (c)
			p->at++;
		p->closed = c == '}';
		if (c == '}' || !c)
			return 0;
		if (c == '{')
			err = parse_head(p, in, text, something);
		else if (something)
			err = end_statement(p, in, text, p->line, NULL);
		if (err)
			return err;
		p->line += c == '\n';
		start = p->at;
	}
}

static int parse_words(struct parser *p, const char *text, struct word *root)
{
	int err;

	p->at = text;
	p->line = 1;
	err = parse_block(p, root);
	if (err)
		return scst_fail(p->err, err, "%s", strerror(-err));
	if (p->closed)
		fault(p, p->line, "a } too many: whatever follows is lost");
	p->torn |= p->closed;
	return 0;
}

/* ---- sections ------------------------------------------------------------------------------- */

/* clang-format off */
static const struct section {
	enum scst_conf_kind parent;
	const char *keyword;
	enum scst_conf_kind child;
} sections[] = {
	{ SCST_CONF_ROOT,		"HANDLER",	 SCST_CONF_HANDLER	},
	{ SCST_CONF_HANDLER,		"DEVICE",	 SCST_CONF_DEVICE	},
	{ SCST_CONF_ROOT,		"TARGET_DRIVER", SCST_CONF_DRIVER	},
	{ SCST_CONF_DRIVER,		"TARGET",	 SCST_CONF_TARGET	},
	{ SCST_CONF_TARGET,		"LUN",		 SCST_CONF_LUN		},
	{ SCST_CONF_TARGET,		"GROUP",	 SCST_CONF_GROUP	},
	{ SCST_CONF_GROUP,		"LUN",		 SCST_CONF_LUN		},
	{ SCST_CONF_GROUP,		"INITIATOR",	 SCST_CONF_INITIATOR	},
	{ SCST_CONF_ROOT,		"ALUA",		 SCST_CONF_ALUA		},
	{ SCST_CONF_ROOT,		"DEVICE_GROUP",	 SCST_CONF_DEVICE_GROUP	},
	{ SCST_CONF_DEVICE_GROUP,	"DEVICE",	 SCST_CONF_GROUP_DEVICE	},
	{ SCST_CONF_DEVICE_GROUP,	"TARGET_GROUP",	 SCST_CONF_TARGET_GROUP	},
	{ SCST_CONF_TARGET_GROUP,	"TARGET",	 SCST_CONF_GROUP_TARGET	},
};
/* clang-format on */

static const struct section *find_section(enum scst_conf_kind parent, const char *keyword)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (sections[i].parent == parent && streq(sections[i].keyword, keyword))
			return &sections[i];
	return NULL;
}

static int take_inside(const struct parser *p, struct scst_conf *conf, const struct word *word);

static int take_attr(const struct parser *p, struct scst_conf *conf, const struct word *word)
{
	int err = scst_conf_set(conf, word->text, NULL, word->line);

	conf->lost |= word->lost;
	for (size_t i = 0; i < word->nr && !err; i++) {
		const struct word *value = word->inside[i];

		err = scst_conf_set(conf, word->text, value->text, value->line);
		conf->lost |= value->lost;
		if (!value->nr)
			continue;
		conf->lost = true;
		if (word->nr == 1)
			scst_conf_attr(conf, word->text)->deep = true;
		fault(p, value->line, "%s has more than one value behind it, which %s: with a "
		      "blank it needs quotes", word->text,
		      word->nr == 1 ? "-config refuses" : "is lost");
	}
	return err;
}

/* A device is one level deeper than the number of its LUN. */
static int take_lun(const struct parser *p, struct scst_conf *parent, const struct word *word)
{
	struct scst_conf *lun = scst_conf_add(parent, SCST_CONF_LUN, word->text);
	int err = lun ? 0 : -ENOMEM;

	if (lun)
		lun->line = word->line;
	if (!word->nr)
		fault(p, word->line, "LUN %s without a device", word->text);
	for (size_t i = 0; i < word->nr && !err; i++)
		err = scst_names_add(&lun->devices, word->inside[i]->text);
	if (word->nr && !err)
		err = take_inside(p, lun, word->inside[0]);
	return err;
}

static int take_child(const struct parser *p, struct scst_conf *parent, enum scst_conf_kind kind,
		      const struct word *word)
{
	struct scst_conf *child = scst_conf_add(parent, kind, word->text);

	if (!child)
		return -ENOMEM;
	child->line = word->line;
	if (word->nr && (kind == SCST_CONF_INITIATOR || kind == SCST_CONF_GROUP_DEVICE))
		fault(p, word->line, "\"%s\" has no attributes: what stands inside is lost",
		      word->text);
	return take_inside(p, child, word);
}

static int take_section(const struct parser *p, struct scst_conf *parent,
			const struct section *section, const struct word *word)
{
	int err = 0;

	if (section->child == SCST_CONF_ALUA)
		return take_child(p, parent, section->child, word);
	if (!word->nr)
		fault(p, word->line, "%s without a name", word->text);
	for (size_t i = 0; i < word->nr && !err; i++)
		err = section->child == SCST_CONF_LUN ?
			take_lun(p, parent, word->inside[i]) :
			take_child(p, parent, section->child, word->inside[i]);
	return err;
}

static int take_inside(const struct parser *p, struct scst_conf *conf, const struct word *word)
{
	int err = 0;

	conf->lost |= word->lost;
	for (size_t i = 0; i < word->nr && !err; i++) {
		const struct section *section = find_section(conf->kind, word->inside[i]->text);

		err = section ? take_section(p, conf, section, word->inside[i]) :
				take_attr(p, conf, word->inside[i]);
	}
	return err;
}

int scst_conf_parse(const char *text, const char *file, struct scst_conf **conf,
		    struct scst_names *faults, struct scst_error *err)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = scst_conf_new(SCST_CONF_ROOT, "");
	_cleanup_(free_wordp) struct word *words = new_word("", 1);
	struct parser p = { .file = file, .faults = faults, .err = err };
	_cleanup_free_ char *stripped = NULL;
	int ret;

	if (!root || !words)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = strip(&p, text, &stripped);
	if (!ret)
		ret = parse_words(&p, stripped, words);
	if (ret)
		return ret;
	if (take_inside(&p, root, words))
		return scst_fail(err, -ENOMEM, "out of memory");
	root->lost = p.torn;	/* what is lost of its own attributes is nobody else's */
	scst_conf_sort(root, scst_conf_by_name);
	*conf = TAKE_PTR(root);
	return 0;
}

/* ---- values, there and back ----------------------------------------------------------------- */

char *scst_conf_quote(const char *value)
{
	char *out = malloc(2 * strlen(value) + 3), *end = out;
	bool quoted = strchr(value, ' ');

	if (!out)
		return NULL;
	if (quoted)
		*end++ = '"';
	for (; *value; value++) {
		if (*value == '\\' || *value == '#')
			*end++ = '\\';
		*end++ = *value;
	}
	if (quoted)
		*end++ = '"';
	*end = '\0';
	return out;
}

bool scst_conf_reads_back(const char *value)
{
	_cleanup_free_ char *text = NULL, *word = NULL;
	const char *at;

	if (value[strcspn(value, "{}\n")] || is_old_grammar(value, strlen(value)))
		return false;
	if (!*value)
		return true;	/* nothing is written, and nothing read */
	if (asprintf(&text, strchr(value, ' ') ? "\"%s\"" : "%s", value) < 0) {
		text = NULL;
		return false;
	}
	at = text;
	return !next_token(&at, &word) && !*at && streq(word, value);
}
