package io.millrace.model.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireRoundTripTest {
    private static final int BATCHES_PER_SEED = 150;

    private final WireEncoder encoder = new WireEncoder();
    private final WireDecoder decoder = new WireDecoder();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyBatchDecodesToItself(long seed) {
        var random = new RandomBatches(seed);
        for (int i = 0; i < BATCHES_PER_SEED; i++) {
            EventBatch batch = random.batch();
            Envelope envelope = random.envelopeOf(batch);

            assertThat(decoder.decode(encoder.encode(envelope, batch)))
                    .describedAs("batch %d of seed %d", i, seed)
                    .isEqualTo(new Decoded.Events(envelope, batch));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void anyGapsDecodeToThemselves(long seed) {
        var random = new RandomBatches(seed);
        for (int count = 0; count < 50; count++) {
            Envelope envelope = random.envelopeOf(count, 0);
            List<Gap> gaps = random.gapsOf(envelope.stream(), count);

            assertThat(decoder.decode(encoder.encodeGaps(envelope, gaps))).isEqualTo(new Decoded.Gaps(envelope, gaps));
        }
    }
}
