/** The default MQTT broker: HiveMQ Community Edition in a process of its own, with limits set on purpose. */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
