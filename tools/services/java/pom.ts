/** `group:artifact:version`, or `group:artifact:version:type`. */
export type Coordinates = string;

/** What a server is made of in Maven Central. */
export type Bundle = Readonly<{
  name: string;
  version: string;
  dependencies: readonly Coordinates[];
  /** What one of them asks for, and does not need. */
  exclusions?: readonly Coordinates[];
  /** Lists of versions, where those that they ask for do not fit each other. */
  managed?: readonly Coordinates[];
}>;

/** Maven's own default is of 2014. */
const COPY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

export function pomOf({ name, version, dependencies, exclusions = [], managed = [] }: Bundle): string {
  const excluded = exclusions.map((it) => element("exclusion", coordinates(it))).join("");
  const needed = dependencies.map((it) => element("dependency", coordinates(it) + element("exclusions", excluded)));
  const lists = managed.map((it) => element("dependency", `${coordinates(it)}<type>pom</type><scope>import</scope>`));
  return element(
    "project",
    [
      "<modelVersion>4.0.0</modelVersion>",
      coordinates(`semel.services:${name}:${version}`),
      element("dependencyManagement", element("dependencies", lists.join(""))),
      element("dependencies", needed.join("")),
      element("build", element("plugins", element("plugin", coordinates(COPY_PLUGIN)))),
    ].join("\n"),
  );
}

function coordinates(of: Coordinates): string {
  const names = ["groupId", "artifactId", "version", "type"];
  return of
    .split(":")
    .map((part, index) => element(names[index]!, part))
    .join("");
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
