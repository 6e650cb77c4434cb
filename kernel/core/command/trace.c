// SPDX-License-Identifier: GPL-2.0
/* The tracepoints' definitions, scst_trace.h has the tracepoints; and names of what they tell. */
#define CREATE_TRACE_POINTS
#include "scst_trace.h"
#include "command.h"
#include "steps.h"

static const char *const step_names[] = {
#define STEP(name) #name,
	SCST_STEPS(STEP)
#undef STEP
};

const char *scst_step_name(unsigned int step)
{
	return step < SCST_STEP_MAX ? step_names[step] : "running";
}

const char *const scst_wait_names[] = {
#define WAIT(name) #name,
	SCST_WAITS_FOR(WAIT)
#undef WAIT
};
