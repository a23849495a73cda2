import { parentPort } from "node:worker_threads";
import { carryOut, type Job } from "./jobs.ts";

parentPort!.on("message", (job: Job) => {
  void carryOut(job).then((done) => parentPort!.postMessage(done));
});
