// SPDX-License-Identifier: GPL-2.0-only
#include "keys.h"

enum key_type {
	KEY_OR,
	KEY_AND,
	KEY_MIN,
	KEY_MAX,
	KEY_DECLARE,	/* each side says what it takes: no answer */
	KEY_DIGEST,	/* a list, of which the first that we know is chosen */
	KEY_LOCAL,	/* not on the wire */
};

static const struct {
	const char *name;
	enum key_type type;
	uint32_t rfc_default;
	uint32_t our_default;
	uint32_t least;
	uint32_t most;
	bool visible;	/* the administrator may change it, and so mean it */
} rows[SCST_ISCSI_KEY_MAX] = {
#define KEY(name, type, rfc, ours, least, most, seen) \
	[SCST_ISCSI_##name] = { #name, KEY_##type, rfc, ours, least, most, seen },
	SCST_ISCSI_KEYS(KEY)
#undef KEY
};

/* Keys whose answer does not depend on anything. */
static const struct {
	const char *name;
	const char *answer;	/* NULL: it declares something, and needs none */
} fixed_rows[] = {
	/* RFC 7143 13.26: obsolete; No or Reject, but never NotUnderstood */
	{ "IFMarker",				"No"		},
	{ "OFMarker",				"No"		},
	{ "IFMarkInt",				"Reject"	},
	{ "OFMarkInt",				"Reject"	},
	/* RFC 7145: only where RDMAExtensions=Yes */
	{ "RDMAExtensions",			"No"		},
	{ "InitiatorRecvDataSegmentLength",	"Irrelevant"	},
	{ "TargetRecvDataSegmentLength",	"Irrelevant"	},
	{ "MaxOutstandingUnexpectedPDUs",	"Irrelevant"	},
	{ "MaxAHSLength",			"Irrelevant"	},
	{ "TaggedBufferForSolicitedDataOnly",	"Irrelevant"	},
	{ "iSERHelloRequired",			"Irrelevant"	},
	{ "X#NodeArchitecture",			NULL		},
};

/* RFC 7143 clause 13, "Irrelevant when: SessionType=Discovery". */
static const uint32_t irrelevant_in_discovery =
	1 << SCST_ISCSI_MaxConnections | 1 << SCST_ISCSI_InitialR2T |
	1 << SCST_ISCSI_ImmediateData | 1 << SCST_ISCSI_MaxBurstLength |
	1 << SCST_ISCSI_FirstBurstLength | 1 << SCST_ISCSI_MaxOutstandingR2T |
	1 << SCST_ISCSI_DataPDUInOrder | 1 << SCST_ISCSI_DataSequenceInOrder;

#define PROTOCOL_LEVEL	1	/* RFC 7143; 2 is RFC 7144 */
#define DECLARED_MOST	0xffffff

static const struct {
	const char *name;
	uint32_t bit;
} digests[] = {
	{ "None",	SCST_ISCSI_DIGEST_NONE		},
	{ "CRC32C",	SCST_ISCSI_DIGEST_CRC32C	},
};

static const char *digest_name(uint32_t bit)
{
	return digests[bit == SCST_ISCSI_DIGEST_CRC32C].name;
}

void keys_init(struct keys *keys, const uint32_t *ours)
{
	*keys = (struct keys){ .discovery = !ours };
	for (int i = 0; i < SCST_ISCSI_KEY_MAX; i++) {
		keys->ours[i] = ours ? ours[i] : rows[i].our_default;
		keys->value[i] = rows[i].rfc_default;
	}
}

static int find(const char *name)
{
	for (int i = 0; i < SCST_ISCSI_KEY_MAX; i++)
		if (rows[i].type != KEY_LOCAL && streq(rows[i].name, name))
			return i;
	return -1;
}

bool keys_know(const char *key)
{
	if (find(key) >= 0 || streq(key, "iSCSIProtocolLevel") || streq(key, "TaskReporting"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(fixed_rows); i++)
		if (streq(fixed_rows[i].name, key))
			return true;
	return false;
}

static bool parse_bool(const char *value, uint32_t *out)
{
	*out = streq(value, "Yes");
	return *out || streq(value, "No");
}

static bool parse_number(const char *value, uint32_t least, uint32_t most, uint32_t *out)
{
	uint64_t number;

	if (scst_parse_u64(value, least, most, &number))
		return false;
	*out = number;
	return true;
}

/* The first of the list @value that is in @set. Return: 0 if there is none. */
static uint32_t choose_digest(const char *value, uint32_t set)
{
	for (const char *word = value; *word; word += *word == ',') {
		size_t len = strcspn(word, ",");

		for (size_t i = 0; i < ARRAY_SIZE(digests); i++)
			if (set & digests[i].bit && strlen(digests[i].name) == len &&
			    !strncmp(word, digests[i].name, len))
				return digests[i].bit;
		word += len;
	}
	return 0;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/*
 * What @value and ours come to. An offer may be beyond our limits, that is what they are for; only
 * what has no meaning is refused. Return: false if there is nothing that we agree to.
 */
static bool agree(const struct keys *keys, int key, const char *value, uint32_t *out)
{
	uint32_t ours = keys->ours[key], theirs;

	switch (rows[key].type) {
	case KEY_OR:
		if (!parse_bool(value, &theirs))
			return false;
		*out = theirs | ours;
		return true;
	case KEY_AND:
		if (!parse_bool(value, &theirs))
			return false;
		*out = theirs & ours;
		return true;
	case KEY_MIN:
		if (!parse_number(value, rows[key].least, UINT32_MAX, &theirs))
			return false;
		*out = min_u32(theirs, ours);
		return true;
	case KEY_MAX:
		if (!parse_number(value, rows[key].least, rows[key].most, &theirs))
			return false;
		*out = max_u32(theirs, ours);
		return true;
	case KEY_DIGEST:
		*out = choose_digest(value, ours);
		return *out;
	case KEY_DECLARE:
	case KEY_LOCAL:
		break;
	}
	return false;
}

static void add_value(struct text_out *text, int key, uint32_t value)
{
	switch (rows[key].type) {
	case KEY_OR:
	case KEY_AND:
		text_add(text, rows[key].name, "%s", value ? "Yes" : "No");
		break;
	case KEY_DIGEST:	/* an offer may name both */
		if (value == (SCST_ISCSI_DIGEST_NONE | SCST_ISCSI_DIGEST_CRC32C))
			text_add(text, rows[key].name, "CRC32C,None");
		else
			text_add(text, rows[key].name, "%s", digest_name(value));
		break;
	case KEY_MIN:
	case KEY_MAX:
	case KEY_DECLARE:
	case KEY_LOCAL:
		text_add(text, rows[key].name, "%u", value);
		break;
	}
}

static bool is_answer(const struct keys *keys, int key)
{
	return keys->offered & 1u << key && !(keys->settled & 1u << key);
}

static bool is_refusal(const char *value)
{
	return streq(value, "Reject") || streq(value, "Irrelevant") ||
	       streq(value, "NotUnderstood");
}

/* To an offer of ours: if it is refused the default stands. */
static enum keys_result take_answer(struct keys *keys, int key, const char *value)
{
	uint32_t agreed = keys->value[key];

	if (!is_refusal(value) && !agree(keys, key, value, &agreed))
		return KEYS_ERROR;
	keys->settled |= 1u << key;
	keys->value[key] = agreed;
	return KEYS_DONE;
}

/* What the initiator is able to receive is what we may send. */
static enum keys_result take_declared(struct keys *keys, const char *value)
{
	const int xmit = SCST_ISCSI_MaxXmitDataSegmentLength;
	uint32_t theirs;

	if (!parse_number(value, 512, DECLARED_MOST, &theirs))
		return KEYS_ERROR;
	keys->value[xmit] = min_u32(theirs, keys->ours[xmit]);
	return KEYS_DONE;
}

static enum keys_result take_offer(struct keys *keys, int key, const char *value,
				   struct text_out *answer)
{
	uint32_t agreed;

	if (keys->settled & 1u << key)
		return KEYS_ERROR;	/* RFC 7143 6.3: once per login */
	keys->settled |= 1u << key;
	if (rows[key].type == KEY_DECLARE)
		return take_declared(keys, value);
	if (keys->discovery && irrelevant_in_discovery & 1u << key) {
		text_add(answer, rows[key].name, "Irrelevant");
	} else if (agree(keys, key, value, &agreed)) {
		keys->value[key] = agreed;
		add_value(answer, key, agreed);
	} else {
		text_add(answer, rows[key].name, "Reject");
	}
	return KEYS_DONE;
}

static enum keys_result take_protocol_level(const char *value, struct text_out *answer)
{
	uint32_t level;

	if (parse_number(value, 0, 31, &level))
		text_add(answer, "iSCSIProtocolLevel", "%u", min_u32(level, PROTOCOL_LEVEL));
	else
		text_add(answer, "iSCSIProtocolLevel", "Reject");
	return KEYS_DONE;
}

/* RFC 7143 13.23: FastAbort and ResponseFence change the order of things; not implemented. */
static enum keys_result take_task_reporting(const char *value, struct text_out *answer)
{
	text_add(answer, "TaskReporting", "%s",
		 text_list_has(value, "RFC3720") ? "RFC3720" : "Reject");
	return KEYS_DONE;
}

static enum keys_result take_fixed(const char *key, struct text_out *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(fixed_rows); i++) {
		if (!streq(fixed_rows[i].name, key))
			continue;
		if (fixed_rows[i].answer)
			text_add(answer, key, "%s", fixed_rows[i].answer);
		return KEYS_DONE;
	}
	return KEYS_UNKNOWN;
}

enum keys_result keys_receive(struct keys *keys, const char *key, const char *value,
			      struct text_out *answer)
{
	int i = find(key);

	if (i >= 0 && is_answer(keys, i))
		return take_answer(keys, i, value);
	if (i >= 0)
		return take_offer(keys, i, value, answer);
	if (streq(key, "iSCSIProtocolLevel"))
		return take_protocol_level(value, answer);
	if (streq(key, "TaskReporting"))
		return take_task_reporting(value, answer);
	return take_fixed(key, answer);
}

/* A discovery session takes what everybody may send unasked, and need not say so. */
void keys_declare(struct keys *keys, struct text_out *answer)
{
	const int recv = SCST_ISCSI_MaxRecvDataSegmentLength;

	if (keys->declared || keys->discovery)
		return;
	keys->declared = true;
	keys->value[recv] = keys->ours[recv];
	add_value(answer, recv, keys->ours[recv]);
}

/* Is the value what the administrator allows? */
static bool is_acceptable(const struct keys *keys, int key)
{
	uint32_t ours = keys->ours[key], value = keys->value[key];

	switch (rows[key].type) {
	case KEY_AND:
	case KEY_MIN:
		return value <= ours;
	case KEY_DIGEST:
		return value & ours;
	case KEY_OR:
	case KEY_MAX:
		return value >= ours;
	case KEY_DECLARE:
	case KEY_LOCAL:
		break;
	}
	return true;
}

bool keys_offer(struct keys *keys, struct text_out *answer)
{
	bool any = false;

	for (int i = 0; i < SCST_ISCSI_KEY_MAX; i++) {
		if (keys->discovery || !rows[i].visible || is_acceptable(keys, i) ||
		    (keys->offered | keys->settled) & 1u << i)
			continue;
		keys->offered |= 1u << i;
		add_value(answer, i, keys->ours[i]);
		any = true;
	}
	return any;
}

/*
 * An initiator that leaves an offer unanswered, or refuses it, stays at the default, and that we
 * can live with: the numbers are wishes. A digest is a promise to the administrator.
 */
bool keys_finish(struct keys *keys)
{
	uint32_t *first = &keys->value[SCST_ISCSI_FirstBurstLength];

	if (!is_acceptable(keys, SCST_ISCSI_HeaderDigest) ||
	    !is_acceptable(keys, SCST_ISCSI_DataDigest))
		return false;
	/* RFC 7143 13.14; the initiator's order of keys is its own, so this is known only now */
	*first = min_u32(*first, keys->value[SCST_ISCSI_MaxBurstLength]);
	return true;
}
