// SPDX-License-Identifier: GPL-2.0-only
#include "admission.h"

#include "hash.h"

#define BUCKETS	1024

struct host {
	LIST_ENTRY(host) bucket;
	LIST_ENTRY(host) entry;
	struct sockets_host host;
	TAILQ_HEAD(, guest) guests;	/* the oldest first */
	unsigned int nr;
	bool known;
};

struct admission {
	const struct known_hosts *known;
	LIST_HEAD(, host) buckets[BUCKETS];
	LIST_HEAD(, host) hosts;
	unsigned int nr;
	uint64_t last_number;
};

/* Seeded, so that nobody chooses addresses that meet. */
static uint64_t hash(const struct known_hosts *known, const struct sockets_host *host)
{
	uint64_t value = known->seed ^ host->family;

	value = (value ^ host->address) * UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ value >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return value ^ value >> 32;
}

static bool is_same(const struct sockets_host *a, const struct sockets_host *b)
{
	return a->family == b->family && a->address == b->address;
}

void known_hosts_init(struct known_hosts *known)
{
	memset(known, 0, sizeof(*known));
	random_bytes(&known->seed, sizeof(known->seed));
}

static int find_known(const struct known_hosts *known, const struct sockets_host *host)
{
	const struct sockets_host *set = known->set[hash(known, host) % KNOWN_SETS];

	for (int i = 0; i < KNOWN_WAYS; i++)
		if (is_same(&set[i], host))
			return i;
	return -1;
}

static bool is_known(const struct known_hosts *known, const struct sockets_host *host)
{
	return find_known(known, host) >= 0;
}

/* Takes the place of itself, or of the one that has not been here for longest. */
void known_hosts_add(struct known_hosts *known, const union sockets_addr *peer)
{
	const struct sockets_host host = sockets_host(peer);
	struct sockets_host *set = known->set[hash(known, &host) % KNOWN_SETS];
	int at = find_known(known, &host);

	if (at < 0)
		at = KNOWN_WAYS - 1;
	memmove(set + 1, set, at * sizeof(*set));
	set[0] = host;
}

/* Hosts that have guests */

struct admission *admission_new(const struct known_hosts *known)
{
	struct admission *admission = calloc(1, sizeof(*admission));

	if (admission)
		admission->known = known;
	return admission;
}

void admission_free(struct admission *admission)
{
	free(admission);
}

static size_t bucket_of(const struct admission *admission, const struct sockets_host *host)
{
	return hash(admission->known, host) % BUCKETS;
}

static struct host *find(const struct admission *admission, const struct sockets_host *wanted)
{
	struct host *host;

	LIST_FOREACH(host, &admission->buckets[bucket_of(admission, wanted)], bucket)
		if (is_same(&host->host, wanted))
			return host;
	return NULL;
}

static struct host *add(struct admission *admission, const struct sockets_host *new)
{
	struct host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->host = *new;
	host->known = is_known(admission->known, new);
	TAILQ_INIT(&host->guests);
	LIST_INSERT_HEAD(&admission->buckets[bucket_of(admission, new)], host, bucket);
	LIST_INSERT_HEAD(&admission->hosts, host, entry);
	return host;
}

int admission_enter(struct admission *admission, struct guest *guest,
		    const union sockets_addr *peer)
{
	struct sockets_host wanted = sockets_host(peer);
	struct host *host = find(admission, &wanted) ?: add(admission, &wanted);

	if (!host)
		return -ENOMEM;
	guest->host = host;
	guest->number = ++admission->last_number;
	TAILQ_INSERT_TAIL(&host->guests, guest, entry);
	host->nr++;
	admission->nr++;
	return 0;
}

void admission_leave(struct admission *admission, struct guest *guest)
{
	struct host *host = guest->host;

	TAILQ_REMOVE(&host->guests, guest, entry);
	guest->host = NULL;
	admission->nr--;
	if (--host->nr)
		return;
	LIST_REMOVE(host, bucket);
	LIST_REMOVE(host, entry);
	free(host);
}

void admission_know(struct admission *admission, const union sockets_addr *peer)
{
	struct sockets_host wanted = sockets_host(peer);
	struct host *host = find(admission, &wanted);

	if (host)
		host->known = true;
}

/* Who goes */

static unsigned int weight(const struct host *host)
{
	unsigned int free = host->known ? ADMISSION_FREE : 0;

	return host->nr > free ? host->nr - free : 0;
}

static bool goes_before(const struct host *a, const struct host *b)
{
	if (weight(a) != weight(b))
		return weight(a) > weight(b);
	return TAILQ_FIRST(&a->guests)->number < TAILQ_FIRST(&b->guests)->number;
}

static struct host *heaviest(const struct admission *admission)
{
	struct host *host, *found = NULL;

	LIST_FOREACH(host, &admission->hosts, entry)
		if (!found || goes_before(host, found))
			found = host;
	return found;
}

struct guest *admission_first(const struct admission *admission)
{
	const struct host *host = heaviest(admission);

	return host ? TAILQ_FIRST(&host->guests) : NULL;
}

enum admission_answer admission_ask(const struct admission *admission,
				    const struct admission_limits *limits,
				    const union sockets_addr *peer, struct guest **instead)
{
	struct sockets_host wanted = sockets_host(peer);
	const struct host *host = find(admission, &wanted);

	if (host && host->nr >= limits->per_host) {
		*instead = TAILQ_FIRST(&host->guests);
		return ADMISSION_HOST_FULL;
	}
	if (admission->nr < limits->all)
		return ADMISSION_COME;
	host = heaviest(admission);
	if (!weight(host) && !is_known(admission->known, &wanted))
		return ADMISSION_NEVER;
	*instead = TAILQ_FIRST(&host->guests);
	return ADMISSION_FULL;
}

unsigned int admission_count(const struct admission *admission)
{
	return admission->nr;
}
