import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FAIR, type Weather, type WireFault } from "./weather.ts";

/** Between two slices: long enough that each travels alone. */
const SLICE_GAP_MS = 20;

/** One connection through the proxy. `near` is who connected, `far` whom it wanted to reach. */
export class Wire {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #strike: (fault: WireFault) => void;
  readonly #draw: () => Weather;
  #weather: Weather;
  #requests = 0;
  #heardLast: "near" | "far" = "far";
  #struck = false;
  /** A fault has taken over: nothing is carried any more. */
  #dead = false;

  constructor(near: Socket, far: Socket, draw: () => Weather, strike: (fault: WireFault) => void) {
    this.#near = near;
    this.#far = far;
    this.#draw = draw;
    this.#weather = draw();
    this.#strike = strike;
  }

  /** Resolves once both sides are closed. */
  async carry(): Promise<void> {
    const closed = [closing(this.#near), closing(this.#far)];
    // A broken side takes the other one with it, but for one that a fault keeps in the dark.
    this.#near.once("close", () => this.#far.destroy());
    this.#far.once("close", () => {
      if (!this.#dead) this.#near.destroy();
    });
    void this.#pass(this.#near, this.#far, (chunk) => this.#fromNear(chunk));
    void this.#pass(this.#far, this.#near, (chunk) => this.#fromFar(chunk));
    await Promise.all(closed);
  }

  calm(): void {
    if (this.#dead) this.reset();
    else this.#weather = FAIR;
  }

  reset(): void {
    tear(this.#near);
    tear(this.#far);
  }

  async #pass(from: Socket, to: Socket, carry: (chunk: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        // In the dark it is read on, so that the sender goes on believing.
        if (!this.#dead) await carry(chunk);
      }
      if (this.#dead) from.destroy();
      else to.end();
    } catch {
      // Reset by its peer: "close" does the rest.
    }
  }

  async #fromNear(chunk: Buffer): Promise<void> {
    if (this.#heardLast === "far") this.#begin();
    this.#heardLast = "near";
    const { fault, resetAt } = this.#weather;
    if (fault === null || this.#requests <= this.#weather.fairRequests) return await write(this.#far, chunk);
    switch (fault) {
      case "blackHole":
        this.#dead = true;
        this.#count(fault);
        this.#far.destroy();
        return;
      case "halfOpen":
        await write(this.#far, chunk);
        this.#dead = true;
        this.#count(fault);
        this.#far.end();
        return;
      case "reset":
        if (resetAt === "insideAnswer") return await write(this.#far, chunk);
        if (resetAt === "insideRequest") await write(this.#far, chunk.subarray(0, chunk.length >> 1));
        this.#count(fault);
        return this.reset();
      case "dropAnswer":
        return await write(this.#far, chunk);
      default:
        return await this.#slowly(this.#far, chunk, fault);
    }
  }

  /** A connection that outlives its weather meets the next: a kept one would else be fair, or slow, for ever. */
  #begin(): void {
    this.#requests += 1;
    if (this.#requests <= this.#weather.fairRequests + 1) return;
    this.#requests = 1;
    this.#struck = false;
    this.#weather = this.#draw();
  }

  async #fromFar(chunk: Buffer): Promise<void> {
    this.#heardLast = "far";
    const { fault } = this.#weather;
    if (fault === null || this.#requests <= this.#weather.fairRequests) return await write(this.#near, chunk);
    if (fault === "dropAnswer" || fault === "reset") {
      if (fault === "reset") await write(this.#near, chunk.subarray(0, chunk.length >> 1));
      this.#count(fault);
      return this.reset();
    }
    if (fault === "delay" || fault === "slice") await this.#slowly(this.#near, chunk, fault);
  }

  async #slowly(to: Socket, chunk: Buffer, fault: "delay" | "slice"): Promise<void> {
    this.#count(fault);
    const { delayMs, sliceBytes } = this.#weather;
    if (fault === "delay") {
      await sleep(delayMs);
      return await write(to, chunk);
    }
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      await write(to, chunk.subarray(at, at + sliceBytes));
      await sleep(SLICE_GAP_MS);
    }
  }

  #count(fault: WireFault): void {
    if (!this.#struck) this.#strike(fault);
    this.#struck = true;
  }
}

/** A socket that has said its last cannot be reset any more (libuv refuses, and Node is left with half a socket that spins). */
function tear(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function closing(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

/** Resolves once the kernel has the bytes, or the socket is gone. */
function write(to: Socket, chunk: Buffer): Promise<void> {
  if (to.destroyed || to.writableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    to.once("close", resolve);
    to.write(chunk, () => {
      to.off("close", resolve);
      resolve();
    });
  });
}
