export { keepWatching } from "./keep-watching.ts";
export { type AuthorityOptions, type OpenedAuthority, openAuthority } from "./open.ts";
export { type Authority, AuthorityError, decodeAuthority, encodeAuthority, type Loss } from "./row.ts";
export { AuthorityWatch, type WatchOptions, type WatchTimes } from "./watch.ts";
