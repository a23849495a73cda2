/** What of the admin API's answers is shown. Its full description: GET /api/openapi.json. */
export type KeyLine = Readonly<{
  run: string;
  state: string;
  suspect: boolean;
  route: string;
  account: string;
  firstSendAt: string | null;
  dueAt: string | null;
  openAttempts: number;
  answer: string | null;
  outcome: Readonly<{ sense: string; status: number; source: string; digest: string | null }> | null;
}>;

export type KeyPage = Readonly<{ keys: readonly KeyLine[]; next: string | null; scanned: number }>;

export type Proposal = Readonly<{
  id: string;
  by: string;
  effect: boolean;
  reason: string;
  expiresAt: string;
  outcome: KeyLine["outcome"];
}>;

export type KeyHead = KeyLine &
  Readonly<{
    upstream: string;
    leaseUntil: string | null;
    doubtSince: string | null;
    retainUntil: string | null;
    quietAt: string | null;
    asked: Readonly<{ count: number; nextAt: string | null }>;
    history: Readonly<{
      older: number;
      entries: readonly Readonly<{ at: string; did: string; attempt: string | null; note: string | null }>[];
    }>;
    proposal: Proposal | null;
    /** Absent for viewers. */
    clientKey?: string | null;
  }>;

export type Settled = Readonly<{
  result: "completed" | "freed" | "unchanged" | "proposed" | "erased";
  key: KeyHead;
}>;
