// SPDX-License-Identifier: GPL-2.0
/* The tracepoints' definitions; scst_trace.h has the tracepoints. */
#define CREATE_TRACE_POINTS
#include "scst_trace.h"
