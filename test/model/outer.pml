/* The fences of an outer join view, A LEFT JOIN B: a row of A counts once for every match
 * in B, and once where it has none.
 *
 * What one more row of B changes depends on whether it is the first match: two writers of
 * B with one key must not both see "none before".  So who comes from the nullable side
 * holds the key alone.  The rest is as in inner.pml.  EXISTS and NOT EXISTS are the same
 * question about B.
 *
 * PLANTED leaves something out, and spin must find it:
 *   1, 3, 4  as in inner.pml
 *   5        the nullable side takes its colour only
 */
#define EDGES 1
#include "fences.inc"
#ifndef WRITERS
#define WRITERS 3
#endif
#ifndef CHANGES
#define CHANGES 1
#endif

#if PLANTED == 5
#define FROM_B RIGHT
#else
#define FROM_B ALONE
#endif

typedef Tables { short a[2]; short b[2] }

Tables committed;
short view;
byte deleted;

#define MATCHES(n) ((n) > 0 -> (n) : 1)
#define ROWS(t) (t.a[0] * MATCHES(t.b[0]) + t.a[1] * MATCHES(t.b[1]))

/* Changes: a new row of A or of B, the end of the first row of B, none. */
#define NONE 5
inline apply_change(code)
{
	if
	:: code < 2 -> d.a[code]++
	:: code == 2 || code == 3 -> d.b[code - 2]++
	:: code == 4 -> d.b[0]--
	:: code == NONE
	fi
}

inline look()
{
	for (i : 0 .. 1) {
		now.a[i] = committed.a[i] + d.a[i];
		now.b[i] = committed.b[i] + d.b[i]
	}
	delta = ROWS(now) - ROWS(committed);
	i = 0
}

inline walk()
{
	look();
	for (i : 0 .. 1) {
		if :: d.a[i] != 0 -> cross(0, i, LEFT) :: else fi;
		if :: d.b[i] != 0 -> cross_as(0, i, RIGHT, FROM_B) :: else fi
	}
}

inline walk_again()
{
	note_held();
#if PLANTED != 1
	walk();
#endif
	release_unless_enough()
}

inline commit()
{
	for (i : 0 .. 1) {
		committed.a[i] = committed.a[i] + d.a[i];
		committed.b[i] = committed.b[i] + d.b[i]
	}
	view = view + delta;
	assert(view == ROWS(committed))
}

/* `code`: the first change, the second, escalated or not. */
proctype Writer(short code)
{
	Tables d, now;
	Needs want, held;
	short delta;
	byte i;
	bool escalated, enough;

	d_step {
		apply_change(code / 2 % 6);
		apply_change(code / 12);
		escalated = code % 2;
		code = 0;
		walk();
		i = 0
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

/* The first row of B ends only once. */
inline allow(kind)
{
	if
	:: kind == 4 && !deleted && committed.b[0] -> deleted = 1
	:: kind == 4 && (deleted || !committed.b[0]) -> kind = NONE
	:: else
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
		view = ROWS(committed);
		do
		:: n < WRITERS ->
			first = 0;
			do :: first < 4 -> first++ :: break od;
			second = NONE;
#if CHANGES == 2
			do :: second > first -> second-- :: break od;
#endif
			allow(first);
			allow(second);
			code = second * 12 + first * 2;
			if :: skip :: code++ fi;
			if
			:: code >= last -> last = code; run Writer(code); n++
			:: else -> break
			fi
		:: else -> break
		od
	}
}
