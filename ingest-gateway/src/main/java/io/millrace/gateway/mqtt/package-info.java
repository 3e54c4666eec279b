/** MQTT in and receipts out: the only package that knows SmallRye's connector and the HiveMQ client. */
@NullMarked
package io.millrace.gateway.mqtt;

import org.jspecify.annotations.NullMarked;
