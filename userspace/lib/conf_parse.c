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

#include "conf_words.h"

#define NESTED_MAX	64	/* a file has five levels; more is an attack on the stack */
#define FAULTS_MAX	100	/* nobody reads more, and a file may have a million */
#define STATEMENTS_MAX	500000	/* what is read in a second, whatever it says */

/* ---- lines ---------------------------------------------------------------------------------- */

struct parser {
	const char *file;
	char *at;			/* in the text without comments; words get a NUL there */
	unsigned int line;
	unsigned int depth;
	unsigned int statements;
	bool closed;			/* the block that was read last has its } */
	bool torn;			/* braces do not match: who knows what belongs to what */
	struct scst_words words;
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

	if (p->faults->nr > FAULTS_MAX)
		return;
	if (p->faults->nr == FAULTS_MAX)
		fmt = "there is more to say, once this is mended";
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
	const char *end = line + len, *at = line;

	if (len && line[0] == '#')
		return 0;
	while ((at = memchr(at, '#', end - at)) && at[-1] == '\\')
		at++;
	if (!at)
		return len;
	if (!isspace((unsigned char)at[-1]))
		fault(p, p->line, "the comment takes the '%c' before it along; "
		      "put a blank there, or \\# for a #", at[-1]);
	return at - 1 - line;
}

/* "\x" is x, before anything else is looked at. */
static char *copy_unescaped(char *out, const char *line, size_t len)
{
	const char *end = line + len, *at;

	while ((at = memchr(line, '\\', end - line)) && at + 1 < end) {
		out = mempcpy(out, line, at - line);
		*out++ = at[1];
		line = at + 2;
	}
	return mempcpy(out, line, end - line);
}

/* The text without comments and backslashes, line by line what it was. */
static int strip(struct parser *p, const char *text, char **out)
{
	_cleanup_free_ char *buf = malloc(strlen(text) + 1);
	char *end = buf;

	if (!buf)
		return -ENOMEM;
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

/* The next word of @at, and *@at behind the character that ends it: its length. */
static const char *next_token(const char **at, size_t *len)
{
	const char *start = *at, *close;

	while (isspace((unsigned char)*start))
		start++;
	if (!*start)
		return NULL;
	close = *start == '"' ? closing_quote(start) : NULL;
	if (close)
		start++;
	else
		for (close = start; *close && !isspace((unsigned char)*close); )
			close++;
	*at = close + !!*close;
	*len = close - start;
	return start;
}

#define STATEMENT_WORDS	3

struct statement {
	const char *words[STATEMENT_WORDS];
	size_t nr;
	bool lost;			/* there were more */
};

static void read_statement(const struct parser *p, char *text, unsigned int line,
			   struct statement *s)
{
	const char *at = text, *token;
	size_t len;

	while ((token = next_token(&at, &len))) {
		if (s->nr == STATEMENT_WORDS) {
			fault(p, line, "\"%s\" and more than two words behind it: what follows "
			      "those is lost; with blanks they need quotes", s->words[0]);
			s->lost = true;
			return;
		}
		text[token - text + len] = '\0';
		s->words[s->nr++] = token;
	}
}

/* The word that is there, or a new one at the end. */
static struct scst_word *reach_word(struct parser *p, struct scst_word *in, const char *text,
				    unsigned int line)
{
	struct scst_word *word = scst_word_find(in, text);

	if (word)
		return word;
	word = scst_word_new(&p->words, text, line);
	return word && !scst_word_append(in, word) ? word : NULL;
}

/*
 * The last word of a statement is new, with what the block has inside; those before it are what
 * they were. So a section that is there already is replaced.
 */
static int place(struct parser *p, struct scst_word *in, const struct statement *s,
		 unsigned int line, struct scst_word *block)
{
	struct scst_word *old;

	for (size_t i = 0; i + 1 < s->nr; i++) {
		in = reach_word(p, in, s->words[i], line);
		if (!in)
			return -ENOMEM;
	}
	block->text = s->words[s->nr - 1];
	block->line = line;
	old = scst_word_find(in, block->text);
	block->lost |= s->lost || (old && (old->nr || old->lost));
	if (old && old->nr)
		fault(p, line, "\"%s\" once more: what line %u says of it is forgotten",
		      block->text, old->line);
	if (old)
		scst_word_remove(in, old);
	return scst_word_append(in, block);
}

/* @block: what belongs to it, or NULL. */
static int end_statement(struct parser *p, struct scst_word *in, char *text, unsigned int line,
			 struct scst_word *block)
{
	struct statement s = {};

	read_statement(p, text, line, &s);
	if (!s.nr)
		return 0;
	if (p->statements++ == STATEMENTS_MAX)
		return scst_fail(p->err, -EINVAL, "%s:%u: more than %d statements", p->file, line,
				 STATEMENTS_MAX);
	block = block ?: scst_word_new(&p->words, "", line);
	return block ? place(p, in, &s, line, block) : -ENOMEM;
}

/* What stands between the last end of a statement and its own: "0" alone is false to Perl. */
static bool is_something(const char *text)
{
	return *text && !streq(text, "0");
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\f\v")];
}

/* A statement that has no newline behind it: @c is what it has. */
static void lose_unfinished(const struct parser *p, struct scst_word *in, const char *text, char c)
{
	text += strspn(text, " \t\r\f\v");
	fault(p, p->line, "the statement that begins with \"%.*s\" is lost: it ends with its "
	      "line%s", (int)strcspn(text, " \t\r\f\v"), text, c ? ", not with a }" : "");
	in->lost = true;
}

static int parse_block(struct parser *p, struct scst_word *in);

/* A block, and the statement before it on its line that it belongs to. */
static int parse_head(struct parser *p, struct scst_word *in, char *text)
{
	struct scst_word *block = scst_word_new(&p->words, "", p->line);
	bool something = is_something(text);
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
	return end_statement(p, in, text, line, block);
}

/* Up to the brace that ends it, or the end of the text. What is behind it is the caller's. */
static int parse_block(struct parser *p, struct scst_word *in)
{
	for (;;) {
		char *text = p->at, c;
		int err = 0;

		p->at += strcspn(p->at, "{}\n");
		c = *p->at;
		*p->at = '\0';
		if ((c == '}' || !c) && !is_blank(text))
			lose_unfinished(p, in, text, c);
		p->at += !!c;
		p->closed = c == '}';
		if (c == '}' || !c)
			return 0;
		if (c == '{')
			err = parse_head(p, in, text);
		else if (is_something(text))
			err = end_statement(p, in, text, p->line, NULL);
		if (err)
			return err;
		p->line += c == '\n';
	}
}

static int parse_words(struct parser *p, char *text, struct scst_word *root)
{
	int err;

	p->at = text;
	p->line = 1;
	err = parse_block(p, root);
	if (err)
		return err;
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

static int take_inside(const struct parser *p, struct scst_conf *conf,
		       const struct scst_word *word);

/* Words are of different texts, and so are attributes and values. */
static int take_attr(const struct parser *p, struct scst_conf *conf, const struct scst_word *word)
{
	struct scst_conf_attr *attr = scst_conf_add_attr(conf, word->text, word->line);
	int err = attr ? 0 : -ENOMEM;

	conf->lost |= word->lost;
	for (const struct scst_word *value = word->first; value && !err; value = value->next) {
		err = scst_names_add(&attr->values, value->text);
		conf->lost |= value->lost;
		if (!value->nr)
			continue;
		conf->lost = true;
		attr->deep |= word->nr == 1;
		fault(p, value->line, "%s has more than one value behind it, which %s: with a "
		      "blank it needs quotes", word->text,
		      word->nr == 1 ? "-config refuses" : "is lost");
	}
	return err;
}

/*
 * One number, two spellings: the LUN has another device, which may be the same, and is refused
 * where two are. What the second one has inside is lost.
 */
static int take_lun_again(const struct parser *p, struct scst_conf *lun,
			  const struct scst_word *word)
{
	const struct scst_word *device = word->first;

	if (device && device->nr) {
		fault(p, word->line, "LUN %s is that of line %u: what stands inside is lost",
		      word->text, lun->line);
		lun->lost = true;
	}
	lun->line = word->line;
	return device ? scst_names_add(&lun->devices, device->text) : 0;
}

/* A device is one level deeper than the number of its LUN. */
static int take_lun(const struct parser *p, struct scst_conf *parent, const struct scst_word *word)
{
	char number[24];
	struct scst_conf *lun = scst_conf_find(parent, SCST_CONF_LUN,
					       scst_conf_lun_name(word->text, number));
	int err = 0;

	if (!word->nr)
		fault(p, word->line, "LUN %s without a device", word->text);
	if (lun)
		return take_lun_again(p, lun, word);
	lun = scst_conf_add(parent, SCST_CONF_LUN, word->text);
	if (!lun)
		return -ENOMEM;
	lun->line = word->line;
	for (const struct scst_word *device = word->first; device && !err; device = device->next)
		err = scst_names_add(&lun->devices, device->text);
	if (word->nr && !err)
		err = take_inside(p, lun, word->first);
	return err;
}

static int take_child(const struct parser *p, struct scst_conf *parent, enum scst_conf_kind kind,
		      const struct scst_word *word)
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
			const struct section *section, const struct scst_word *word)
{
	int err = 0;

	if (section->child == SCST_CONF_ALUA)
		return take_child(p, parent, section->child, word);
	if (!word->nr)
		fault(p, word->line, "%s without a name", word->text);
	for (word = word->first; word && !err; word = word->next)
		err = section->child == SCST_CONF_LUN ?
			take_lun(p, parent, word) : take_child(p, parent, section->child, word);
	return err;
}

static int take_inside(const struct parser *p, struct scst_conf *conf, const struct scst_word *word)
{
	int err = 0;

	conf->lost |= word->lost;
	for (word = word->first; word && !err; word = word->next) {
		const struct section *section = find_section(conf->kind, word->text);

		err = section ? take_section(p, conf, section, word) : take_attr(p, conf, word);
	}
	return err;
}

static int parse(struct parser *p, const char *text, struct scst_conf *root)
{
	_cleanup_free_ char *stripped = NULL;	/* which the words are in */
	struct scst_word *top = scst_word_new(&p->words, "", 1);
	int err;

	if (!top)
		return -ENOMEM;
	err = strip(p, text, &stripped);
	err = err ?: parse_words(p, stripped, top);
	return err ?: take_inside(p, root, top);
}

int scst_conf_parse(const char *text, const char *file, struct scst_conf **conf,
		    struct scst_names *faults, struct scst_error *err)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = scst_conf_new(SCST_CONF_ROOT, "");
	struct parser p = { .file = file, .faults = faults, .err = err };
	int ret = root ? parse(&p, text, root) : -ENOMEM;

	scst_words_clear(&p.words);
	if (ret)
		return scst_fail(err, ret, "%s", strerror(-ret));
	root->lost = p.torn;	/* what is lost of its own attributes is nobody else's */
	scst_conf_sort(root, scst_conf_by_name);
	*conf = TAKE_PTR(root);
	return 0;
}

/* ---- values, there and back ----------------------------------------------------------------- */

size_t scst_conf_quote(const char *value, char *out)
{
	bool quoted = strchr(value, ' ');
	char *end = out;

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
	return end - out;
}

bool scst_conf_reads_back(const char *value)
{
	_cleanup_free_ char *quoted = NULL;
	const char *at = value, *word;
	size_t len;

	if (value[strcspn(value, "{}\n")] || is_old_grammar(value, strlen(value)))
		return false;
	if (!*value)
		return true;	/* nothing is written, and nothing read */
	if (strchr(value, ' ')) {
		if (asprintf(&quoted, "\"%s\"", value) < 0) {
			quoted = NULL;
			return false;
		}
		at = quoted;
	}
	word = next_token(&at, &len);
	return word && !*at && len == strlen(value) && !memcmp(word, value, len);
}
