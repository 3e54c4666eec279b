package io.millrace.simulator.run;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** How long things took, in milliseconds; all 0 if none was measured. Adds up to exact percentiles, not to guesses. */
public final class Delays {
    private static final double MICROS = 1e3;

    private final Histogram micros;

    /** @param micros nobody changes it any more */
    Delays(Histogram micros) {
        this.micros = micros;
    }

    public long count() {
        return micros.getTotalCount();
    }

    public double p50() {
        return micros.getValueAtPercentile(50) / MICROS;
    }

    public double p99() {
        return micros.getValueAtPercentile(99) / MICROS;
    }

    public double max() {
        return micros.getMaxValue() / MICROS;
    }

    /** Those of both. */
    Delays plus(Delays other) {
        Histogram sum = micros.copy();
        sum.add(other.micros);
        return new Delays(sum);
    }

    /** In HdrHistogram's compressed V2 encoding, of microseconds. */
    public byte[] encoded() {
        ByteBuffer to = ByteBuffer.allocate(micros.getNeededByteBufferCapacity());
        int length = micros.encodeIntoCompressedByteBuffer(to);
        return Arrays.copyOf(to.array(), length);
    }

    /**
     * From what {@link #encoded} gave.
     *
     * @throws IllegalArgumentException if it is none such
     */
    public static Delays decoded(byte[] encoded) {
        try {
            return new Delays(
                    Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), Tally.DELAY_MICROS_MAX));
        } catch (DataFormatException | RuntimeException e) { // the library throws several of these for damaged bytes
            throw new IllegalArgumentException("%d bytes are no histogram: %s".formatted(encoded.length, e), e);
        }
    }
}
