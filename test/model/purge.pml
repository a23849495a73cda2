/*
 * One key whose row is dropped at its horizon, N requests with it, the collector that drops it, and time.
 *
 * A request's first claim expects no row and looks at none; it may be under way for long, and land when the row that it would
 * have lost to is gone. Who loses to a row decides anew on it, and may sleep before and after, even past the horizon. Between
 * the collector's look and its drop the row may be claimed, or dropped and there again. The upstream knows no keys: what is
 * sent twice is paid twice. There is no rung: an attempt that nobody heard of stays open, and its key suspect.
 *
 * The horizon is no number here but what it is chosen for: it ends only when no write that was decided before the row's last
 * change is still under way. The engine stops repeating a write after minutes (SWAP_REPEAT_MS), horizons are hours and more.
 *
 * With the drop of a settled row the key's life ends, and so does the promise: a claim that was made after the row's last change
 * and reaches the store after the drop begins a new life, with an effect of its own. `former` are the requests of a life that
 * had an effect and is over.
 *
 * Promises and where they are held:
 *   at most one effect in a key's life            lands: assert (effects <= 1)
 *   who came while the key was paid for never     lands: assert (!has(former, i))
 *     pays again, though the row is gone
 *   only what the collector judged is dropped,    drops: assert (isSettled && overdue)
 *     settled and past its horizon
 *
 * Left out: retention (a tombstone is a completed row), ladders (claim.pml), clocks that jump, how rows that are due are found,
 * and a request that sleeps past the horizon and wakes in a new life of its key: a row does not tell its lives apart.
 *
 * Known wrong variants, each with a counterexample:
 *   FRESH_WHEN_VANISHED  who expected a row and finds none begins anew
 *   DROP_WITHOUT_FENCE   drops the row whatever was written since the collector looked
 *   DROP_SUSPECT         an open attempt does not keep its row
 *   SHORT_HORIZON        the horizon ends while an older write may still land
 */
#ifndef N
#define N 3
#endif

#define BIT(i) (1 << (i))
#define has(set, i) ((set) & BIT(i))
#define with(set, i) ((set) | BIT(i))
#define without(set, i) ((set) & ~BIT(i))
#define NOBODY 15

mtype:rows = { none, running, idle, completed };
mtype:wires = { nothing, flying, adrift, success };

/* The row, and whether its horizon has passed. Request i makes attempt i; every set has one bit for each. */
mtype:rows row = none;
byte holder = NOBODY;
byte open;
bool overdue;

/* First claims under way, and which of them were decided before the row's last change. */
byte underway;
byte older;

/* Retries that decided on the row as it is and have not written; the collector's look at it. A write makes both lose. */
byte deciding;
bool judged;

/* Claims before their sendBy; what is under way to the upstream (`adrift`: and nobody listens). */
byte fresh;
mtype:wires wire[N] = nothing;

/* Only watched: effects in this life of the key, who came to the store, who came in a life that is over. */
byte effects;
byte came;
byte former;

#define runs(i) (row == running && holder == i)
#define isKnown(i) (runs(i) || has(open, i))
#define isSettled (row == completed || (row == idle && open == 0))
#define isFlying(i) (wire[i] == flying || wire[i] == adrift)
#ifdef DROP_SUSPECT
#define hasHorizon (row == completed || row == idle)
#else
#define hasHorizon isSettled
#endif
#ifdef SHORT_HORIZON
#define outlivesWrites true
#else
#define outlivesWrites ((underway & older) == 0)
#endif

/* A new fence: whoever decided on the row before has lost. The horizon counts from here. */
inline wrote() {
  fresh = fresh & ~deciding;
  deciding = 0;
  older = underway;
  overdue = false;
#ifndef DROP_WITHOUT_FENCE
  judged = false
#endif
}

inline claims(me) {
  row = running;
  holder = me;
  wrote()
}

inline drops() {
  printf("= the collector drops the row: %e\n", row);
#ifndef DROP_WITHOUT_FENCE
#ifndef DROP_SUSPECT
  assert(isSettled && overdue);
#endif
#endif
  if
  :: isSettled && effects > 0 ->
    former = former | came | (underway & older);
    effects = 0
  :: else
  fi;
  row = none;
  holder = NOBODY;
  open = 0;
  wrote();
  judged = false
}

inline writeUnsent(me) {
  printf("= request %d sends nothing, and knows it\n", me + 1);
  if
  :: isKnown(me) ->
    open = without(open, me);
    if
    :: runs(me) ->
      row = idle;
      holder = NOBODY
    :: else
    fi;
    wrote()
  :: else
  fi
}

inline writeEnd(me) {
  if
  :: wire[me] == success && (isKnown(me) || row == none) ->
    printf("= request %d completes the key\n", me + 1);
    row = completed;
    holder = NOBODY;
    open = 0;
    wrote()
  :: wire[me] != success && runs(me) ->
    printf("= request %d hears nothing, its attempt stays open\n", me + 1);
    row = idle;
    holder = NOBODY;
    open = with(open, me);
    wrote()
  :: else
  fi
}

proctype Request(byte me) {
  /* Requests are alike: to number them in the order in which they begin loses nothing. */
  atomic {
    me == 0 || has(came | underway, me - 1) ->
    underway = with(underway, me);
    fresh = with(fresh, me);
    printf("= request %d submits its first claim\n", me + 1)
  }

  if
  :: atomic {
      row == none ->
      underway = without(underway, me);
      came = with(came, me);
      claims(me);
      printf("= request %d has claimed the key, as its first\n", me + 1);
      goto claimed
    }
  :: atomic {
      row != none ->
      underway = without(underway, me);
      fresh = without(fresh, me);
      came = with(came, me);
      printf("= request %d finds a row: %e\n", me + 1, row);
      if
      :: row == idle && open == 0 -> deciding = with(deciding, me); fresh = with(fresh, me)
      :: else -> goto over /* told: the answer, conflict, in doubt */
      fi
    }
  :: atomic { has(older, me) -> underway = without(underway, me); came = with(came, me); goto over /* given up, or lost */ }
  fi;

/* Has decided to run an idle key. */
decided:
  if
  :: atomic {
      has(deciding, me) ->
      deciding = without(deciding, me);
      claims(me);
      printf("= request %d has claimed the key\n", me + 1)
    }
  :: atomic {
      !has(deciding, me) && row == none ->
#ifdef FRESH_WHEN_VANISHED
      printf("= request %d expected a row and finds none: it begins anew\n", me + 1);
      fresh = with(fresh, me);
      claims(me)
#else
      printf("= request %d is told: expired\n", me + 1);
      goto over
#endif
    }
  :: atomic {
      !has(deciding, me) && row != none && !has(former, me) ->
      printf("= request %d lost its swap, and finds: %e\n", me + 1, row);
      if
      :: row == idle && open == 0 -> deciding = with(deciding, me); fresh = with(fresh, me); goto decided
      :: else -> goto over
      fi
    }
  :: atomic { !has(deciding, me) && row != none && has(former, me) -> goto over /* left out */ }
  fi;

claimed:
  if
  :: atomic { has(fresh, me) -> wire[me] = flying; fresh = without(fresh, me); printf("= request %d sends\n", me + 1) }
  :: atomic { true -> writeUnsent(me); goto over }
  fi;

  atomic { writeEnd(me) }

over:
  atomic {
    fresh = without(fresh, me);
    if
    :: wire[me] == flying -> wire[me] = adrift
    :: wire[me] == success -> wire[me] = nothing
    :: else
    fi
  }
}

active proctype Collector() {
end_looks:
  do
  :: atomic {
      hasHorizon && overdue && !judged ->
      judged = true;
      printf("= the collector finds the row past its horizon: %e\n", row)
    }
  :: atomic { judged -> drops() }
  od
}

/* What time and the network do to request i. */
proctype World(byte i) {
end_quiet:
  do
  :: atomic { has(fresh, i) -> fresh = without(fresh, i) }
  :: atomic {
      isFlying(i) ->
      effects++;
      printf("= request %d's payment TAKES EFFECT\n", i + 1);
      assert(effects <= 1);
      assert(!has(former, i));
      if
      :: wire[i] == flying -> wire[i] = success
      :: true -> wire[i] = nothing
      fi
    }
  :: atomic { isFlying(i) -> wire[i] = nothing }
  od
}

active proctype Clock() {
end_quiet:
  do
  :: atomic {
      row == running && !has(fresh, holder) ->
      printf("= the lease of request %d is over\n", holder + 1);
      row = idle;
      open = with(open, holder);
      holder = NOBODY
    }
  :: atomic { hasHorizon && !overdue && outlivesWrites -> overdue = true; printf("= the row's horizon passes\n") }
  od
}

init {
  byte i;
  atomic {
    for (i : 0 .. N - 1) {
      run World(i);
      run Request(i)
    }
  }
}
