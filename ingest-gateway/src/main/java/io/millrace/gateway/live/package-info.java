/** What pages see as it happens: points, last values, open alerts and the pipeline's truth over one WebSocket. */
@NullMarked
package io.millrace.gateway.live;

import org.jspecify.annotations.NullMarked;
