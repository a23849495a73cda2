import { DeleteItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { AUTHORITY_KEY, type Fence, type RecordKey, StoreError } from "../../record/index.ts";
import { pendingIn, rowIn } from "./item.ts";
import type { Requests } from "./requests.ts";
import { dropItem, dropRow } from "./write.ts";

/** Between two tries a relay acknowledged the last entry, or a late swap published one. */
const TRIES_MAX = 8;

/** Removes a row under its fence: the whole item, or the row alone where entries of it wait for a relay. */
export async function drop(
  requests: Requests,
  table: string,
  row: Readonly<{ key: RecordKey; fence: Fence }>,
): Promise<void> {
  if (row.key === AUTHORITY_KEY) return;
  let isPending = false;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const written = await requests.write((client) =>
      isPending
        ? client.send(new UpdateItemCommand(dropRow(table, row)))
        : client.send(new DeleteItemCommand(dropItem(table, row))),
    );
    if (written.held || rowIn(written.item)?.fence !== row.fence) return;
    isPending = pendingIn(written.item) !== null;
  }
  throw new StoreError("unavailable", `The entries of ${row.key} change too fast to drop its row: try again`);
}
