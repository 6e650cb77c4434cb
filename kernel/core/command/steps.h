/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command's life, in order. cmd.c has one step_<name>() for each row and a runner made from this
 * list; the names in traces come from it too. Any failure or abort continues at "finish": there is
 * one abnormal path.
 */
#ifndef _SCST_STEPS_H
#define _SCST_STEPS_H

#define SCST_STEPS(STEP)									\
	STEP(lookup)	/* LUN -> nexus, and a reference on it; the gate (may wait)	*/	\
	STEP(parse)	/* opcode row, reserved bits, LBA and length			*/	\
	STEP(admit)	/* policies: pass, delay, busy, refuse	(may wait)		*/	\
	STEP(state)	/* unit attention, reservations, write protect			*/	\
	STEP(buffer)	/* how much data moves, and which way				*/	\
	STEP(receive)	/* the target fetches data-out		(may wait)		*/	\
	STEP(order)	/* its turn in the task set?		(may wait)		*/	\
	STEP(recheck)	/* of what waited: reservations, protection, range	*/	\
	STEP(execute)	/* the core's own or the handler's verb	(may wait)		*/	\
	STEP(finish)	/* aborted? statistics						*/	\
	STEP(send)	/* the target sends the response	(the end)		*/

enum scst_step {
#define STEP(name) SCST_STEP_##name,
	SCST_STEPS(STEP)
#undef STEP
	SCST_STEP_MAX,
	SCST_STEP_RUNNING,	/* cmd->step of a command that is not parked */
};

enum scst_step_result {
	SCST_NEXT,
	SCST_WAIT,	/* parked at cmd->step, may be running elsewhere already: hands off */
	SCST_FAIL,	/* status and sense are set: go to finish */
	SCST_AGAIN,	/* its LUN leads elsewhere: parse it for there */
	SCST_THREAD,	/* this step again, in a thread */
};

#endif
