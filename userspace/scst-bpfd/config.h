/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpfd.json(5), checked: what follows trusts it. What is wrong is left out and kept as a fault, so
 * that whoever starts with such a file does at least what the rest of it says.
 */
#ifndef BPFD_CONFIG_H
#define BPFD_CONFIG_H

#include "names.h"
#include "spec.h"

#define BPFD_SOCKET	"/run/scst/bpfd.sock"
#define BPFD_DUMPS	"/var/lib/scst/pr_dumps"
#define BPFD_QUEUE_KB_MIN	64

struct bpfd_specs {
	struct scst_spec **list;
	size_t nr;
};

struct bpfd_config {
	struct bpfd_specs policies;
	struct bpfd_specs tracers;
	bool requires;			/* the key is there: */
	struct scst_names required;	/* policies without which nobody gets in */
	char *socket;
	char *group;			/* of the socket; NULL: root */
	uint64_t queue_kb;		/* waiting for one subscriber, at most */
	bool print;			/* events to stdout too */
	char *dumps;			/* directory of persistent reservations */
	char *listen;			/* metrics: ADDRESS:PORT; NULL: none */
	struct scst_names faults;	/* "bpfd.json:7: policies[0].priority: ..." */
};

/* Fails only if the file cannot be read, or is no JSON object. */
int bpfd_config_read(const char *path, struct bpfd_config **config, struct scst_error *err);
/* The same from text; @path is for messages. */
int bpfd_config_parse(const char *text, const char *path, struct bpfd_config **config,
		      struct scst_error *err);
/* 0 if nothing was wrong, or the first fault. */
int bpfd_config_check(const struct bpfd_config *config, struct scst_error *err);
void bpfd_config_free(struct bpfd_config *config);
DEFINE_CLEANUP(struct bpfd_config *, bpfd_config_free)

/* ADDRESS:PORT. Return: 0, or -EINVAL with the outputs untouched. */
int bpfd_config_parse_listen(const char *listen, char *address, size_t size, uint16_t *port);

/* By name, or NULL. */
const struct scst_spec *bpfd_specs_find(const struct bpfd_specs *specs, const char *name);

#endif
