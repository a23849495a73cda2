import { test } from "node:test";
import { huntSecrets } from "../hostile/secrets.ts";

const CUSTOMERS = 10_000;

test(`cards, codes, tokens and keys of ${CUSTOMERS} customers are in no file, log, metric, problem or viewer's page`, async () => {
  await huntSecrets(CUSTOMERS);
});
