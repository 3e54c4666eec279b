package io.millrace.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

/**
 * Ends the process as soon as HiveMQ could not keep something. After one failed write RocksDB takes no further one, with
 * room on the disk again or not, and HiveMQ logs that, acknowledges the message and loses it. A broker that is not there
 * is safer: who publishes keeps what has no acknowledgement, and the next start has a disk that works or says why not.
 */
final class PersistenceFailure {
    private static final String PERSISTENCE = "com.hivemq.persistence";
    private static final int UNAVAILABLE = 3;

    private PersistenceFailure() {}

    /** Called by the thread that failed, before it acknowledges anything. Named in logback.xml. */
    public static final class Appender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)
                    && event.getLoggerName().startsWith(PERSISTENCE)) {
                System.err.println("mqtt-broker: the disk does not keep what is published (see above); ends before it"
                        + " acknowledges more. Is the disk full, or does it fail?");
                System.err.flush();
                Runtime.getRuntime().halt(UNAVAILABLE);
            }
        }
    }
}
