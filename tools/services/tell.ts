/** As wide as the longest name and a blank. */
const NAME_WIDTH = 12;

/** A line of progress about one of them. */
export function tell(name: string, what: string): void {
  console.log(`${name.padEnd(NAME_WIDTH)}${what}`);
}
