export * from "./outcomes.ts";
export { parsePointer } from "./pointer.ts";
export * from "./provider.ts";
export { PROVIDERS } from "./providers.ts";
export * from "./question.ts";
export { STRIPE_PROVIDER } from "./stripe.ts";
export { placesOf, templateFault, UPSTREAM_KEY } from "./template.ts";
