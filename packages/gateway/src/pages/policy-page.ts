import { document, type Html, html } from "./html.ts";
import type { Policy, ProfilePolicy, RoutePolicy } from "./policy.ts";

export function policyPage(policy: Policy): string {
  return document(
    "Idempotency at this service",
    html`<p>A request that carries an idempotency key takes effect at most once. A retry with the same key gets the exact answer of the first.</p>
<h2>Operations</h2>
${policy.routes.map(routeSection)}
<h2>Looking a request up</h2>
<p><code>${policy.lookUp.byRun}</code> or <code>${policy.lookUp.byKey}</code>: ${policy.lookUp.text}</p>
<p>An erased answer is gone everywhere after ${policy.erasureDelaySeconds} seconds.</p>
${policy.profiles.map(profileSection)}
<p><a href="${policy.problems}">All problems, and what to do about them</a></p>`,
  );
}

function routeSection(route: RoutePolicy): Html {
  const { key } = route;
  const places = [...key.headers, ...(key.body === null ? [] : [`body at ${key.body}`])].join(", ");
  return html`<h3><code>${route.operation}</code></h3>
<table>
${row("Key", html`${places}; ${key.required ? "required" : "optional"}`)}
${row("Format", html`${key.format}; at most ${key.bytesMax} bytes`)}
${row("Part of the key", html`${["account", "operation", ...route.scopeHeaders].join(", ")}`)}
${row("Comparison", html`${route.fingerprint}`)}
${row("Concurrent requests", html`${route.concurrent}`)}
${row("Answer kept", html`${route.retentionSeconds} s after it was given`)}
${row("Key remembered", html`${route.rememberedSeconds} s after it was last used`)}
${row("Limits", html`request ${route.limits.requestBytes} bytes, answer ${route.limits.answerBytes} bytes`)}
${row("Mode", html`${route.mode}`)}
${row("Answers", html`as profile <code>${route.profile}</code> has it`)}
</table>`;
}

function row(name: string, value: Html): Html {
  return html`<tr><th>${name}</th><td>${value}</td></tr>`;
}

function profileSection(profile: ProfilePolicy): Html {
  const rows = profile.situations.map(
    ({ situation, status, retryable, hints, problem, source }) =>
      html`<tr><td><a href="${problem}">${situation}</a></td><td>${status}</td><td>${retryable === null ? "" : retryable ? "yes" : "no"}</td><td>${hints.join(", ")}</td><td>${source}</td></tr>`,
  );
  return html`<h2>Profile <code>${profile.name}</code> (${profile.version})</h2>
<p>${profile.retention}</p>
<table><tr><th>Situation</th><th>Status</th><th>Retry helps</th><th>Hints</th><th>Source</th></tr>
${rows}
</table>`;
}
