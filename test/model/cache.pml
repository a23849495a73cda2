/*
 * A cache of completed answers in front of the authority, N requests with one key.
 *
 * A request looks into the cache first. What it finds there and can open, it answers with; finding nothing says nothing, and it
 * goes to the authority, which alone decides. Who sees a completed row fills the cache, and its put may be late. The cache may
 * lose what it holds, fall back to any older content, and hold another key's answer under this key: all at any time.
 * The authority is as in claim.pml, without a rung: an attempt that nobody heard of leaves the key in doubt.
 *
 * Promises and where they are held:
 *   at most one effect, whatever the cache does;   lands: assert (effects <= 1)
 *     no claim because the cache holds nothing
 *   whoever is answered gets the stored answer,    answers: assert (what == stored)
 *     never an older, another or another key's
 *   what is stored never changes                   complete: assert (stored == NONE)
 *
 * Left out: how long entries live, erasure (an erased answer is replayed until its entry ends: a published delay), answers that
 * the authority lost and a cache still holds, fingerprints (an entry is for one request, compared before it is used).
 *
 * Known wrong variants, each with a counterexample:
 *   CACHE_MISS_IS_ABSENT  what the cache does not hold is a first request
 *   CACHE_NEGATIVE        that there is no row is remembered, too
 *   CACHE_CLAIMS          the claim is made in the cache: it is a lock there
 *   EARLY_PUT             the answer is put into the cache before it is durable
 *   UNSEALED              what lies under the key is believed to belong to it
 */
#ifndef N
#define N 3
#endif

#define BIT(i) (1 << (i))
#define has(set, i) ((set) & BIT(i))
#define with(set, i) ((set) | BIT(i))
#define without(set, i) ((set) & ~BIT(i))

/* What a cache may hold: nothing, the answer that attempt i got (i), another key's answer, a lock, or that there is no row. */
#define NONE 15
#define FOREIGN 14
#define LOCK 13
#define ABSENT 12

#if defined(CACHE_MISS_IS_ABSENT) || defined(CACHE_NEGATIVE) || defined(CACHE_CLAIMS)
#define BELIEVES
#endif

mtype:rows = { none, running, idle, completed };
mtype:wires = { nothing, flying, adrift, success };

/* The authority's row. Request i makes attempt i. */
mtype:rows row = none;
byte holder = NONE;
byte open;
byte stored = NONE;

/* The cache: what it holds, and whatever it has ever held, which it may fall back to. */
byte cached = NONE;
byte held;
bool heldAbsent;

/* Puts under way. */
byte puts;

mtype:wires wire[N] = nothing;
byte effects;
byte begun;

#define runs(i) (row == running && holder == i)
#define isKnown(i) (runs(i) || has(open, i))
#define isFlying(i) (wire[i] == flying || wire[i] == adrift)

/* What is sealed for another key cannot be opened, and is as good as nothing. */
#ifdef UNSEALED
#define opens(what) (what < N || what == FOREIGN)
#else
#define opens(what) (what < N)
#endif

inline answers(me, what) {
  if
  :: what == FOREIGN -> printf("= request %d answers with another key's answer\n", me + 1)
  :: else -> printf("= request %d answers with what attempt %d got\n", me + 1, what + 1)
  fi;
  assert(what == stored)
}

inline claims(me) {
  row = running;
  holder = me;
  printf("= request %d has claimed the key\n", me + 1)
}

inline complete(me) {
  printf("= request %d completes the key\n", me + 1);
  assert(stored == NONE);
  row = completed;
  holder = NONE;
  open = 0;
  stored = me
}

inline put(what) {
  cached = what;
  if
  :: what < N -> held = with(held, what)
  :: what == ABSENT -> heldAbsent = true
  :: else
  fi
}

proctype Request(byte me) {
  /* Whether it believes that nobody has the key, without asking the authority: only where that is the mistake. */
  bool believes;

  /* Requests are alike: to number them in the order in which they begin loses nothing. */
  atomic {
    begun == me ->
    begun++;
    if
    :: opens(cached) -> printf("= request %d finds an answer in the cache\n", me + 1); answers(me, cached); goto over
#ifdef CACHE_NEGATIVE
    :: cached == ABSENT -> printf("= request %d finds in the cache that there is no row\n", me + 1); believes = true
#endif
#ifdef CACHE_CLAIMS
    :: cached == LOCK -> goto over
    :: cached != LOCK && !opens(cached) -> put(LOCK); printf("= request %d locks the key in the cache\n", me + 1); believes = true
#endif
    :: else -> printf("= request %d finds nothing in the cache\n", me + 1)
    fi;
#ifdef CACHE_MISS_IS_ABSENT
    believes = true
#endif
  }

  /* The authority decides. A swap that is lost is decided anew on the row in its way, so that decision and swap are one step. */
  atomic {
    if
#ifdef BELIEVES
    :: believes -> claims(me)
#endif
    :: !believes && row == completed -> answers(me, stored); puts = with(puts, stored); goto over
    :: !believes && (row == running || open != 0) -> printf("= request %d is told: conflict, or in doubt\n", me + 1); goto over
    :: !believes && row != completed && row != running && open == 0 ->
#ifdef CACHE_NEGATIVE
      put(ABSENT);
#endif
      claims(me)
    fi;
    believes = false
  }

  /* The lease ends after sendBy, so who may send still runs, as far as the authority knows. */
  if
  :: atomic { runs(me) -> wire[me] = flying; printf("= request %d sends\n", me + 1) }
  :: atomic {
      true ->
      printf("= request %d sends nothing, and knows it\n", me + 1);
      open = without(open, me);
      if
      :: runs(me) -> row = idle; holder = NONE
      :: else
      fi;
      goto over
    }
  fi;

#ifdef EARLY_PUT
  if
  :: atomic { wire[me] == success -> puts = with(puts, me); printf("= request %d puts its answer into the cache\n", me + 1) }
  :: true
  fi;
#endif
  atomic {
    if
    :: wire[me] == success && isKnown(me) -> complete(me)
    :: wire[me] != success && runs(me) -> row = idle; holder = NONE; open = with(open, me)
    :: else
    fi
  }

over:
  atomic {
    if
    :: wire[me] == flying -> wire[me] = adrift
    :: wire[me] == success -> wire[me] = nothing
    :: else
    fi
  }
}

/* Everything that a cache may do, and anybody's put that comes late. */
active proctype Cache() {
  byte i;
end_quiet:
  do
  :: atomic { cached != NONE -> cached = NONE; printf("= the cache loses what it holds\n") }
  :: atomic { cached != FOREIGN -> cached = FOREIGN; printf("= the cache holds another key's answer under this key\n") }
#ifdef CACHE_NEGATIVE
  :: atomic { heldAbsent && cached != ABSENT -> cached = ABSENT; printf("= the cache falls back: there is no row\n") }
#endif
  :: atomic {
      held != 0 || puts != 0 ->
      i = 0;
      do
      :: i < N - 1 -> i++
      :: break
      od;
      if
      :: has(puts, i) -> puts = without(puts, i); put(i); printf("= attempt %d's answer reaches the cache\n", i + 1)
      :: has(held, i) && cached != i -> cached = i; printf("= the cache falls back to attempt %d's answer\n", i + 1)
      :: else
      fi;
      i = 0
    }
  od
}

/* What time and the network do to request i. */
proctype World(byte i) {
end_quiet:
  do
  :: atomic {
      runs(i) ->
      printf("= the lease of request %d is over\n", i + 1);
      row = idle;
      holder = NONE;
      open = with(open, i)
    }
  :: atomic {
      isFlying(i) ->
      effects++;
      printf("= request %d's payment TAKES EFFECT\n", i + 1);
      assert(effects <= 1);
      if
      :: wire[i] == flying -> wire[i] = success
      :: true -> wire[i] = nothing
      fi
    }
  :: atomic { isFlying(i) -> wire[i] = nothing }
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
