/** A program that tests start themselves. */
export type Service = Readonly<{
  name: string;
  /** What is not tested without it. */
  purpose: string;
  /** Packages of Debian and of what is made from it. */
  packages: readonly string[];
  /** The programs that show it is there. */
  programs: readonly string[];
}>;

export const SERVICES: readonly Service[] = [
  {
    name: "spin",
    purpose: "every order of events in the models of test/model",
    packages: ["spin", "gcc", "libc6-dev"],
    programs: ["spin", "gcc"],
  },
  {
    name: "nginx",
    purpose: "a proxy in front of the gateway: how many requests it makes of one",
    packages: ["nginx-light"],
    programs: ["nginx"],
  },
  {
    name: "haproxy",
    purpose: "another proxy in front of the gateway",
    packages: ["haproxy"],
    programs: ["haproxy"],
  },
  {
    name: "faketime",
    purpose: "processes whose clocks differ and jump",
    packages: ["faketime"],
    programs: ["faketime"],
  },
];

export function serviceNamed(name: string): Service {
  const found = SERVICES.find((service) => service.name === name);
  if (found === undefined) throw new Error(`No service is called ${name}: ${SERVICES.map((it) => it.name).join(", ")}`);
  return found;
}
