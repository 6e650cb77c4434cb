/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A BPF object file between disk and kernel: opened, its options and, of a policy, the data members
 * set from a spec, loaded.
 */
#ifndef SCST_LIB_OBJECT_H
#define SCST_LIB_OBJECT_H

#include <bpf/libbpf.h>

#include "paths.h"
#include "spec.h"

/* libbpf's own words: to stderr, or nowhere (the default once anything here was called). */
void scst_bpf_verbose(bool verbose);

/* 0, or -EOPNOTSUPP and why this kernel takes no policy: no module, no BTF, no BPF. */
int scst_bpf_available(const struct scst_paths *paths, struct scst_error *err);

struct scst_object {
	struct bpf_object *obj;
	struct bpf_map *ops;		/* the policy itself, or NULL: a tracer	*/
	void *file;			/* as it was read			*/
	char code[17];			/* its hash, in hex			*/
	char log[16384];		/* the verifier's			*/
};

void scst_object_free(struct scst_object *object);
DEFINE_CLEANUP(struct scst_object *, scst_object_free)

/* Opens an object file, as it is. */
int scst_object_open_file(const struct scst_paths *paths, const char *name,
			  struct scst_object **object, struct scst_error *err);

/* Opens the object file of @spec and applies scope, priority, flags, name and options. */
int scst_object_open(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_object **object, struct scst_error *err);
int scst_object_load(struct scst_object *object, struct scst_error *err);

/* Data members of the policy as they will be loaded, for comparison. */
struct scst_policy_data {
	uint32_t scope;
	uint32_t priority;
	uint32_t flags;
	uint32_t deadline_ms;
	const char *scope_name;
};

int scst_object_data(const struct scst_object *object, struct scst_policy_data *data,
		     struct scst_error *err);

#endif
