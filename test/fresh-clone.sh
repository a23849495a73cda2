#!/usr/bin/env bash
# On a clean clone, as a newcomer would: install, ask the command for help, start, paste the printed curl twice, stop with SIGTERM, run the demo.
set -euo pipefail

here=$(git rev-parse --show-toplevel)
clone=$(mktemp -d)
starter=""
finish() {
  # The starter is npm: its child is the gateway itself. Only what was started here is ended.
  [ -z "$starter" ] || pkill -TERM -P "$starter" 2>/dev/null || true
  rm -rf "$clone"
}
trap finish EXIT

git clone --quiet "$here" "$clone"
cd "$clone"
npm ci --no-audit --no-fund
# Before the PATH is changed, as a newcomer has it; --no: never a stranger's package of this name.
npx --no -- semel dev --help > /dev/null || { echo "npm ci did not make the semel command"; exit 1; }
PATH="$clone/node_modules/.bin:$PATH"

npm start > start.log 2>&1 &
starter=$!
for _ in $(seq 100); do
  grep -q '^curl ' start.log && break
  kill -0 "$starter" 2>/dev/null || { cat start.log; echo "npm start ended before it printed a curl"; exit 1; }
  sleep 0.3
done
cat start.log

sed -n '/^curl /,$p' start.log > paste.sh
bash paste.sh 2>/dev/null > first.txt
bash paste.sh 2>/dev/null > second.txt
body() { tr -d '\r' < "$1" | sed '1,/^$/d'; }
grep -q '^HTTP/1.1 201' first.txt || { cat first.txt; echo "the first paste did not pay"; exit 1; }
grep -qi '^Idempotent-Replayed: true' second.txt || { cat second.txt; echo "the second paste was not a replay"; exit 1; }
[ "$(body first.txt)" = "$(body second.txt)" ] || { echo "the second paste got other bytes"; exit 1; }
curl -s http://127.0.0.1:7302/ledger | grep -q '"payments":1' || { echo "the ledger does not show one payment"; exit 1; }

# npm starts a shell, and the shell the gateway: the signal goes to the innermost of what was started here.
gateway=$starter
while child=$(pgrep -P "$gateway" | head -n 1) && [ -n "$child" ]; do gateway=$child; done
kill -TERM "$gateway"
wait "$starter" || true
starter=""
grep -q '^Stopped' start.log || { cat start.log; echo "SIGTERM did not stop it in good order"; exit 1; }

npm run demo
