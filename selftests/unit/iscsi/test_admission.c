// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may come and who has to go for it when all places are taken. Connections are made up: each
 * comes, is asked for, and whoever has to leave does.
 */
#include "unit.h"

#include <arpa/inet.h>

#include "admission.h"
#include "hash.h"

#define GUESTS_MAX 4096

static const struct admission_limits limits = { .all = 100, .per_host = 40 };
static struct known_hosts known;
static struct admission *admission;
static struct guest guests[GUESTS_MAX];
static size_t nr_guests;

static int begin(void **state)
{
	assert_int_equal(hash_init(), 0);
	known_hosts_init(&known);
	admission = admission_new(&known);
	assert_non_null(admission);
	nr_guests = 0;
	return 0;
}

static int end(void **state)
{
	for (size_t i = 0; i < nr_guests; i++)
		if (guests[i].host)
			admission_leave(admission, &guests[i]);
	assert_int_equal(admission_count(admission), 0);
	admission_free(admission);
	return 0;
}

static union sockets_addr address(const char *text)
{
	union sockets_addr addr;
	struct portal portal = { .port = 1000 };

	strcpy(portal.addr, text);
	sockets_from_portal(&portal, &addr);
	return addr;
}

/* Host @nr of many. */
static union sockets_addr host(unsigned int nr)
{
	char text[32];

	sprintf(text, "10.0.%u.%u", nr / 256, nr % 256);
	return address(text);
}

/* Return: the guest, or NULL: it may not come. */
static struct guest *come(const union sockets_addr *peer)
{
	struct guest *guest = &guests[nr_guests++], *instead = NULL;

	assert_true(nr_guests <= GUESTS_MAX);
	switch (admission_ask(admission, &limits, peer, &instead)) {
	case ADMISSION_COME:
		break;
	case ADMISSION_HOST_FULL:
	case ADMISSION_FULL:
		admission_leave(admission, instead);
		break;
	case ADMISSION_NEVER:
		guest->host = NULL;
		return NULL;
	}
	assert_int_equal(admission_enter(admission, guest, peer), 0);
	assert_true(admission_count(admission) <= limits.all);
	return guest;
}

static struct guest *come_from(const char *text)
{
	union sockets_addr peer = address(text);

	return come(&peer);
}

static unsigned int count_here(size_t from, size_t to)
{
	unsigned int nr = 0;

	for (size_t i = from; i < to; i++)
		nr += guests[i].host != NULL;
	return nr;
}

static void host_displaces_its_own_oldest(void **state)
{
	struct guest *other = come_from("192.0.2.2");

	for (int i = 0; i < 1000; i++)
		come_from("192.0.2.1");
	assert_non_null(other->host);
	assert_int_equal(admission_count(admission), 41);
	assert_int_equal(count_here(nr_guests - 40, nr_guests), 40);
}

static void ipv6_host_is_a_64(void **state)
{
	char text[64];

	for (int i = 0; i < 1000; i++) {
		sprintf(text, "2001:db8:0:1::%x", i);
		come_from(text);
	}
	assert_int_equal(admission_count(admission), 40);
	come_from("2001:db8:0:2::1");
	assert_int_equal(admission_count(admission), 41);
}

/* Three hosts fill all places, again and again; each login from elsewhere has a place. */
static void whoever_has_most_makes_room(void **state)
{
	static const char *const flood[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3" };
	struct guest *honest = NULL;

	for (int i = 0; i < 1000; i++) {
		come_from(flood[i % 3]);
		if (i == 500)
			honest = come_from("198.51.100.1");
	}
	assert_int_equal(admission_count(admission), limits.all);
	assert_non_null(honest->host);
	assert_non_null(come_from("198.51.100.2")->host);
}

/* As many hosts as one likes: then it is the oldest of all, and a newcomer has some time. */
static void oldest_goes_among_equals(void **state)
{
	struct guest *honest = NULL;

	for (unsigned int i = 0; i < 1000; i++) {
		union sockets_addr peer = host(i);

		come(&peer);
		if (i == 900)
			honest = come_from("198.51.100.1");
	}
	assert_int_equal(admission_count(admission), limits.all);
	assert_int_equal(count_here(nr_guests - limits.all, nr_guests), limits.all);
	assert_non_null(honest->host);	/* it has the time that 99 others take */
	assert_non_null(come_from("198.51.100.2"));
	assert_null(honest->host);
}

static void known_hosts_come_back_whatever_strangers_do(void **state)
{
	union sockets_addr friend = address("198.51.100.1");
	struct guest *first;

	known_hosts_add(&known, &friend);
	first = come(&friend);
	for (unsigned int i = 0; i < 2000; i++) {
		union sockets_addr peer = host(i);

		come(&peer);
	}
	assert_non_null(first->host);
	assert_non_null(come(&friend)->host);
}

static void guests_of_before_count_when_their_host_is_known(void **state)
{
	union sockets_addr friend = address("198.51.100.1");
	struct guest *first = come(&friend);

	known_hosts_add(&known, &friend);
	admission_know(admission, &friend);
	for (unsigned int i = 0; i < 200; i++) {
		union sockets_addr peer = host(i);

		come(&peer);
	}
	assert_non_null(first->host);
}

/* Being known is no licence: what is above the free ones counts like anybody's. */
static void known_host_does_not_keep_strangers_out(void **state)
{
	for (unsigned int i = 0; i < 3; i++) {
		union sockets_addr friend = host(i);

		known_hosts_add(&known, &friend);
		for (int j = 0; j < 100; j++)
			come(&friend);
	}
	for (int i = 0; i < 50; i++)
		assert_non_null(come_from("198.51.100.1"));
	assert_int_equal(admission_count(admission), limits.all);
}

/* Nobody who counts: known hosts displace each other, and a stranger has to wait. */
static void strangers_wait_for_known_hosts_only(void **state)
{
	for (unsigned int i = 0; i < 200; i++) {
		union sockets_addr friend = host(i);

		known_hosts_add(&known, &friend);
		assert_non_null(come(&friend));
	}
	assert_int_equal(admission_count(admission), limits.all);
	assert_null(come_from("198.51.100.1"));
	nr_guests--;
}

static void first_to_go_can_be_asked_for(void **state)
{
	struct guest *first;

	assert_null(admission_first(admission));
	come_from("192.0.2.2");
	first = come_from("192.0.2.1");
	come_from("192.0.2.1");
	assert_ptr_equal(admission_first(admission), first);
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(host_displaces_its_own_oldest),
		TEST(ipv6_host_is_a_64),
		TEST(whoever_has_most_makes_room),
		TEST(oldest_goes_among_equals),
		TEST(known_hosts_come_back_whatever_strangers_do),
		TEST(guests_of_before_count_when_their_host_is_known),
		TEST(known_host_does_not_keep_strangers_out),
		TEST(strangers_wait_for_known_hosts_only),
		TEST(first_to_go_can_be_asked_for),
	};

	return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
