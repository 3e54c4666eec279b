/** Adapts Eclipse Paho's MQTT 5 client to the uplink's port; its types stay in here. */
@NullMarked
package io.millrace.agent.uplink.paho;

import org.jspecify.annotations.NullMarked;
