/*
 * The authority loses history: at any time it falls back to an older version of the one row, or to none (an asynchronous
 * replica takes over, a backup is restored). The loss is declared before anything is served again, and opens a quarantine:
 * whatever was lost may have been sent, so the key has an open attempt LOST, and is suspect, if it is not completed.
 *
 * N requests with that key climb the ladder as in claim.pml, where their steps, and time as an order of events, are explained.
 * New here: a version of the row that was overwritten can come back, and with it all writes that were decided on it and are
 * still under way. So besides who decided on the row as it is (`onRow`) there is who decided on the version that the replica
 * holds (`onCopy`); before the first write both are "no row".
 *
 * Promises and where they are held, all in spite of the loss:
 *   at most one effect               lands: assert (effects <= 1)
 *   never "failed" after the effect  lands, complete: assert (effects == 0 || !failed)
 *   nobody forgets an effect         lands, release: the key has an open attempt, or is completed
 *
 * Left out: that all clients hear the same answer (who was answered before may have read what was lost), how the loss is noticed
 * and made known (here everybody learns of it at once), the end of the quarantine, routes that accept to run such keys, crashes
 * (a request that takes no further step).
 *
 * Known wrong variants, each with a counterexample:
 *   NO_QUARANTINE    nobody declares the loss. The assumption behind the promise
 *   ROWS_TRUSTED     only keys without a row are suspect, an old row is taken for what it says
 *   SENDS_AFTER      a claim that was decided before the loss is sent after it
 *   NO_LOST_SETTLE   a "no" counts though what was lost may still land
 *   END_CLEARS_LOST  to prove one attempt unsent clears what was lost, too
 * NO_OPENING_WAIT is no such variant, and is searched as a model of its own: claims that are decided right after the loss, while
 * older ones are still before their sendBy, break no promise as long as SENDS_AFTER is forbidden. The wait spares keys: a record
 * does not tell such a claim from a lost one, so it could not be sent.
 */
#ifndef N
#define N 3
#endif

#define BIT(i) (1 << (i))
#define has(set, i) ((set) & BIT(i))
#define with(set, i) ((set) | BIT(i))
#define without(set, i) ((set) & ~BIT(i))
#define NOBODY 15
#define LOST N

mtype:rows = { none, running, asking, idle, inDoubt, completed };
mtype:ages = { young, aged, forgotten };
mtype:wires = { nothing, flying, adrift, success, refused };

/* Without a declaration the effect is forgotten at once; the search goes on to the second one. */
#ifdef NO_QUARANTINE
#define mustHold(what) skip
#else
#define mustHold(what) assert(what)
#endif

/* The row, and the version of it that the replica holds. Request i makes attempt i; every set has one bit for each. */
mtype:rows row = none;
byte holder = NOBODY;
byte open;
byte stored = NOBODY;
bool failed;
mtype:rows copyRow = none;
byte copyHolder = NOBODY;
byte copyOpen;
byte copyStored = NOBODY;
bool copyFailed;
bool copyIsRow = true;

/* Claims that are decided and under way, and on which version. */
byte willSend;
byte willAsk;
byte onRow;
byte onCopy;

/* The loss: has it been, which attempts were decided before it and may still land, and does the quarantine still open. */
bool lost;
byte past;
bool opening;

/* Attempts before their sendBy; attempts claimed while the key could be repeated; and how old the key is. */
byte fresh;
byte inWindow;
mtype:ages age = young;

/* The upstream, and what is under way to it and back. */
bool repeats;
bool asks;
byte effects;
mtype:wires wire[N] = nothing;

byte begun;

#define isHeld (row == running || row == asking)
#define isFlying(i) (wire[i] == flying || wire[i] == adrift)
#define isAnswered(i) (wire[i] == success || wire[i] == refused)
#define isDecided(i) (has(willSend, i) || has(willAsk, i))
#define runs(i) (row == running && holder == i)
#define isKnown(i) (runs(i) || has(open, i) || has(open, LOST))
#define isSuspect(i) (without(open, i) != 0 || (row == running && holder != i))
#define mayRepeat (repeats && age == young)
#define noRung (!mayRepeat && !asks)
#ifdef SENDS_AFTER
#define maySend(i) has(fresh, i)
#else
#define maySend(i) (has(fresh, i) && !has(past, i))
#endif

inline forget(claims) {
  fresh = fresh & ~(willSend & (claims));
  inWindow = inWindow & ~(willSend & (claims));
  past = past & ~(willSend & (claims));
  willSend = willSend & ~(claims);
  willAsk = willAsk & ~(claims)
}

/* A new fence: claims that were decided on the row before have lost, and will be decided anew; unless that row may come back. */
inline wrote() {
  onRow = 0;
  copyIsRow = false;
  forget((willSend | willAsk) & ~onCopy)
}

inline undecide(me) {
  willSend = without(willSend, me);
  willAsk = without(willAsk, me);
  onRow = without(onRow, me);
  onCopy = without(onCopy, me)
}

inline claimAs(state, me) {
  row = state;
  holder = me;
  undecide(me);
  wrote()
}

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
  stored = who;
  failed = isFailure;
  assert(effects == 0 || !failed);
  row = completed;
  holder = NOBODY;
  open = 0;
  wrote()
}

inline decideClaim(me) {
  if
  :: begun == me -> begun++
  :: else
  fi;
  onRow = with(onRow, me);
  if
  :: copyIsRow -> onCopy = with(onCopy, me)
  :: else
  fi;
  if
  :: open == 0 || mayRepeat ->
    willSend = with(willSend, me);
    fresh = with(fresh, me);
    if
    :: repeats && age == young -> inWindow = with(inWindow, me)
    :: else
    fi
  :: else -> willAsk = with(willAsk, me)
  fi;
  printf("= request %d sees the row %e, and decides\n", me + 1, row)
}

/* Of an attempt that the record does not know, where history was lost: it may be the one that the record stands in doubt for. */
inline writeEnd(me) {
  if
  :: row == none && wire[me] == success -> complete(me, false)
  :: row != none && row != completed && isKnown(me) ->
    if
    :: wire[me] == success -> complete(me, false)
    :: wire[me] == refused && !isSuspect(me) -> complete(me, true)
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

inline writeUnsent(me) {
  printf("= request %d sends nothing, and knows it\n", me + 1);
  if
  :: runs(me) || (has(open, me) && row != completed) ->
    open = without(open, me);
#ifdef END_CLEARS_LOST
    open = without(open, LOST);
#endif
    if
    :: runs(me) || !isHeld -> release()
    :: else
    fi;
    wrote()
  :: else
  fi
}

/* What is open and can no longer land. LOST stands for all that was decided before the loss. */
hidden byte settledNow;
hidden byte at;

inline isOver(i) {
  inWindow = without(inWindow, i);
  past = without(past, i)
}

inline settle() {
  settledNow = open;
  for (at : 0 .. N - 1) {
    if
    :: has(fresh, at) || isFlying(at) -> settledNow = without(settledNow, at)
    :: else
    fi
  }
#ifndef NO_LOST_SETTLE
  if
  :: past != 0 -> settledNow = without(settledNow, LOST)
  :: else
  fi
#endif
}

inline writeAsked(me, saysYes, settledThen) {
  if
  :: row == completed || row == none || (isHeld && !(row == asking && holder == me)) -> skip
  :: else ->
    if
    :: saysYes -> complete(me, false)
    :: !saysYes && (open & ~settledThen) == 0 ->
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
}

proctype Request(byte me) {
  byte settledThen;
  bool saysYes;

end_look:
  if
  :: atomic {
      row != completed && !isHeld && !isDecided(me) && !(row == inDoubt && noRung) && !opening && begun >= me ->
      decideClaim(me);
      goto end_look
    }
  :: atomic { isDecided(me) && !has(onRow, me) -> forget(BIT(me)); onCopy = without(onCopy, me); goto end_look }
  :: atomic { has(willSend, me) && has(onRow, me) -> claimAs(running, me); printf("= request %d has claimed the key\n", me + 1) }
  :: atomic {
      has(willAsk, me) && has(onRow, me) && asks ->
      claimAs(asking, me);
      printf("= request %d has claimed the key for asking\n", me + 1);
      goto asked
    }
  :: atomic {
      has(willAsk, me) && has(onRow, me) && !asks ->
      undecide(me);
      row = inDoubt;
      wrote();
      printf("= request %d reports the key in doubt\n", me + 1);
      goto over
    }
  fi;

  if
  :: atomic { maySend(me) -> wire[me] = flying; fresh = without(fresh, me); printf("= request %d sends\n", me + 1) }
  :: atomic { true -> writeUnsent(me); goto over }
  fi;

  atomic {
    if
    :: isAnswered(me) -> printf("= request %d hears of its attempt: %e\n", me + 1, wire[me])
    :: else -> printf("= request %d hears nothing until its deadline\n", me + 1)
    fi;
    writeEnd(me);
    goto over
  }

asked:
  atomic {
    saysYes = effects > 0;
    settle();
    settledThen = settledNow;
    printf("= request %d asks: the upstream says %d\n", me + 1, saysYes)
  }
  atomic {
    printf("= request %d hears what the upstream said: %d\n", me + 1, saysYes);
    writeAsked(me, saysYes, settledThen);
    settledThen = 0;
    saysYes = false;
    if
    :: row == idle && open == 0 -> goto end_look
    :: else
    fi
  }

over:
  atomic {
    fresh = without(fresh, me);
    if
    :: wire[me] == flying -> wire[me] = adrift
    :: wire[me] != flying && wire[me] != adrift -> wire[me] = nothing; isOver(me)
    :: else
    fi
  }
}

active proctype Authority() {
  /* The replica is as old as its last copy. That there is none at all is how it begins. */
end_copies:
  if
  :: atomic {
      !lost && row != none ->
      copyRow = row;
      copyHolder = holder;
      copyOpen = open;
      copyStored = stored;
      copyFailed = failed;
      copyIsRow = true;
      onCopy = onRow;
      printf("= the replica copies the row: %e\n", row)
    }
  :: true
  fi;
end_loses:
  atomic {
    !copyIsRow ->
    printf("= HISTORY IS LOST: the row was %e and is %e\n", row, copyRow);
    row = copyRow;
    holder = copyHolder;
    open = copyOpen;
    stored = copyStored;
    failed = copyFailed;
    onRow = onCopy;
    onCopy = 0;
    copyRow = none;
    copyHolder = NOBODY;
    copyOpen = 0;
    copyStored = NOBODY;
    copyFailed = false;
    lost = true;
    forget((willSend | willAsk) & ~onRow)
#ifndef NO_QUARANTINE
    ;
    past = fresh;
    for (at : 0 .. N - 1) {
      if
      :: isFlying(at) -> past = with(past, at)
      :: else
      fi
    }
#ifndef NO_OPENING_WAIT
    opening = true;
#endif
    if
#ifdef ROWS_TRUSTED
    :: row == none -> open = with(open, LOST)
#else
    :: row != completed -> open = with(open, LOST)
#endif
    :: else
    fi
#endif
  }
}

/* What time and the network do to attempt i. */
proctype World(byte i) {
end_quiet:
  do
  :: atomic { has(fresh, i) -> fresh = without(fresh, i); isOver(i) }
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
      isOver(i);
      if
      :: wire[i] == flying -> wire[i] = success
      :: true -> wire[i] = nothing
      fi
    }
  :: atomic {
      wire[i] == flying ->
      wire[i] = refused;
      isOver(i);
      printf("= attempt %d is refused in front of the operation\n", i + 1)
    }
  :: atomic { isFlying(i) -> wire[i] = nothing; isOver(i); printf("= attempt %d never lands\n", i + 1) }
  od
}

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
#ifndef NO_OPENING_WAIT
  :: atomic { opening && (fresh & past) == 0 -> opening = false; printf("= the quarantine has opened\n") }
#endif
  :: atomic { repeats && (row != none || lost) && age == young -> age = aged; printf("= the key is too old to be repeated\n") }
  :: atomic { age == aged && inWindow == 0 -> age = forgotten; printf("= the upstream forgets the key\n") }
  od
}

init {
  byte i;
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
    for (i : 0 .. N - 1) {
      run World(i);
      run Request(i)
    }
  }
}
