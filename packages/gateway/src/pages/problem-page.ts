import { problemPath } from "@semel/core/record";
import { document, html } from "./html.ts";
import { EXPLAINED, type Explained } from "./problem-texts.ts";

export function problemPage({ title, code, happened, advice }: Explained): string {
  return document(
    title,
    html`<p>Code: <code>${code}</code></p>
<h2>What happened</h2>
<p>${happened}</p>
<h2>What to do</h2>
<p>${advice}</p>
<p><a href="${problemPath("")}">All problems</a></p>`,
  );
}

export function problemsPage(): string {
  const rows = [...EXPLAINED.values()].map(
    ({ name, code, title }) =>
      html`<tr><td><a href="${problemPath(name)}">${title}</a></td><td><code>${code}</code></td></tr>`,
  );
  return document("Problems", html`<table><tr><th>Problem</th><th>Code</th></tr>\n${rows}\n</table>`);
}

/** The same as JSON. */
export function problemList(): object {
  return { problems: [...EXPLAINED.values()].map((problem) => ({ type: problemPath(problem.name), ...problem })) };
}
