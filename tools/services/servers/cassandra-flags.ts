/** What Cassandra opens of Java 17; its own start script does the same. */
const EXPORTS = [
  "java.base/jdk.internal.misc",
  "java.management.rmi/com.sun.jmx.remote.internal.rmi",
  "java.management/com.sun.jmx.remote.security",
  "java.rmi/sun.rmi.registry",
  "java.rmi/sun.rmi.server",
  "java.sql/java.sql",
  "java.base/java.lang.ref",
  "jdk.unsupported/sun.misc",
  "jdk.compiler/com.sun.tools.javac.file",
  "jdk.attach/sun.tools.attach",
];
const OPENS = [
  "java.base/java.lang.module",
  "java.base/jdk.internal.loader",
  "java.base/jdk.internal.ref",
  "java.base/jdk.internal.reflect",
  "java.base/jdk.internal.math",
  "java.base/jdk.internal.module",
  "java.base/jdk.internal.util.jar",
  "java.base/sun.nio.ch",
  "java.base/java.io",
  "java.base/java.lang.reflect",
  "java.base/java.lang",
  "java.base/java.util",
  "jdk.management/com.sun.management.internal",
  "jdk.compiler/com.sun.tools.javac",
];

/** What Java is told to run a node whose folder this is. */
export function cassandraFlags(folder: string): string[] {
  return [
    ...EXPORTS.flatMap((it) => ["--add-exports", `${it}=ALL-UNNAMED`]),
    ...OPENS.flatMap((it) => ["--add-opens", `${it}=ALL-UNNAMED`]),
    `-Dcassandra.config=file://${folder}/cassandra.yaml`,
    `-Dlogback.configurationFile=${folder}/logback.xml`,
    `-Dcassandra.storagedir=${folder}`,
    "-Dcassandra-foreground=yes",
    // Out of memory it may be half right: rather not there.
    "-XX:+ExitOnOutOfMemoryError",
    "-Djdk.attach.allowAttachSelf=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    // All nodes of a ring are at hand: there is no news to wait for.
    "-Dcassandra.ring_delay_ms=2000",
    "-Dcassandra.consistent.rangemovement=false",
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
  ];
}

/** Without it every step is logged. */
export const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{ISO8601} %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
`;
