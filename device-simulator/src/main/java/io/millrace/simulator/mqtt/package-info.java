/** Adapts Netty's MQTT codec; its types stay in here. */
@NullMarked
package io.millrace.simulator.mqtt;

import org.jspecify.annotations.NullMarked;
