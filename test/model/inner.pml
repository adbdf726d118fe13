/* The fences of a join view, A |x| B |x| C: does every pair reach the view, and can
 * appliers deadlock?
 *
 * Edge 1 joins A and B on k, edge 2 joins B and C on j; keys are 0 and 1.  A table is the
 * number of its committed rows per key; a writer's change is a signed number per key.  The
 * view is one number, the rows of the join.  At its commit a writer
 *
 *   1. walks from its change through the join, under a snapshot, and collects the fences
 *      of the edges and keys it crosses, in the colour of the side it comes from;
 *   2. takes them in one order, both colours of a tag at once;
 *   3. walks again under a newer snapshot; if that needs more, lets go of all and takes
 *      the union;
 *   4. adds to the view what its change amounts to under the snapshot of the last walk.
 *
 * An escalated writer takes the activity fences of the edges instead of keys.  Writers
 * may roll back.  Checked: the view equals the join after every commit, and nobody hangs.
 *
 * PLANTED leaves something out, and spin must find it:
 *   1  fences are taken after the read that the change is computed from
 *   2  no second walk
 *   3  one colour after the other where both are needed
 *   4  an escalated writer takes its own side's activity fence only
 *
 * SHORT leaves out the end of rows.
 */
#ifndef WRITERS
#define WRITERS 3
#endif
#ifndef CHANGES
#define CHANGES 1
#endif

#define EDGES 2
#include "fences.inc"

typedef Tables {
	short a[2];
	short b[4]; /* at 2 * k + j */
	short c[2]
}
Tables committed;
short view;
byte deleted; /* bits of the first rows that somebody has chosen to delete */

inline join(t, result)
{
	result = t.b[0] * t.a[0] * t.c[0] + t.b[1] * t.a[0] * t.c[1] + t.b[2] * t.a[1] * t.c[0] +
		t.b[3] * t.a[1] * t.c[1]
}

/* Changes: seven kinds of a new row, the end of one of the first rows, none. */
#define NONE 10
inline apply_change(code)
{
	if
	:: code < 2 -> d.a[code]++
	:: code >= 2 && code < 5 -> d.b[code - 2]++
	:: code == 5 || code == 6 -> d.c[code - 5]++
	:: code == 7 -> d.a[0]--
	:: code == 8 -> d.b[0]--
	:: code == 9 -> d.c[0]--
	:: code == NONE
	fi
}

inline look()
{
	now.a[0] = committed.a[0] + d.a[0]; now.a[1] = committed.a[1] + d.a[1];
	now.b[0] = committed.b[0] + d.b[0]; now.b[1] = committed.b[1] + d.b[1];
	now.b[2] = committed.b[2] + d.b[2]; now.b[3] = committed.b[3] + d.b[3];
	now.c[0] = committed.c[0] + d.c[0]; now.c[1] = committed.c[1] + d.c[1];
	join(now, delta);
	join(committed, before);
	delta = delta - before
}

inline cross_from_a(k)
{
	if
	:: d.a[k] != 0 ->
		cross(0, k, LEFT);
		if :: now.b[2 * k] != 0 -> cross(1, 0, LEFT) :: else fi;
		if :: now.b[2 * k + 1] != 0 -> cross(1, 1, LEFT) :: else fi
	:: else
	fi
}
inline cross_from_b(k, j)
{
	if
	:: d.b[2 * k + j] != 0 -> cross(0, k, RIGHT); cross(1, j, LEFT)
	:: else
	fi
}
inline cross_from_c(j)
{
	if
	:: d.c[j] != 0 ->
		cross(1, j, RIGHT);
		if :: now.b[j] != 0 -> cross(0, 0, RIGHT) :: else fi;
		if :: now.b[2 + j] != 0 -> cross(0, 1, RIGHT) :: else fi
	:: else
	fi
}

inline walk()
{
	look();
	cross_from_a(0); cross_from_a(1);
	cross_from_b(0, 0); cross_from_b(0, 1); cross_from_b(1, 0); cross_from_b(1, 1);
	cross_from_c(0); cross_from_c(1)
}

/* The second walk; what is held is enough, or is let go. */
inline walk_again()
{
	note_held();
#if PLANTED == 2
	look();
#elif PLANTED != 1
	walk();
#endif
	release_unless_enough()
}

inline commit()
{
	committed.a[0] = committed.a[0] + d.a[0]; committed.a[1] = committed.a[1] + d.a[1];
	committed.b[0] = committed.b[0] + d.b[0]; committed.b[1] = committed.b[1] + d.b[1];
	committed.b[2] = committed.b[2] + d.b[2]; committed.b[3] = committed.b[3] + d.b[3];
	committed.c[0] = committed.c[0] + d.c[0]; committed.c[1] = committed.c[1] + d.c[1];
	view = view + delta;
	join(committed, before);
	assert(view == before)
}

/* `code`: the first change, the second, escalated or not. */
proctype Writer(short code)
{
	Tables d, now;
	Needs want, held;
	short delta, before;
	byte i;
	bool escalated, enough;

	d_step {
		apply_change(code / 2 % 11);
		apply_change(code / 22);
		escalated = code % 2;
		code = 0;
		walk()
	}
	do
	:: enough -> break
	:: else ->
		take();
		skip;
		d_step { walk_again() }
	od;
	if
	:: d_step { commit(); release() }
	:: d_step { release() } /* it rolls back */
	fi
}

/* Only a row that is there ends, and only once: else nothing changes. */
inline allow(kind)
{
	if
	:: kind < 7 || kind == NONE
	:: kind == 7 && !(deleted & 1) && committed.a[0] -> deleted = deleted | 1
	:: kind == 8 && !(deleted & 2) && committed.b[0] -> deleted = deleted | 2
	:: kind == 9 && !(deleted & 4) && committed.c[0] -> deleted = deleted | 4
	:: else -> kind = NONE
	fi
}

/* Writers are alike: their codes ascend. */
init {
	byte n = 0;
	byte first, second;
	short code, last;
	atomic {
		if :: committed.a[0] = 1 :: skip fi;
		if :: committed.b[0] = 1 :: skip fi;
		if :: committed.c[0] = 1 :: skip fi;
		view = committed.a[0] * committed.b[0] * committed.c[0];
		do
		:: n < WRITERS ->
			first = 0;
#ifdef SHORT
			do :: first < 6 -> first++ :: break od;
#else
			do :: first < 9 -> first++ :: break od;
#endif
			second = NONE;
#if CHANGES == 2
			do :: second > first -> second-- :: break od;
#endif
			allow(first);
			allow(second);
			code = second * 22 + first * 2;
			if :: skip :: code++ fi;
			if
			:: code >= last -> last = code; run Writer(code); n++
			:: else -> break
			fi
		:: else -> break
		od
	}
}
