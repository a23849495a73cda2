/** The colours in use: those of picocolors, or none. */
export type Palette = Readonly<Record<"bold" | "dim" | "green" | "yellow" | "red", (text: string) => string>>;
