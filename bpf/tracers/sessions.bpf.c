// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to initiators besides commands: logins and logouts, unit attentions, task
 * management; and policies that leave. All of it is rare; an option for each kind leaves it out.
 */
#include "scst.bpf.h"
#include "tracers/sessions.h"

char _license[] SEC("license") = "GPL";

const volatile bool logins = true;		/* and logouts */
const volatile bool unit_attentions = true;
const volatile bool task_management = true;
const volatile bool policy_exits = true;

/* struct sessions_event */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} sessions_events SEC(".maps");

/* Key: 0. Value: records lost because the ring was full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} sessions_drops SEC(".maps");

static struct sessions_event *begin(u32 what, struct scst_session *sess)
{
	struct sessions_event *event;
	u32 key = 0;
	u64 *drops;

	event = bpf_ringbuf_reserve(&sessions_events, sizeof(*event), 0);
	if (!event) {
		drops = bpf_map_lookup_elem(&sessions_drops, &key);
		if (drops)
			(*drops)++;
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	event->what = what;
	if (sess) {
		bpf_probe_read_kernel_str(event->initiator, sizeof(event->initiator),
					  sess->initiator);
		bpf_probe_read_kernel_str(event->target, sizeof(event->target), sess->tgt->name);
	}
	return event;
}

SEC("tp_btf/scst_session_start")
int BPF_PROG(sessions_start, struct scst_session *sess)
{
	struct sessions_event *event = sess && logins ? begin(SESSIONS_LOGIN, sess) : NULL;

	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/scst_session_end")
int BPF_PROG(sessions_end, struct scst_session *sess)
{
	struct sessions_event *event = sess && logins ? begin(SESSIONS_LOGOUT, sess) : NULL;

	if (event)
		bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/scst_ua")
int BPF_PROG(sessions_ua, struct scst_nexus *nexus, u16 ua)
{
	struct sessions_event *event;

	if (!nexus || !unit_attentions)
		return 0;
	event = begin(SESSIONS_UNIT_ATTENTION, nexus->sess);
	if (!event)
		return 0;
	event->code = ua;
	event->lun = nexus->lun;
	if (nexus->dev)
		bpf_probe_read_kernel_str(event->device, sizeof(event->device), nexus->dev->name);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/scst_tmf_done")
int BPF_PROG(sessions_tmf, struct scst_tmf *tmf)
{
	struct sessions_event *event;

	if (!tmf || !task_management)
		return 0;
	event = begin(SESSIONS_TMF, tmf->sess);
	if (!event)
		return 0;
	event->code = tmf->fn;
	event->result = tmf->result;
	event->lun = tmf->lun;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("tp_btf/scst_policy_exit")
int BPF_PROG(sessions_policy_exit, struct scst_policy_exit *exit)
{
	struct sessions_event *event;

	if (!exit || !policy_exits)
		return 0;
	event = begin(SESSIONS_POLICY_EXIT, NULL);
	if (!event)
		return 0;
	event->code = exit->kind;
	event->result = exit->code;
	bpf_probe_read_kernel_str(event->initiator, sizeof(event->initiator), exit->name);
	bpf_probe_read_kernel_str(event->device, sizeof(event->device), exit->text);
	bpf_ringbuf_submit(event, 0);
	return 0;
}
