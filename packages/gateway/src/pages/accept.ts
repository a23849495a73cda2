/** Whether a browser asks, by `Accept`: HTML is named there, and JSON is not liked better. */
export function prefersHtml(accept: string | undefined): boolean {
  const html = weightOf("text/html", accept ?? "");
  return html > 0 && html >= weightOf("application/json", accept ?? "");
}

function weightOf(type: string, accept: string): number {
  for (const range of accept.toLowerCase().split(",")) {
    const [name, ...parameters] = range.split(";").map((part) => part.trim());
    if (name !== type) continue;
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    return q === undefined ? 1 : Number(q.slice(2)) || 0;
  }
  return 0;
}
