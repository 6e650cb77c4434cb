// SPDX-License-Identifier: GPL-2.0-only
#include "chap.h"

#include <strings.h>

#include "binval.h"

/* RFC 7143 12.1.3 and IANA's registry of PPP authentication algorithms. */
static const struct {
	const char *name;
	unsigned int number;
} algorithm_rows[HASH_IDS] = {
	[HASH_MD5]	= { "MD5",	5 },
	[HASH_SHA1]	= { "SHA1",	6 },
	[HASH_SHA256]	= { "SHA256",	7 },
	[HASH_SHA3_256]	= { "SHA3-256",	8 },
};

static bool add_algorithm(struct chap_algorithms *list, const char *name, size_t len)
{
	for (enum hash_id id = 0; id < HASH_IDS; id++) {
		if (strlen(algorithm_rows[id].name) != len ||
		    strncasecmp(algorithm_rows[id].name, name, len))
			continue;
		for (size_t i = 0; i < list->nr; i++)
			if (list->id[i] == id)
				return false;
		list->id[list->nr++] = id;
		return true;
	}
	return false;
}

int chap_algorithms_parse(const char *list, struct chap_algorithms *out)
{
	struct chap_algorithms new = {};

	for (const char *word = list; *word; word += *word == ',') {
		size_t len = strcspn(word, ",");

		if (!add_algorithm(&new, word, len))
			return -EINVAL;
		word += len;
	}
	if (!new.nr)
		return -EINVAL;
	*out = new;
	return 0;
}

static const char *const chap_keys[] = { "CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R" };

bool chap_knows_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(chap_keys); i++)
		if (streq(chap_keys[i], key))
			return true;
	return false;
}

static bool list_has_number(const char *list, unsigned int number)
{
	for (const char *at = list; *at; at += *at == ',') {
		char word[8];
		uint64_t value;
		size_t len = strcspn(at, ",");

		if (!scst_format(word, sizeof(word), "%.*s", (int)len, at) &&
		    !scst_parse_u64(word, 0, UINT32_MAX, &value) && value == number)
			return true;
		at += len;
	}
	return false;
}

/* Ours is the order that counts: an initiator lists MD5 first because it always did. */
static bool choose(const struct chap_algorithms *algorithms, const char *list, enum hash_id *out)
{
	for (size_t i = 0; i < algorithms->nr; i++) {
		enum hash_id id = algorithms->id[i];

		if (hash_is_available(id) && list_has_number(list, algorithm_rows[id].number)) {
			*out = id;
			return true;
		}
	}
	return false;
}

/*
 * A challenge is known for ours by whoever meets it again, on whatever connection: its second half
 * is a hash of the first half and of what nobody else knows.
 */
#define RANDOM_LEN	(CHAP_CHALLENGE_LEN / 2)

static int sign(const uint8_t *random, uint8_t out[HASH_MAX])
{
	static uint8_t key[32];
	static bool made;
	const struct hash_part parts[] = { { key, sizeof(key) }, { random, RANDOM_LEN } };

	if (!made)
		random_bytes(key, sizeof(key));
	made = true;
	return hash_parts(HASH_SHA256, parts, ARRAY_SIZE(parts), out);
}

static int make_challenge(uint8_t out[CHAP_CHALLENGE_LEN])
{
	uint8_t signature[HASH_MAX];

	random_bytes(out, RANDOM_LEN);
	if (sign(out, signature))
		return -EIO;
	memcpy(out + RANDOM_LEN, signature, CHAP_CHALLENGE_LEN - RANDOM_LEN);
	return 0;
}

/* Also with something before it: the end of a longer secret would go there. */
static bool is_our_challenge(const uint8_t *theirs, size_t len)
{
	uint8_t signature[HASH_MAX];

	if (len < CHAP_CHALLENGE_LEN)
		return false;
	theirs += len - CHAP_CHALLENGE_LEN;
	return sign(theirs, signature) ||
	       !memcmp(theirs + RANDOM_LEN, signature, CHAP_CHALLENGE_LEN - RANDOM_LEN);
}

/* 128 random bits do not come twice. */
static const char *challenge(struct chap *chap, const struct chap_algorithms *algorithms,
			     const struct text_in *in, struct text_out *answer)
{
	const char *list = text_in_find(in, "CHAP_A");
	char text[BINVAL_HEX_LEN(CHAP_CHALLENGE_LEN)];

	if (!list)
		return NULL;	/* nothing said yet */
	if (!choose(algorithms, list, &chap->hash))
		return "no common CHAP algorithm";
	random_bytes(&chap->id, sizeof(chap->id));
	if (make_challenge(chap->challenge))
		return "cannot hash";
	binval_encode(chap->challenge, sizeof(chap->challenge), text);
	text_add(answer, "CHAP_A", "%u", algorithm_rows[chap->hash].number);
	text_add(answer, "CHAP_I", "%u", chap->id);
	text_add(answer, "CHAP_C", "%s", text);
	chap->state = CHAP_WANT_N;
	return NULL;
}

static int digest(enum hash_id hash, uint8_t id, const char *secret, const uint8_t *challenge,
		  size_t len, uint8_t out[HASH_MAX])
{
	const struct hash_part parts[] = {
		{ &id, sizeof(id) },
		{ secret, strlen(secret) },
		{ challenge, len },
	};

	return hash_parts(hash, parts, ARRAY_SIZE(parts), out);
}

/* "name secret", in place; blanks or tabs between them. */
static char *split_user(char *text)
{
	char *secret = text + strcspn(text, " \t");

	if (*secret)
		*secret++ = '\0';
	return secret + strspn(secret, " \t");
}

/*
 * Nobody's secret takes the place of an unknown user's: who exists is not to be timed. A user
 * without a secret is nobody.
 */
static bool find_secret(const struct chap_users *users, const char *name,
			char secret[SCST_ISCSI_TEXT_LEN])
{
	char text[SCST_ISCSI_TEXT_LEN];
	bool found = false;

	strcpy(secret, "nobody");
	for (uint32_t i = 0; !users->get(users->arg, SCST_ISCSI_INCOMING_USER, i, text); i++) {
		const char *theirs = split_user(text);

		if (!streq(text, name) || !*theirs || found)
			continue;
		strcpy(secret, theirs);
		found = true;
	}
	explicit_bzero(text, sizeof(text));
	return found;
}

static bool check_response(const struct chap *chap, const char *secret, const char *response)
{
	uint8_t theirs[HASH_MAX], ours[HASH_MAX];
	ssize_t len = binval_decode(response, theirs, sizeof(theirs));

	if (digest(chap->hash, chap->id, secret, chap->challenge, sizeof(chap->challenge), ours))
		return false;
	return len == (ssize_t)hash_len(chap->hash) && is_equal_in_constant_time(theirs, ours, len);
}

/*
 * RFC 7143 9.2.1: if ours is an initiator's secret as well, whoever gets us to answer a challenge
 * with it can be that initiator.
 */
static bool is_an_initiators(const struct chap_users *users, const char *secret)
{
	char text[SCST_ISCSI_TEXT_LEN];
	bool found = false;

	for (uint32_t i = 0; !users->get(users->arg, SCST_ISCSI_INCOMING_USER, i, text); i++)
		found |= streq(split_user(text), secret);
	explicit_bzero(text, sizeof(text));
	return found;
}

/* The initiator wants to know us as well. */
static const char *respond(const struct chap *chap, const struct chap_users *users,
			   const struct text_in *in, struct text_out *answer)
{
	const char *id_text = text_in_find(in, "CHAP_I"), *c_text = text_in_find(in, "CHAP_C");
	char text[SCST_ISCSI_TEXT_LEN], hex[BINVAL_HEX_LEN(HASH_MAX)];
	uint8_t theirs[CHAP_CHALLENGE_MAX], response[HASH_MAX];
	const char *why = NULL, *secret;
	ssize_t len;
	uint64_t id;

	if (!id_text || !c_text || scst_parse_u64(id_text, 0, 255, &id))
		return "CHAP_I or CHAP_C is missing or wrong";
	len = binval_decode(c_text, theirs, sizeof(theirs));
	if (len < 0)
		return "CHAP_C is no binary value of up to 1024 bytes";
	if (is_our_challenge(theirs, len))
		return "a challenge of ours came back";
	if (users->get(users->arg, SCST_ISCSI_OUTGOING_USER, 0, text))
		return "it asks for our secret, and there is no OutgoingUser";
	secret = split_user(text);
	if (!*secret)
		why = "OutgoingUser has no secret";
	else if (is_an_initiators(users, secret))
		why = "OutgoingUser and an IncomingUser have the same secret";
	else if (digest(chap->hash, id, secret, theirs, len, response))
		why = "cannot hash";
	if (!why) {
		binval_encode(response, hash_len(chap->hash), hex);
		text_add(answer, "CHAP_N", "%s", text);
		text_add(answer, "CHAP_R", "%s", hex);
	}
	explicit_bzero(text, sizeof(text));
	return why;
}

static const char *verify(struct chap *chap, const struct chap_users *users,
			  const struct text_in *in, struct text_out *answer)
{
	const char *name = text_in_find(in, "CHAP_N"), *response = text_in_find(in, "CHAP_R");
	char secret[SCST_ISCSI_TEXT_LEN];
	const char *why = NULL;
	bool known, right;

	if (!name || !response)
		return "CHAP_N or CHAP_R is missing";
	known = find_secret(users, name, secret);
	right = check_response(chap, secret, response);
	if (!known || !right)
		why = "wrong user or secret";
	else if (text_in_find(in, "CHAP_I") || text_in_find(in, "CHAP_C"))
		why = respond(chap, users, in, answer);
	explicit_bzero(secret, sizeof(secret));
	if (why || scst_format(chap->user, sizeof(chap->user), "%s", name))
		return why ?: "the user's name is too long";
	chap->state = CHAP_DONE;
	return NULL;
}

const char *chap_receive(struct chap *chap, const struct chap_algorithms *algorithms,
			 const struct chap_users *users, const struct text_in *in,
			 struct text_out *answer)
{
	switch (chap->state) {
	case CHAP_WANT_A:
		return challenge(chap, algorithms, in, answer);
	case CHAP_WANT_N:
		return verify(chap, users, in, answer);
	case CHAP_DONE:
		break;
	}
	return NULL;
}
