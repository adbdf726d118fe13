/* An outer join view, A LEFT JOIN B, as the engine keeps it: a sum of inner joins.
 *
 *   A ⋈ B  +  A  −  A ⋈ D        D: the distinct keys of B, a home table of its own
 *
 * At its commit a writer first changes D: it locks the rows of the keys whose rows of B it has
 * changed, as they are in their latest version, and writes.  What it writes is seen by others when
 * it has committed.  Only then it takes the fences of the two joins, one after the other, each in
 * the colours of an inner join: those of A ⋈ D cover keys that it made or ended in D.  Nobody
 * holds a key alone, and yet of two first matches one is first.  With ANTI it is NOT EXISTS, which
 * is the same without A ⋈ B.
 *
 * PLANTED leaves something out, and spin must find it:
 *   1, 3, 4  as in inner.pml
 *   6        D is changed without the lock on its row
 *   7        the fences of A ⋈ D are not taken (with ANTI; else those of A ⋈ B cover them)
 */
#define EDGES 2
#include "fences.inc"
#ifndef WRITERS
#define WRITERS 3
#endif
#ifndef CHANGES
#define CHANGES 1
#endif

#define A_B 0
#define A_D 1

typedef Tables { short a[2]; short b[2] }

Tables committed;
short kept[2];     /* D as committed: matches of each key */
byte row_held[2];  /* D's rows, by who changes them */
short view;
byte deleted;

#ifdef ANTI
#define MATCHES(n) ((n) > 0 -> 0 : 1)
#else
#define MATCHES(n) ((n) > 0 -> (n) : 1)
#endif
#define ROWS(t) (t.a[0] * MATCHES(t.b[0]) + t.a[1] * MATCHES(t.b[1]))
#define THERE(n) ((n) > 0 -> 1 : 0)

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

/* D's rows, in the order of their keys. */
inline change_keys()
{
	i = 0;
	do
	:: i == 2 -> break
	:: i < 2 && d.b[i] == 0 -> i++
#if PLANTED == 6
	:: d_step { i < 2 && d.b[i] != 0 ->
#else
	:: d_step { i < 2 && d.b[i] != 0 && row_held[i] == 0 ->
#endif
		row_held[i]++;
		dk[i] = THERE(kept[i] + d.b[i]) - THERE(kept[i]);
		i++ }
	od
}

/* What this writer sees of the others, and its change of one join: all terms. */
inline look(edge)
{
	change = 0;
	for (i : 0 .. 1) {
		if
		:: edge == A_B -> change = change + d.a[i] * (committed.b[i] + d.b[i]) +
			(committed.a[i] + d.a[i]) * d.b[i] - d.a[i] * d.b[i]
		:: edge == A_D -> change = change + d.a[i] * (THERE(kept[i]) + dk[i]) +
			(committed.a[i] + d.a[i]) * dk[i] - d.a[i] * dk[i]
		fi
	}
	i = 0
}

inline walk(edge)
{
	look(edge);
	for (i : 0 .. 1) {
		if :: d.a[i] != 0 -> cross(edge, i, LEFT) :: else fi;
		if :: edge == A_B && d.b[i] != 0 -> cross(edge, i, RIGHT) :: else fi;
		if :: edge == A_D && dk[i] != 0 -> cross(edge, i, RIGHT) :: else fi
	}
	i = 0
}

/* Its fences stay held; those of the other join are not wanted any more. */
inline keep_held()
{
	for (i : 0 .. TAGS - 1) {
		mine.mode[i] = mine.mode[i] | held.mode[i];
		held.mode[i] = 0;
		want.mode[i] = 0
	}
	i = 0
}

inline join(edge)
{
	d_step { enough = false; walk(edge) }
	do
	:: enough -> break
	:: else ->
		take();
		skip;
		d_step {
			note_held();
#if PLANTED != 1
			walk(edge);
#endif
			release_unless_enough()
		}
	od;
	skip;
	d_step { keep_held() }
}

inline end()
{
	for (i : 0 .. TAGS - 1) { held.mode[i] = mine.mode[i] }
	release();
	for (i : 0 .. 1) { if :: d.b[i] != 0 -> row_held[i]-- :: else fi }
	i = 0
}

inline commit()
{
	for (i : 0 .. 1) {
		committed.a[i] = committed.a[i] + d.a[i];
		committed.b[i] = committed.b[i] + d.b[i];
		kept[i] = kept[i] + d.b[i]
	}
	view = view + delta;
	assert(view == ROWS(committed))
}

/* `code`: the first change, the second, escalated or not. */
proctype Writer(short code)
{
	Tables d;
	short dk[2];
	Needs want, held, mine;
	short delta, change;
	byte i;
	bool escalated, enough;

	d_step {
		apply_change(code / 2 % 6);
		apply_change(code / 12);
		escalated = code % 2;
		code = 0;
		delta = d.a[0] + d.a[1]
	}
	change_keys();
	skip;
#ifndef ANTI
	join(A_B);
	d_step { delta = delta + change }
#endif
#if PLANTED == 7
	d_step { look(A_D); delta = delta - change }
#else
	join(A_D);
	d_step { delta = delta - change }
#endif
	if
	:: d_step { commit(); end() }
	:: d_step { end() } /* it rolls back */
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
		if :: committed.b[0] = 1; kept[0] = 1 :: skip fi;
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
