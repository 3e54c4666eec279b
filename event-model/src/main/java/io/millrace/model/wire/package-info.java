/** How batches, gaps, receipts and status travel over MQTT; docs/formats/wire.md has the bytes. */
@NullMarked
package io.millrace.model.wire;

import org.jspecify.annotations.NullMarked;
