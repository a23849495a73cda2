/*
 * One key, N requests with it, one upstream, and time; with -DLIVENESS the due loop, too.
 *
 * A request claims by compare and set, sends, and writes down what it heard. Between any two of its steps it may stop for good
 * (a crash), or stand still for any time and go on (a zombie). Who finds a claim whose lease is over climbs the upstream's
 * ladder: repeat, ask, in doubt. The upstream may execute, answer, lose its answer or the request, long after its sender is
 * gone. Which of the two rungs there are is chosen at the start, so all four ladders are searched.
 *
 * Time is no number here but an order of events, the one that the numbers of record/ladder.ts enforce. Of one attempt:
 *   its claim is decided < sendBy < its lease ends;   sendBy < it has settled, and cannot land any more
 * and of the key, where the upstream lets it be repeated:
 *   the last claim for repeating (young) < whatever was claimed until then has settled < the upstream forgets the key
 * All else may happen in any order: a pause, a slow store and a slow upstream are events that come late.
 *
 * Fences are unique per write, so a swap wins if and only if nobody has written since it was decided: `willSend` and `willAsk`
 * hold the claims for which that is so, a write empties them, and no fence has to be counted. A lost swap is decided anew on
 * the row in its way. So where only the row counts (an answer, a "no"), decision and swap are one step; a claim, for which time
 * counts too, is two. A swap whose acknowledgement is lost is a pause: it is repeated, and finds its own fence.
 *
 * Promises and where they are held:
 *   at most one effect                             World: assert(effects <= 1)
 *   a completed answer never changes               complete: assert(stored == NOBODY)
 *   who was answered heard what is stored          complete: assert(told == NOBODY || told == who)
 *   never "failed" where money moved               World: assert(!failed), complete: assert(effects == 0 || !failed)
 *   nobody forgets an effect                       World: isKnown(i); release: effects == 0 where nothing is open
 *   every key ends completed, in doubt, or idle    ltl settles, under weak fairness
 *     with nothing open
 *
 * Left out: shadow mode, operators, changes of policy, clocks that differ (skew is inside the order above), answers that are
 * neither final nor lost (429), an upstream that cannot tell, rows that are dropped (purge.pml), history that is lost
 * (quarantine.pml), fingerprints, the bound of the list of open attempts, since when a key is in doubt.
 *
 * Known wrong variants, each with a counterexample:
 *   RETAKE            a suspect key is sent again whatever its ladder
 *   NOINTENT          sends while it does not know whether its claim is written
 *   NOFENCE           writes an answer over whatever stands there by now
 *   NO_SEND_BY        sends however late it hears that its claim is won
 *   NO_SETTLE         a "no" counts at once
 *   HEARD_NOT_PUT     a "no" is judged by when it was heard, not by when the question was put
 *   NO_WINDOW_MARGIN  repeats until the very end of the window
 *   ONE_COLUMN        an answer means the same whether the key is suspect or not
 *   END_FORGETS       the end of one attempt closes them all
 *   TOLD_EARLY        the client hears the answer before it is durable
 *   NO_DUE            there is no due loop (with LIVENESS)
 */
#ifndef N
#define N 3
#endif

#define BIT(i) (1 << (i))
#define has(set, i) ((set) & BIT(i))
#define with(set, i) ((set) | BIT(i))
#define without(set, i) ((set) & ~BIT(i))
#define NOBODY 15

mtype:rows = { none, running, asking, idle, inDoubt, completed };
mtype:ages = { young, aged, forgotten };
mtype:wires = { nothing, flying, adrift, success, refused };

/* Where nothing was claimed the effect is forgotten at once; the search goes on to the second one. */
#ifdef NOINTENT
#define mustHold(what) skip
#else
#define mustHold(what) assert(what)
#endif

/* The row. Request i makes attempt i; `open`, like every set here, has one bit for each. */
mtype:rows row = none;
byte holder = NOBODY;
byte open;
byte stored = NOBODY;
bool failed;

/* Claims that were decided on the row as it is and are not written yet: for sending, and for asking or reporting doubt. */
byte willSend;
byte willAsk;

/* Attempts before their sendBy; attempts claimed while the key could be repeated; and how old the key is. */
byte fresh;
byte inWindow;
mtype:ages age = young;

/* The upstream, and what is under way to it and back. `adrift`: under way, and nobody listens for the answer. */
bool repeats;
bool asks;
byte effects;
mtype:wires wire[N] = nothing;

/* Only watched, or to keep the search small. */
byte told = NOBODY;
byte begun;

#define isDecided(i) (has(willSend, i) || has(willAsk, i))
#define isHeld (row == running || row == asking)
#define isFlying(i) (wire[i] == flying || wire[i] == adrift)
#define isAnswered(i) (wire[i] == success || wire[i] == refused)
#define runs(i) (row == running && holder == i)
#define isKnown(i) (runs(i) || has(open, i))
#define isSuspect(i) (without(open, i) != 0 || (row == running && holder != i))
#define noRung (!mayRepeat && !asks)
#ifdef NO_WINDOW_MARGIN
#define mayRepeat (repeats && age != forgotten)
#else
#define mayRepeat (repeats && age == young)
#endif

/* A new fence: claims that were decided on the row before have lost, and will be decided anew. */
inline wrote() {
  fresh = fresh & ~willSend;
  inWindow = inWindow & ~willSend;
  willSend = 0;
  willAsk = 0
}

inline claimAs(state, me) {
  row = state;
  holder = me;
  willSend = without(willSend, me);
  wrote()
}

inline send(me) {
  wire[me] = flying;
  fresh = without(fresh, me);
  printf("= request %d sends\n", me + 1)
}

/* Nobody holds the key any more. With nothing open, its record now says that nothing happened. */
inline release() {
  row = idle;
  holder = NOBODY;
  if
  :: open == 0 -> printf("= the record now says that nothing happened\n")
  :: else
  fi;
  mustHold(open != 0 || effects == 0)
}

inline complete(who, isFailure) {
  printf("= request %d completes the key\n", who + 1);
  assert(stored == NOBODY);
  assert(told == NOBODY || told == who);
  stored = who;
  told = who;
  failed = isFailure;
  assert(effects == 0 || !failed);
  row = completed;
  holder = NOBODY;
  open = 0;
  wrote()
}

/* Requests are alike: to number them in the order in which they begin loses nothing. */
inline begin(me) {
  if
  :: begun == me -> begun++
  :: else
  fi
}

/* A claim is decided: its clocks run from here, not from the swap. */
inline decideClaim(me) {
  if
#ifdef RETAKE
  :: true ->
#else
  :: open == 0 || mayRepeat ->
#endif
    willSend = with(willSend, me);
    fresh = with(fresh, me);
    if
    :: repeats && age == young -> inWindow = with(inWindow, me)
    :: else
    fi
  :: else -> willAsk = with(willAsk, me)
  fi
}

/* Attempt `me` was answered, or not until its deadline; the row is as it is now, perhaps taken over or completed: answer.ts. */
inline writeEnd(me) {
  if
  :: row != completed && isKnown(me) ->
    if
    :: wire[me] == success -> complete(me, false)
#ifdef ONE_COLUMN
    :: wire[me] == refused -> complete(me, true)
#else
    :: wire[me] == refused && !isSuspect(me) -> complete(me, true)
#endif
    :: else ->
      if
      :: runs(me) ->
        open = with(open, me);
        release();
        wrote()
      :: else
      fi
    fi
  :: else
  fi
}

/* Attempt `me` was never sent, and that is known. It proves nothing of any other. */
inline writeUnsent(me) {
  if
  :: row != completed && isKnown(me) ->
#ifdef END_FORGETS
    open = 0;
#else
    open = without(open, me);
#endif
    if
    :: runs(me) || !isHeld -> release()
    :: else
    fi;
    wrote()
  :: else
  fi
}

/*
 * The upstream said yes or no. A "no" counts if the question was put after all that is open now had settled: resolve.ts.
 * `settledThen`: what was open and had settled when it was put. Past its sendBy, and not flying, nothing can land any more.
 */
#if defined(NO_SETTLE)
#define noCounts(settledThen) true
#elif defined(HEARD_NOT_PUT)
#define noCounts(settledThen) ((open & ~settledNow) == 0)
#else
#define noCounts(settledThen) ((open & ~settledThen) == 0)
#endif

inline writeAsked(me, saysYes, settledThen) {
  if
  :: row == completed || (isHeld && !(row == asking && holder == me)) -> skip
  :: else ->
    if
    :: saysYes -> complete(me, false)
    :: else ->
#ifdef HEARD_NOT_PUT
      settle();
#endif
      if
      :: noCounts(settledThen) ->
        open = 0;
        release();
        wrote()
      :: else ->
        if
        :: row == asking ->
          row = idle;
          holder = NOBODY;
          wrote()
        :: else
        fi
      fi
    fi
  fi
}

inline settle() {
  settledNow = 0;
  for (at : 0 .. N - 1) {
    if
    :: has(open, at) && !has(fresh, at) && !isFlying(at) -> settledNow = with(settledNow, at)
    :: else
    fi
  }
}

hidden byte settledNow;
hidden byte at;

/* Whoever stops listening leaves its request to itself. */
inline hangUp(me) {
  if
  :: wire[me] == flying -> wire[me] = adrift
  :: wire[me] != flying && wire[me] != adrift -> wire[me] = nothing; inWindow = without(inWindow, me)
  :: else
  fi
}

/* For safety a crash is a request that takes no further step: the search stops nowhere. Only "in the end" needs to see it. */
#ifdef LIVENESS
#define CRASH :: true -> printf("= request %d CRASHES\n", me + 1); goto over
#else
#define CRASH
#endif

proctype Request(byte me) {
  byte settledThen;
  bool saysYes;

/* A key that is held, in doubt or completed has nothing for it but an answer: it waits, as its client would come again. */
end_look:
  if
  :: atomic {
      row != completed && !isHeld && !isDecided(me) && !(row == inDoubt && noRung) && begun >= me ->
      begin(me);
      decideClaim(me);
      printf("= request %d sees the row %e, and decides\n", me + 1, row);
      goto end_look
    }
  :: atomic { has(willSend, me) -> claimAs(running, me); printf("= request %d has claimed the key\n", me + 1) }
  :: atomic {
      has(willAsk, me) && asks ->
      claimAs(asking, me);
      printf("= request %d has claimed the key for asking\n", me + 1);
      goto asked
    }
  :: atomic {
      has(willAsk, me) && !asks ->
      row = inDoubt;
      wrote();
      printf("= request %d reports the key in doubt\n", me + 1);
      goto over
    }
#ifdef NOINTENT
  :: atomic {
      has(willSend, me) ->
      willSend = without(willSend, me);
      printf("= request %d does not wait for its claim, which is never written\n", me + 1)
    }
#endif
  CRASH
  fi;

  if
#ifdef NO_SEND_BY
  :: atomic { true -> send(me) }
#else
  :: atomic { has(fresh, me) -> send(me) }
#endif
  :: atomic { true -> printf("= request %d sends nothing, and knows it\n", me + 1); writeUnsent(me); goto over }
  CRASH
  fi;

#ifdef TOLD_EARLY
  if
  :: atomic { wire[me] == success -> told = me; printf("= request %d answers, with nothing written yet\n", me + 1) }
  :: true
  fi;
#endif
#ifdef NOFENCE
  if
  :: atomic {
      wire[me] == success && isKnown(me) ->
      printf("= request %d hears success, and decides to complete the key\n", me + 1)
    }
    atomic { complete(me, false); goto over }
  :: true
  fi;
#endif
  if
  :: atomic {
      if
      :: isAnswered(me) -> printf("= request %d hears of its attempt: %e\n", me + 1, wire[me])
      :: else -> printf("= request %d hears nothing until its deadline\n", me + 1)
      fi;
      writeEnd(me);
      goto over
    }
  CRASH
  fi;

asked:
  if
  :: atomic {
      true ->
      saysYes = effects > 0;
      settle();
      settledThen = settledNow;
      printf("= request %d asks: the upstream says %d\n", me + 1, saysYes)
    }
  CRASH
  fi;
  if
  :: atomic {
      true ->
      printf("= request %d hears what the upstream said: %d\n", me + 1, saysYes);
      writeAsked(me, saysYes, settledThen);
      settledThen = 0;
      saysYes = false;
      if
      :: row == idle && open == 0 -> goto end_look
      :: else
      fi
    }
  CRASH
  fi;

over:
  atomic {
    hangUp(me);
    willSend = without(willSend, me);
    willAsk = without(willAsk, me);
    fresh = without(fresh, me);
    settledThen = 0;
    saysYes = false
  }
}

#if defined(LIVENESS) && !defined(NO_DUE)
/* The due loop has no request to send: it asks, and reports doubt. due.ts. It may stand still, but comes back. */
active proctype Due() {
  byte settledThen;
  bool saysYes;
end_looks:
  do
  :: atomic { (row == idle || row == inDoubt) && open != 0 && asks -> claimAs(asking, N); printf("= the due loop asks\n") };
    atomic {
      saysYes = effects > 0;
      settle();
      settledThen = settledNow;
      printf("= the upstream says %d to the due loop\n", saysYes)
    }
    atomic {
      printf("= the due loop hears what the upstream said: %d\n", saysYes);
      writeAsked(N, saysYes, settledThen);
      settledThen = 0;
      saysYes = false
    }
  :: atomic {
      row == idle && open != 0 && !mayRepeat && !asks ->
      row = inDoubt;
      wrote();
      printf("= the due loop reports the key in doubt\n")
    }
  od
}
#endif

/* What time and the network do to attempt i. */
proctype World(byte i) {
end_quiet:
  do
  :: atomic { has(fresh, i) -> fresh = without(fresh, i); inWindow = without(inWindow, i) }
  :: atomic {
      isFlying(i) ->
      if
      :: !(repeats && effects > 0 && age != forgotten) ->
        effects++;
        printf("= attempt %d lands and TAKES EFFECT\n", i + 1);
        assert(effects <= 1);
        assert(!failed);
        mustHold(isKnown(i))
      :: else -> printf("= attempt %d lands: the upstream knows its key\n", i + 1)
      fi;
      inWindow = without(inWindow, i);
      if
      :: wire[i] == flying -> wire[i] = success
      :: true -> wire[i] = nothing
      fi
    }
  :: atomic {
      wire[i] == flying ->
      wire[i] = refused;
      inWindow = without(inWindow, i);
      printf("= attempt %d is refused in front of the operation\n", i + 1)
    }
  :: atomic {
      isFlying(i) ->
      wire[i] = nothing;
      inWindow = without(inWindow, i);
      printf("= attempt %d has settled, it never lands\n", i + 1)
    }
  od
}

/* Leases end after sendBy, windows some time after the first claim. Neither is a write: the fence stays. suspicion.ts. */
active proctype Clock() {
end_quiet:
  do
  :: atomic {
      row == running && !has(fresh, holder) ->
      printf("= the lease of attempt %d is over\n", holder + 1);
      open = with(open, holder);
      row = idle;
      holder = NOBODY
    }
  :: atomic { row == asking -> row = idle; holder = NOBODY; printf("= the lease of who asks is over\n") }
  :: atomic { repeats && row != none && age == young -> age = aged; printf("= the key is too old to be repeated\n") }
  :: atomic { age == aged && inWindow == 0 -> age = forgotten; printf("= the upstream forgets the key\n") }
  od
}

init {
  atomic {
    if
    :: repeats = true
    :: repeats = false
    fi;
    if
    :: asks = true
    :: asks = false
    fi;
    printf("= the upstream's ladder: repeat %d, ask %d\n", repeats, asks);
    byte i;
    for (i : 0 .. N - 1) {
      run World(i);
      run Request(i)
    }
  }
}

#ifdef LIVENESS
/* So that to stand still for ever is a run, too. */
active proctype Nothing() {
  do
  :: printf("")
  od
}

ltl settles { <>[] (row == completed || row == inDoubt || ((row == none || row == idle) && open == 0)) }
#endif
